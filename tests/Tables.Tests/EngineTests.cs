using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests;

/// <summary>Rows through the engine: written, committed, and read back through the catalog.</summary>
public sealed class EngineTests(PostgresServer postgres)
{
    [Fact]
    public async Task What_a_query_gives_is_what_the_table_holds_also_after_its_columns_changed()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        await WriteAsync("SELECT i AS id, 'n' || i AS name FROM range(1000) AS r(i)", overwrite: true);
        await WriteAsync("SELECT 5000 AS id, NULL AS name", overwrite: false);
        Assert.Equal((1001L, 504500L), await SumAsync());

        await WriteAsync("SELECT i AS id, i * 2 AS twice FROM range(10) AS r(i)", overwrite: true);
        Assert.Equal((10L, 45L), await SumAsync());
        var table = await lake.Lake.LoadTableAsync(TestLake.Events);
        Assert.Equal(["id", "twice"], table.Schema.Fields.Select(f => f.Name));
        var first = table.Metadata.Snapshots[0];
        var past = await table.RelationAsync(connection, snapshot: first);
        Assert.Equal("n7", await connection.ScalarAsync<string>($"SELECT name FROM {past.Sql} WHERE id = 7"));

        using var statistics = System.Text.Json.JsonDocument.Parse(await lake.Server.User.GetStringAsync("api/tables/bronze/events/statistics"));
        var twice = statistics.RootElement.GetProperty("columns").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "twice");
        Assert.Equal((10L, 0L, "0", "18"), (twice.GetProperty("values").GetInt64(), twice.GetProperty("nulls").GetInt64(), twice.GetProperty("lower").GetString(), twice.GetProperty("upper").GetString()));
        using var tables = System.Text.Json.JsonDocument.Parse(await lake.Server.User.GetStringAsync("api/tables"));
        Assert.Equal((10L, 1L), (tables.RootElement.GetProperty("tables")[0].GetProperty("rows").GetInt64(), tables.RootElement.GetProperty("tables")[0].GetProperty("files").GetInt64()));
        using var files = System.Text.Json.JsonDocument.Parse(await lake.Server.User.GetStringAsync("api/tables/bronze/events/files"));
        Assert.Equal((1L, 10L), (files.RootElement.GetProperty("total").GetInt64(), files.RootElement.GetProperty("files")[0].GetProperty("rows").GetInt64()));

        async Task WriteAsync(string select, bool overwrite)
        {
            await using var transaction = lake.Lake.BeginTransaction("test", "write");
            if (overwrite)
            {
                var target = await transaction.OpenForOverwriteAsync(TestLake.Events, await SchemaInference.InferAsync(connection, select));
                await transaction.OverwriteQueryAsync(connection, target, select);
            }
            else
            {
                await transaction.AppendQueryAsync(connection, await transaction.OpenAsync(TestLake.Events), select);
            }

            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }

        async Task<(long Rows, long Sum)> SumAsync()
        {
            var relation = await (await lake.Lake.LoadTableAsync(TestLake.Events)).RelationAsync(connection);
            return (await connection.ScalarAsync<long>($"SELECT count(*) FROM {relation.Sql}"), await connection.ScalarAsync<long>($"SELECT sum(id)::BIGINT FROM {relation.Sql}"));
        }
    }

    [Fact]
    public async Task A_partitioned_table_shows_its_partitions()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        const string select = "SELECT i AS id, DATE '2022-04-01' + (i % 40)::INTEGER AS day FROM range(400) AS r(i)";
        var schema = await SchemaInference.InferAsync(connection, select);
        var spec = new PartitionSpec(0, [new PartitionField(schema.FindColumn("day")!.Id, 1000, "day_month", Transform.Month)]);
        await using (var transaction = lake.Lake.BeginTransaction("test", "write"))
        {
            await transaction.AppendQueryAsync(connection, await transaction.OpenOrCreateAsync(TestLake.Events, schema, spec), select);
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }

        using var partitions = System.Text.Json.JsonDocument.Parse(await lake.Server.User.GetStringAsync("api/tables/bronze/events/partitions"));
        Assert.Equal(
            [("2022-04", 300L), ("2022-05", 100L)],
            partitions.RootElement.GetProperty("partitions").EnumerateArray().Select(p => (p.GetProperty("partition").GetProperty("day_month").GetString()!, p.GetProperty("rows").GetInt64())));
    }
}
