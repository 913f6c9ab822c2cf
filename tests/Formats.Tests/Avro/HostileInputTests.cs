using System.IO.Compression;
using System.Text;
using LakeAspire.Testing;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Avro;

/// <summary>Whatever bytes come in: a result, or a <see cref="LakehouseException"/>, in bounded time and memory.</summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private static readonly TableMetadata Table = Tables.ByDay();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_truncation_of_a_manifest_is_noticed(bool deflate)
    {
        var manifest = Manifest(3000, deflate ? AvroCodec.Deflate : AvroCodec.Null);
        for (var length = 0; length < manifest.Bytes.Length; length += length < 4000 ? 1 : 997)
        {
            await Assert.ThrowsAsync<LakehouseException>(() => ReadAsync(manifest.Bytes.AsMemory(0, length), manifest.File));
        }

        Assert.Equal(3000, await ReadAsync(manifest.Bytes, manifest.File));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flipped_bits_never_crash(bool deflate)
    {
        var manifest = Manifest(20, deflate ? AvroCodec.Deflate : AvroCodec.Null);
        var list = ManifestListWriter.Write(new Snapshot { SnapshotId = 1, TimestampMs = 1, SequenceNumber = 1 }, [manifest.File, manifest.File], deflate ? AvroCodec.Deflate : AvroCodec.Null);
        var random = new Random(Soak.Seed);
        var (refused, read) = (0, 0);
        for (var i = 0; i < Soak.Scale(20_000); i++)
        {
            var bytes = (i % 2 == 0 ? manifest.Bytes : list).ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                if (i % 2 == 0)
                {
                    await ReadAsync(bytes, manifest.File);
                }
                else
                {
                    await ManifestListReader.ReadAsync(new MemoryStream(bytes), "memory://list.avro");
                }

                read++;
            }
            catch (LakehouseException error)
            {
                Assert.True(error.Kind is LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported, $"seed {Soak.Seed}: {error}");
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Soak.Seed}, round {i}: {error}");
            }
        }

        output.WriteLine($"seed {Soak.Seed}: {refused} refused, {read} read");
        Assert.True(refused > read / 10);
    }

    [Fact]
    public async Task Random_metadata_never_crashes()
    {
        var whole = TableMetadataJson.Write(Tables.ByDay());
        var random = new Random(Soak.Seed);
        for (var i = 0; i < Soak.Scale(20_000); i++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                await TableMetadataJson.ParseAsync(new MemoryStream(bytes));
            }
            catch (LakehouseException)
            {
                // Refused by name.
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Soak.Seed}, round {i}: {error}");
            }
        }
    }

    [Fact]
    public async Task Lengths_that_lie_cost_no_memory()
    {
        // A file whose metadata claims a value of 60 MB, and one whose block claims 120 MB: both end at once.
        var file = new AvroWriter();
        file.WriteFixed(AvroContainer.Magic);
        file.WriteLong(1);
        file.WriteString("avro.schema");
        file.WriteLong(60 * 1024 * 1024);
        await AssertCheapAsync(file.Written);

        var block = Container("\"long\"", "null");
        block.WriteLong(1);
        block.WriteLong(120 * 1024 * 1024);
        await AssertCheapAsync(block.Written);

        var huge = Container("\"long\"", "null");
        huge.WriteLong(1);
        huge.WriteLong(long.MaxValue);
        await AssertCheapAsync(huge.Written);
    }

    [Fact]
    public async Task A_block_that_unpacks_without_end_is_stopped()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < (AvroContainer.MaxBlockLength / zeros.Length) + 8; i++)
            {
                deflate.Write(zeros);
            }
        }

        var file = Container("\"long\"", "deflate");
        file.WriteLong(1);
        file.WriteBytes(packed.ToArray());
        file.WriteFixed(new byte[16]);
        var error = await Assert.ThrowsAsync<LakehouseException>(() => ReadBlocksAsync(file.Written));
        Assert.Contains("longer than", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"record","name":"r","fields":[{"name":"next","type":["null","r"]}]}""")]
    [InlineData("""{"type":"array","items":{"type":"array","items":"null"}}""")]
    [InlineData("""{"type":"array","items":{"type":"record","name":"empty","fields":[]}}""")]
    [InlineData("""{"type":"map","values":"null"}""")]
    public void Values_without_end_are_stopped(string schema)
    {
        var type = AvroSchemaParser.Parse(Encoding.UTF8.GetBytes(schema), "test");
        foreach (var filler in new byte[] { 0x02, 0x7e, 0x80, 0xff, 0x01 })
        {
            var bytes = new byte[100_000];
            bytes.AsSpan().Fill(filler);
            Assert.Throws<LakehouseException>(() => SkipAll(bytes, type));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("\"nothing\"")]
    [InlineData("[]")]
    [InlineData("""{"type":"record","name":"r"}""")]
    [InlineData("""{"type":"fixed","name":"f","size":-1}""")]
    [InlineData("""{"type":"fixed","name":"f","size":2000000000}""")]
    [InlineData("""{"type":"array"}""")]
    public void Malformed_schemas_are_refused(string schema) => Assert.Throws<LakehouseException>(() => AvroSchemaParser.Parse(Encoding.UTF8.GetBytes(schema), "test"));

    [Fact]
    public void Schemas_nested_without_end_are_refused()
    {
        var text = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 100)) + "\"int\"" + new string('}', 100);
        Assert.Throws<LakehouseException>(() => AvroSchemaParser.Parse(Encoding.UTF8.GetBytes(text), "test"));
    }

    [Theory]
    [InlineData("bzip2")]
    [InlineData("xz")]
    public async Task Other_codecs_are_refused_by_name(string codec)
    {
        var error = await Assert.ThrowsAsync<LakehouseException>(() => ReadBlocksAsync(Container("\"long\"", codec).Written));
        Assert.Equal(LakehouseErrorKind.Unsupported, error.Kind);
        Assert.Contains(codec, error.Message, StringComparison.Ordinal);
    }

    private static WrittenManifest Manifest(int files, AvroCodec codec)
    {
        var writer = new ManifestWriter(Table, Table.DefaultSpec, ManifestContent.Data, 1, codec);
        for (var i = 0; i < files; i++)
        {
            writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File($"{i}", i, i) with
            {
                ValueCounts = new Dictionary<int, long> { [1] = i, [2] = i },
                LowerBounds = new Dictionary<int, byte[]> { [1] = [1, 2, 3, 4, 5, 6, 7, 8] },
                SplitOffsets = [4, 1000],
            }));
        }

        return writer.Finish("memory://m.avro", 1);
    }

    private static async Task<int> ReadAsync(ReadOnlyMemory<byte> bytes, ManifestFile manifest) =>
        await ManifestReader.ReadAsync(new MemoryStream(bytes.ToArray()), manifest, Table).CountAsync();

    private static AvroWriter Container(string schema, string codec)
    {
        var file = new AvroWriter();
        file.WriteFixed(AvroContainer.Magic);
        file.WriteLong(2);
        file.WriteString("avro.schema");
        file.WriteBytes(Encoding.UTF8.GetBytes(schema));
        file.WriteString("avro.codec");
        file.WriteBytes(Encoding.UTF8.GetBytes(codec));
        file.WriteLong(0);
        file.WriteFixed(new byte[16]);
        return file;
    }

    private static async Task ReadBlocksAsync(ReadOnlyMemory<byte> bytes)
    {
        var reader = await AvroContainerReader.OpenAsync(new MemoryStream(bytes.ToArray()), "test", TestContext.Current.CancellationToken);
        while (await reader.NextBlockAsync(TestContext.Current.CancellationToken) is not null)
        {
            Assert.NotNull(reader.Schema);
        }
    }

    private static async Task AssertCheapAsync(ReadOnlyMemory<byte> bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        // The streams are in memory, so that all happens on this thread.
        await Assert.ThrowsAsync<LakehouseException>(() => ReadBlocksAsync(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    private static void SkipAll(byte[] bytes, AvroType type)
    {
        var reader = new AvroReader(bytes);
        while (true)
        {
            reader.Skip(type);
        }
    }
}
