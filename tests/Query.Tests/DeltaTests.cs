using System.Text.Json;
using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Storage;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Registered Delta tables that others wrote.</summary>
public sealed class DeltaTests(QueryService service) : IClassFixture<QueryService>
{
    static readonly LocalFiles Files = new(LocalPath.FromLocation);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queries_give_the_rows_that_the_engine_reads_or_say_why_not()
    {
        var (read, withVectors) = (0, 0);
        foreach (var folder in Directory.EnumerateDirectories(Needs.Golden("spark-delta")).Where(folder => Directory.Exists(Path.Combine(folder, "table", "_delta_log"))).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder).Replace('-', '_');
            var location = LocalPath.ToLocation(Path.Combine(folder, "table"));
            service.Catalog.PutDelta("bronze", name, location);
            using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
            using var connection = database.Connect();
            string expected;
            try
            {
                var snapshot = await OpenAsync(location);
                var relation = await DeltaRelation.BuildAsync(connection, ObjectStores.Open(location), new DeltaScan(snapshot, [.. snapshot.Files]), Files, Token);
                expected = string.Join('\n', await Texts.OfAsync(connection, relation.Sql));
                withVectors += snapshot.Files.Any(file => file.DeletionVector is not null) ? 1 : 0;
            }
            catch (Exception refused) when (refused is LakehouseException or EngineException)
            {
                var error = await service.ErrorAsync($"SELECT * FROM bronze.{name}");
                Assert.True(error.Status is >= 400 and < 500, $"{name} ({refused.Message}): {error}");
                continue;
            }

            Assert.Equal($"{name}\n{expected}", $"{name}\n{string.Join('\n', await Texts.OfAsync(service, $"bronze.{name}"))}");
            read++;
        }

        Assert.True(read > 20 && withVectors > 3, $"{read} tables were read, {withVectors} of them with deletion vectors");
    }

    [Fact]
    public async Task Files_that_no_row_of_the_result_comes_from_are_left_out()
    {
        var location = LocalPath.ToLocation(Path.Combine(Needs.Golden("spark-delta/skipping"), "table"));
        service.Catalog.PutDelta("bronze", "skipped", location);
        var snapshot = await OpenAsync(location);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        var relation = await DeltaRelation.BuildAsync(connection, ObjectStores.Open(location), new DeltaScan(snapshot, [.. snapshot.Files]), Files, Token);
        using var golden = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Needs.Golden("spark-delta/skipping"), "case.json"), Token));
        var fewer = 0;
        foreach (var where in golden.RootElement.GetProperty("reads").EnumerateArray().Where(read => read.TryGetProperty("where", out _)).Select(read => read.GetProperty("where").GetString()!))
        {
            IReadOnlyList<string> expected;
            try
            {
                expected = await Texts.OfAsync(connection, relation.Sql, where);
            }
            catch (EngineException)
            {
                continue; // Words that only Spark knows.
            }

            var answer = await service.QueryAsync(Texts.Sql("bronze.skipped", where));
            Assert.Equal((where, string.Join('\n', expected)), (where, string.Join('\n', answer.GetProperty("rows").EnumerateArray().Select(row => row[0].GetString()))));
            fewer += answer.GetProperty("files").GetInt32() < snapshot.Files.Count ? 1 : 0;
        }

        Assert.True(fewer > 5, $"{fewer} filters left out files");
    }

    [Fact]
    public async Task A_join_with_an_iceberg_table_leaves_out_files_of_both()
    {
        var location = LocalPath.ToLocation(Path.Combine(Needs.Golden("spark-delta/dv-update"), "table"));
        service.Catalog.PutDelta("bronze", "orders", location);
        await service.AddTableAsync("gold", "parts", ["SELECT CAST(i AS BIGINT) AS order_id FROM range(100) t(i)", "SELECT CAST(i AS BIGINT) AS order_id FROM range(1000, 1100) t(i)"]);
        var result = await service.QueryAsync("SELECT o.order_id FROM bronze.orders o JOIN gold.parts p ON o.order_id = p.order_id WHERE p.order_id < 50");
        var all = await service.QueryAsync("SELECT order_id FROM bronze.orders WHERE order_id < 50");
        Assert.Equal(all.GetProperty("rowCount").GetInt32(), result.GetProperty("rowCount").GetInt32());
        Assert.InRange(result.GetProperty("rowCount").GetInt32(), 1, 60);
        var notes = (await service.QueryAsync("EXPLAIN SELECT o.order_id FROM bronze.orders o JOIN gold.parts p ON o.order_id = p.order_id WHERE p.order_id < 50")).GetProperty("rows").EnumerateArray().Select(row => row[1].GetString()!).ToList();
        Assert.Contains("gold.parts: files: 1 of 2, manifests: 1 of 1", notes);
        Assert.Contains(notes, note => note.StartsWith("bronze.orders: files: ", StringComparison.Ordinal) && note.EndsWith(" of 4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_or_a_time_of_a_Delta_table_is_read()
    {
        var location = LocalPath.ToLocation(Path.Combine(Needs.Golden("spark-delta/dv-update"), "table"));
        var commit = service.Catalog.PutDelta("bronze", "versions", location);
        var newest = await OpenAsync(location);
        var current = (await service.QueryAsync("SELECT count(*) AS n FROM bronze.versions")).GetProperty("rows")[0][0].GetInt64();
        for (var version = 0L; version <= newest.Version; version++)
        {
            var rows = (await service.QueryAsync($"SELECT * FROM bronze.versions AT (VERSION => {version})")).GetProperty("rowCount").GetInt64();
            using var parquet = new DuckDbParquetReader(Files);
            var opened = await DeltaTable.OpenAsync(ObjectStores.Open(location), location, parquet, DeltaVersionSelector.At(version), Token);
            using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
            using var connection = database.Connect();
            var relation = await DeltaRelation.BuildAsync(connection, ObjectStores.Open(location), new DeltaScan(opened, [.. opened.Files]), Files, Token);
            Assert.Equal((version, await connection.ScalarAsync<long>($"SELECT count(*) FROM {relation.Sql}", cancellationToken: Token)), (version, rows));
        }

        Assert.Equal(current, (await service.QueryAsync($"SELECT count(*) AS n FROM bronze.versions AT (COMMIT => {commit})")).GetProperty("rows")[0][0].GetInt64());
        Assert.Equal(400, (await service.ErrorAsync("SELECT * FROM bronze.versions AT (VERSION => 999)")).Status);
        Assert.Equal(400, (await service.ErrorAsync("SELECT * FROM bronze.versions AT (TIMESTAMP => '2021-01-01')")).Status);
    }

    static async Task<DeltaSnapshot> OpenAsync(string location)
    {
        using var parquet = new DuckDbParquetReader(Files);
        return await DeltaTable.OpenAsync(ObjectStores.Open(location), location, parquet, cancellationToken: Token);
    }
}
