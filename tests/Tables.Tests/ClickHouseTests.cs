using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Tests;

/// <summary>Another implementation's client finds and reads our tables through the catalog.</summary>
[Collection(nameof(ClickHouse))]
public sealed class ClickHouseTests(PostgresServer postgres)
{
    [Fact]
    public async Task ClickHouse_reads_a_table_through_the_rest_catalog()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        using var clickHouse = new ClickHouse(LocalPath.FromLocation(lake.Server.Warehouse));
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        const string select = "SELECT i AS id, 'n' || i AS name FROM range(1000) AS r(i)";
        await using (var transaction = lake.Lake.BeginTransaction("test", "write"))
        {
            var table = await transaction.OpenOrCreateAsync(TestLake.Events, await SchemaInference.InferAsync(connection, select));
            await transaction.AppendQueryAsync(connection, table, select);
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }

        clickHouse.Query("SET allow_database_iceberg = 1");
        clickHouse.Query(
            $"""
            CREATE DATABASE lake ENGINE = DataLakeCatalog('{lake.Server.Address}iceberg/v1')
            SETTINGS catalog_type = 'rest', warehouse = 'main', auth_header = 'Authorization: Bearer {CatalogServer.UserKey}', vended_credentials = 0
            """);
        Assert.Equal("bronze.events", Assert.Single(clickHouse.Query("SHOW TABLES FROM lake")).GetProperty("name").GetString());
        var row = Assert.Single(clickHouse.Query("SELECT toUInt32(count()) AS n, toUInt32(sum(id)) AS s, max(name) AS m FROM lake.`bronze.events`"));
        Assert.Equal((1000, 499500, "n999"), (row.GetProperty("n").GetInt32(), row.GetProperty("s").GetInt32(), row.GetProperty("m").GetString()));
    }
}
