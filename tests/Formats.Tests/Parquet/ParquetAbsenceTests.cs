using LakeAspire.Testing;
using Lakehouse.Formats.Parquet;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Formats.Tests.Parquet;

public sealed class ParquetAbsenceTests
{
    private const int Lz4 = 5;

    [Fact]
    public async Task The_rows_without_the_group_are_found()
    {
        for (var round = 0; round < Soak.Scale(500); round++)
        {
            var random = new Random(HashCode.Combine(Soak.Seed, round));
            var (levels, file) = Make(random);
            var expected = Enumerable.Range(0, levels.Length).Where(row => levels[row] == 0).Select(row => (long)row);
            Assert.True(expected.SequenceEqual(await ReadAsync(file)), $"LAKEASPIRE_SEED={Soak.Seed}, round {round}");
        }
    }

    [Fact]
    public async Task Damaged_files_are_errors_of_their_own_kind()
    {
        for (var round = 0; round < Soak.Scale(3000); round++)
        {
            var random = new Random(HashCode.Combine(Soak.Seed, round));
            var (levels, file) = Make(random);
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                Assert.InRange((await ReadAsync(file)).Maximum, -1, long.MaxValue);
            }
            catch (LakehouseException error)
            {
                Assert.True(error.Kind is LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported, $"LAKEASPIRE_SEED={Soak.Seed}, round {round}: {error.Kind}");
                Assert.Contains("a.parquet", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Files_that_are_cut_off_are_refused()
    {
        var random = new Random(Soak.Seed);
        var file = Make(random).File;
        for (var length = 0; length < file.Length; length += random.Next(1, 1 + (file.Length / 50)))
        {
            await Assert.ThrowsAsync<LakehouseException>(() => ReadAsync(file[..length]));
        }
    }

    [Fact]
    public async Task A_codec_that_is_not_read_is_refused_by_name()
    {
        // A page of version 2 has its levels unpacked: with some seed there is one of version 1.
        var errors = new List<string>();
        for (var seed = 0; seed < 20; seed++)
        {
            var file = new GroupFile(new Random(seed), isLeafOptional: false, Lz4).Write([0, 1, 1, 0]);
            try
            {
                Assert.Equal([0L, 3L], await ReadAsync(file));
            }
            catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Unsupported)
            {
                errors.Add(error.Message);
            }
        }

        Assert.NotEmpty(errors);
        Assert.All(errors, message => Assert.Contains("LZ4 ", message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("02", 1)]
    [InlineData("0202", 1)]
    [InlineData("0200", 2)]
    [InlineData("03", 1)]
    [InlineData("ffffffffff00", 1)]
    [InlineData("0000", 1)]
    public void Levels_that_are_too_few_or_too_high_are_refused(string hex, int count)
    {
        var error = Assert.Throws<LakehouseException>(() => ParquetLevels.AddBelow(Convert.FromHexString(hex), 1, count, 1, 0, new PositionBitmap()));
        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
    }

    [Fact]
    public void A_packed_page_that_claims_too_much_is_refused()
    {
        Assert.Equal(LakehouseErrorKind.Unsupported, Assert.Throws<LakehouseException>(() => ParquetCodec.Unpack(2, [1], ParquetCodec.MaxLength + 1)).Kind);
        foreach (var codec in new[] { 0, 1, 2, 6 })
        {
            Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => ParquetCodec.Unpack(codec, [1, 2, 3], ParquetCodec.MaxLength)).Kind);
        }
    }

    private static (int[] Levels, byte[] File) Make(Random random)
    {
        var isLeafOptional = random.Next(2) == 0;
        var levels = new int[random.Next(1, 400)];
        var level = 0;
        for (var i = 0; i < levels.Length; i++)
        {
            // Long stretches and quick changes.
            level = random.Next(i < levels.Length / 2 ? 40 : 2) == 0 ? random.Next(isLeafOptional ? 3 : 2) : level;
            levels[i] = level;
        }

        return (levels, new GroupFile(random, isLeafOptional, random.Next(3)).Write(levels));
    }

    private static Task<PositionBitmap> ReadAsync(byte[] file) => ParquetAbsence.ReadAsync(new MemoryStream(file), "a.parquet", "v", "metadata", TestContext.Current.CancellationToken);
}
