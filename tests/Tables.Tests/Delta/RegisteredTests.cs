using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Tables.Publishing;

namespace Lakehouse.Tables.Tests.Delta;

/// <summary>Delta tables of others, registered in the catalog, are read in place at their newest version.</summary>
public sealed class RegisteredTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_registered_table_is_read_at_its_newest_version()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var scratch = new LakeAspire.Testing.TempFolder();
        using var publishers = new TablePublishers(lake.Lake.Store, lake.Lake.Files, scratch.Path);
        var name = TableIdentifier.Parse("bronze.sales");
        Assert.Null(await lake.Lake.FindDeltaTableAsync(name));
        for (var version = 0; version < 2; version++)
        {
            await using (var transaction = lake.Lake.BeginTransaction("test", "write"))
            {
                const string select = "SELECT i AS id, 'n' || i AS name FROM range(10) AS r(i)";
                var table = await transaction.OpenOrCreateAsync(TestLake.Events, await SchemaInference.InferAsync(connection, select));
                await transaction.AppendQueryAsync(connection, table, select);
                Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
            }

            var loaded = await lake.Lake.LoadTableAsync(TestLake.Events);
            Assert.Equal(1, (await publishers.PublishAsync(loaded.Metadata))!.Written);
            if (version == 0)
            {
                await lake.Lake.Catalog.RegisterDeltaTableAsync(name, loaded.Location);
                var taken = await Assert.ThrowsAsync<LakehouseException>(() => lake.Lake.Catalog.RegisterDeltaTableAsync(TestLake.Events, loaded.Location));
                Assert.Equal(LakehouseErrorKind.AlreadyExists, taken.Kind);
            }

            var found = await lake.Lake.FindDeltaTableAsync(name);
            using var opened = await found!.OpenAsync();
            var relation = await opened.RelationAsync(connection);
            Assert.Equal((version, 10L * (version + 1)), (opened.Snapshot.Version, await connection.ScalarAsync<long>($"SELECT count(*) FROM {relation.Sql}")));
        }

        Assert.Null(await lake.Lake.FindTableAsync(name));
    }
}
