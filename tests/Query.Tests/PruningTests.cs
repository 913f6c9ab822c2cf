using System.Text.Json;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Queries open the files that they need and no others.</summary>
public sealed class PruningTests(QueryService service) : IClassFixture<QueryService>
{
    const string Table = "gold.parts";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SELECT i FROM gold.parts WHERE i BETWEEN 1005 AND 1010", 6, 1)]
    [InlineData("SELECT i FROM gold.parts WHERE day = DATE '2024-01-03' AND i % 2 = 0", 500, 1)]
    [InlineData("SELECT * FROM (SELECT i AS renamed FROM gold.parts) WHERE renamed IN (5, 3999)", 2, 2)]
    [InlineData("WITH c AS (SELECT * FROM lake.gold.parts WHERE i < 10) SELECT a.i FROM c a JOIN c b USING (i)", 10, 1)]
    [InlineData("SELECT i FROM gold.parts WHERE i = 7 UNION ALL SELECT i FROM gold.parts WHERE i = 3007", 2, 2)]
    [InlineData("SELECT x FROM gold.parts WHERE x > 1e9", 1, 1)]
    [InlineData("SELECT i FROM gold.parts WHERE i = -5", 0, 0)]
    [InlineData("SELECT count(*) FROM gold.parts", 1, 4)]
    [InlineData("SELECT p.i FROM gold.parts p JOIN silver.mixed m ON p.i = m.id WHERE p.i < 100", 2, 2)]
    public async Task Files_that_no_row_of_the_result_comes_from_are_left_out(string sql, int rows, int files)
    {
        await TableAsync();
        var result = await service.QueryAsync(sql);
        Assert.Equal(rows, result.GetProperty("rowCount").GetInt32());
        Assert.Equal(files, result.GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task Explain_says_how_many_files_and_manifests_are_read()
    {
        await TableAsync();
        var result = await service.QueryAsync("EXPLAIN SELECT i FROM gold.parts WHERE i = 1005");
        var rows = result.GetProperty("rows").EnumerateArray().Select(row => row.ValueKind == JsonValueKind.Array ? (row[0].GetString(), row[1].GetString()) : (row.GetProperty("explain_key").GetString(), row.GetProperty("explain_value").GetString())).ToList();
        Assert.Contains(("files", "gold.parts: files: 1 of 4, manifests: 1 of 1"), rows);
        Assert.Contains(rows, row => row.Item1 == "physical_plan" && row.Item2!.Contains("READ_PARQUET", StringComparison.Ordinal));
        Assert.DoesNotContain(service.Warehouse, result.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(403, (await service.ErrorAsync("EXPLAIN ANALYZE SELECT 1")).Status);
    }

    [Fact]
    public async Task A_file_that_is_not_needed_need_not_be_there()
    {
        await service.AddTableAsync("gold", "holes", [.. Enumerable.Range(0, 3).Select(part => $"SELECT {part} AS part, i FROM range(10) t(i)")]);
        var lost = Directory.EnumerateFiles(Path.Combine(service.Warehouse, "gold", "holes", "data"), "*.parquet").ToList();
        Assert.Equal(3, lost.Count);
        foreach (var path in lost)
        {
            using var database = Lakehouse.Engine.DuckDbDatabase.Open(new Lakehouse.Engine.DuckDbOptions { Threads = 1 });
            using var connection = database.Connect();
            if (await connection.ScalarAsync<int>($"SELECT min(part) FROM read_parquet({Lakehouse.Engine.SqlText.Literal(path)})", cancellationToken: Token) != 1)
            {
                File.Delete(path);
            }
        }

        var result = await service.QueryAsync("SELECT sum(i) AS s FROM gold.holes WHERE part = 1");
        Assert.Equal(1, result.GetProperty("files").GetInt32());
        Assert.Contains("45", result.GetProperty("rows").GetRawText(), StringComparison.Ordinal);
    }

    Task TableAsync() => service.AddTableAsync("gold", "parts", [.. Enumerable.Range(0, 4).Select(part =>
        $"SELECT CAST(i AS BIGINT) AS i, DATE '2024-01-01' + CAST({part} AS INTEGER) AS day, CASE WHEN i = 2500 THEN 'nan'::DOUBLE ELSE i END AS x FROM range({part * 1000}, {(part + 1) * 1000}) t(i)")]);
}
