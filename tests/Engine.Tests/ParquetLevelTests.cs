using LakeAspire.Testing;
using Lakehouse.Formats.Parquet;

namespace Lakehouse.Engine.Tests;

/// <summary>Files that DuckDB wrote, their definition levels read by us.</summary>
public sealed class ParquetLevelTests : IDisposable
{
    readonly TempFolder temp = new();
    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });

    public void Dispose()
    {
        database.Dispose();
        temp.Dispose();
    }

    [Theory]
    [InlineData("uncompressed", "V1", 100_000)]
    [InlineData("snappy", "V1", 2048)]
    [InlineData("snappy", "V2", 10_000)]
    [InlineData("gzip", "V1", 10_000)]
    [InlineData("gzip", "V2", 100_000)]
    [InlineData("zstd", "V1", 100_000)]
    [InlineData("zstd", "V2", 2048)]
    public async Task AbsentGroupsAreThoseThatDuckDbHasAsNull(string codec, string version, int rowGroup)
    {
        var token = TestContext.Current.CancellationToken;
        var path = temp.Below("a.parquet");
        using var connection = database.Connect();
        await connection.ExecuteAsync(
            $$"""
            COPY (
                SELECT n, CASE WHEN n BETWEEN 5000 AND 9000 OR (n > 20000 AND hash(n) % 3 = 0) THEN NULL
                    ELSE {'value': n, 'metadata': CASE WHEN hash(n) % 5 = 0 THEN NULL WHEN n < 15000 THEN 'one of few' ELSE 'text ' || hash(n) END} END AS "v, ""x"
                FROM range(30000) AS t(n) ORDER BY n
            ) TO {{SqlText.Literal(path)}} (FORMAT parquet, COMPRESSION {{codec}}, PARQUET_VERSION {{version}}, ROW_GROUP_SIZE {{SqlText.Literal(rowGroup)}})
            """,
            cancellationToken: token);
        var rows = await connection.RowsAsync($"SELECT file_row_number FROM read_parquet({SqlText.Literal(path)}, file_row_number = true) WHERE \"v, \"\"x\" IS NULL ORDER BY 1");
        await using var file = File.OpenRead(path);
        var absent = await ParquetAbsence.ReadAsync(file, path, "v, \"x", "metadata", token);
        Assert.InRange(rows.Count, 4001, 29_999);
        Assert.Equal(rows.Select(row => (long)row[0]!), absent);
    }

    [Theory]
    [InlineData("{'w': v}", "c.w")]
    [InlineData("[v]", "c.list.element")]
    [InlineData("CASE WHEN n % 4 = 0 THEN [] ELSE [{'x': n, 'y': v}] END", "c.list.element.y")]
    [InlineData("MAP {n: v}", "c.key_value.value")]
    public async Task NullVariantsWithinColumnsAreFound(string column, string place)
    {
        var token = TestContext.Current.CancellationToken;
        using var connection = database.Connect();
        // An empty value hinders statistics from telling that there is no null.
        foreach (var (value, codec, version) in new[] { ("CASE WHEN n % 5 = 0 THEN ''::BLOB ELSE hash(n)::VARCHAR::BLOB END", "snappy", "V1"), ("CASE WHEN n % 5 = 0 THEN ''::BLOB ELSE 'x'::BLOB END", "zstd", "V1"), ("'\\x0C\\x01'::BLOB", "zstd", "V2"), ("encode('0')", "gzip", "V1"), ("hash(n)::VARCHAR::BLOB", "uncompressed", "V1") })
        {
            foreach (var odd in new[] { value, "'\\x00'::BLOB" })
            {
                var path = temp.Below($"{Guid.NewGuid():N}.parquet");
                await connection.ExecuteAsync(
                    $$"""
                    COPY (
                        SELECT n, {{column}} AS c
                        FROM (SELECT n, CASE WHEN n % 3 = 0 THEN NULL ELSE {'metadata': 'm'::BLOB, 'value': CASE WHEN n = 4111 THEN {{odd}} ELSE {{value}} END} END AS v FROM range(5000) AS t(n))
                    ) TO {{SqlText.Literal(path)}} (FORMAT parquet, COMPRESSION {{codec}}, PARQUET_VERSION {{version}}, ROW_GROUP_SIZE 2048)
                    """,
                    cancellationToken: token);
                await using var file = File.OpenRead(path);
                if (version == "V1")
                {
                    Assert.Equal(odd == value ? null : place, await ParquetVariants.FindNestedNullAsync(file, path, "c", token));
                    Assert.Null(await ParquetVariants.FindNestedNullAsync(file, path, "n", token));
                }
                else
                {
                    // Newer encodings are refused, or read as they are.
                    var error = await Record.ExceptionAsync(async () => Assert.Equal(odd == value ? null : place, await ParquetVariants.FindNestedNullAsync(file, path, "c", token)));
                    Assert.True(error is null or Formats.LakehouseException { Kind: Formats.LakehouseErrorKind.Unsupported }, error?.ToString());
                }
            }
        }
    }

    [Fact]
    public async Task DamagedFilesAreErrorsOfTheirOwnKind()
    {
        var token = TestContext.Current.CancellationToken;
        var path = temp.Below("a.parquet");
        using var connection = database.Connect();
        await connection.ExecuteAsync(
            $$"""
            COPY (SELECT [{'metadata': 'm'::BLOB, 'value': CASE WHEN n % 3 = 0 THEN NULL ELSE hash(n)::VARCHAR::BLOB END}] AS c FROM range(100) AS t(n))
            TO {{SqlText.Literal(path)}} (FORMAT parquet, COMPRESSION zstd)
            """,
            cancellationToken: token);
        var whole = await File.ReadAllBytesAsync(path, token);
        for (var round = 0; round < Soak.Scale(2000); round++)
        {
            var random = new Random(HashCode.Combine(Soak.Seed, round));
            var bytes = whole.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var error = await Record.ExceptionAsync(() => ParquetVariants.FindNestedNullAsync(new MemoryStream(bytes), "a.parquet", "c", token));
            Assert.True(
                error is null or Formats.LakehouseException { Kind: Formats.LakehouseErrorKind.InvalidData or Formats.LakehouseErrorKind.Unsupported }, $"LAKEASPIRE_SEED={Soak.Seed}, round {round}: {error}");
        }
    }
}
