using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests;

public sealed class TransactionTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_table_is_created_and_filled_in_one_commit()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await using (var transaction = lake.Lake.BeginTransaction("test", "first load"))
        {
            var table = await transaction.OpenOrCreateAsync(TestLake.Events, TestLake.Columns, properties: new Dictionary<string, string> { ["k"] = "v" });
            Assert.True(table.IsNew);
            Assert.Null(await lake.Lake.FindTableAsync(TestLake.Events));
            transaction.Append(table, await lake.WriteAsync(transaction, table, "a", "b"), new Dictionary<string, string> { ["source"] = "test" });
            transaction.AddItem("landing/events", "1", "f");
            transaction.MoveCursor("kafka/0", null, "17");
            var committed = Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
            Assert.True(committed.CommitId > 0);
            Assert.Equal([new CommittedItem("1", "f", committed.CommitId)], await lake.Lake.Catalog.LookupItemsAsync("landing/events", ["1", "2"]));
        }

        var loaded = await lake.Lake.LoadTableAsync(TestLake.Events);
        Assert.Equal("v", loaded.Metadata.Properties["k"]);
        Assert.Equal(("append", "test", "2"), (loaded.CurrentSnapshot!.Operation, loaded.CurrentSnapshot.Summary["source"], loaded.CurrentSnapshot.Summary["total-data-files"]));
        Assert.Equal(["a", "b"], await lake.FilesAsync(TestLake.Events));
        Assert.Equal("17", Assert.Single(await lake.Lake.Catalog.GetCursorsAsync("kafka")).Value);
        Assert.Equal([TestLake.Events], await lake.Lake.Catalog.ListTablesAsync("bronze"));
        Assert.Equal(["bronze"], await lake.Lake.Catalog.ListNamespacesAsync());
    }

    [Fact]
    public async Task A_transaction_that_does_not_commit_leaves_nothing()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        var before = await lake.ObjectsAsync();
        await using (var transaction = lake.Lake.BeginTransaction("test", "given up"))
        {
            var table = await transaction.OpenAsync(TestLake.Events);
            transaction.Append(table, await lake.WriteAsync(transaction, table, "b"));
        }

        Assert.Equal(before, await lake.ObjectsAsync());
    }

    [Fact]
    public async Task A_refused_item_undoes_the_load()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        await LoadAsync("b");
        var before = await lake.ObjectsAsync();
        var conflict = Assert.IsType<CommitResult.Conflict>(await LoadAsync("c"));
        Assert.Equal((ConflictKind.Items, "landing/events", "1"), (conflict.Kind, conflict.Scope, Assert.Single(conflict.Items).Key));
        Assert.Equal(before, await lake.ObjectsAsync());

        async Task<CommitResult> LoadAsync(string file)
        {
            await using var transaction = lake.Lake.BeginTransaction("test", "load");
            var table = await transaction.OpenAsync(TestLake.Events);
            transaction.Append(table, await lake.WriteAsync(transaction, table, file));
            transaction.AddItem("landing/events", "1", "f");
            return await transaction.CommitAsync();
        }
    }

    [Fact]
    public async Task Several_tables_become_visible_in_one_commit()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await using var transaction = lake.Lake.BeginTransaction("test", "publish");
        foreach (var name in new[] { "gold.a", "gold.b", "silver.c" })
        {
            var table = await transaction.OpenForOverwriteAsync(TableIdentifier.Parse(name), TestLake.Columns);
            transaction.Overwrite(table, await lake.WriteAsync(transaction, table, name));
        }

        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        using var commits = System.Text.Json.JsonDocument.Parse(await lake.Server.User.GetStringAsync("api/commits"));
        var tables = commits.RootElement.GetProperty("commits").EnumerateArray().Select(commit => commit.GetProperty("tables").GetArrayLength()).Where(count => count > 0);
        Assert.Equal(3, Assert.Single(tables));
    }

    [Fact]
    public async Task An_overwrite_replaces_rows_and_columns_and_keeps_the_ids_of_those_that_stay()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a", "b");
        var columns = new Schema(0, [
            new NestedField(1, "name", Required: false, IcebergType.String), new NestedField(2, "id", Required: false, IcebergType.String), new NestedField(3, "more", Required: false, IcebergType.Date)]);
        await using (var transaction = lake.Lake.BeginTransaction("test", "other columns"))
        {
            var table = await transaction.OpenForOverwriteAsync(TestLake.Events, columns);
            Assert.Equal([("name", 2), ("id", 3), ("more", 4)], table.Schema.Fields.Select(f => (f.Name, f.Id)));
            transaction.Overwrite(table, await lake.WriteAsync(transaction, table, "c"));
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }

        var loaded = await lake.Lake.LoadTableAsync(TestLake.Events);
        Assert.Equal([("name", 2), ("id", 3), ("more", 4)], loaded.Schema.Fields.Select(f => (f.Name, f.Id)));
        Assert.Equal(loaded.Metadata.CurrentSchemaId, loaded.CurrentSnapshot!.SchemaId);
        Assert.Equal(["c"], await lake.FilesAsync(TestLake.Events));

        await using var same = lake.Lake.BeginTransaction("test", "same columns");
        var unchanged = await same.OpenForOverwriteAsync(TestLake.Events, columns);
        Assert.Equal(loaded.Metadata.CurrentSchemaId, unchanged.Metadata.CurrentSchemaId);
        same.Overwrite(unchanged, []);
        Assert.IsType<CommitResult.Committed>(await same.CommitAsync());
        Assert.Empty(await lake.FilesAsync(TestLake.Events));
        Assert.Equal(2, (await lake.Lake.LoadTableAsync(TestLake.Events)).Metadata.Schemas.Count);
    }

    [Fact]
    public async Task An_overwrite_fails_when_another_writer_was_first_and_its_files_go()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        await using (var transaction = lake.Lake.BeginTransaction("test", "overwrite"))
        {
            var table = await transaction.OpenAsync(TestLake.Events);
            transaction.Overwrite(table, await lake.WriteAsync(transaction, table, "mine"));
            await lake.CreateAsync(TestLake.Events, "theirs");
            Assert.Equal(ConflictKind.Requirement, Assert.IsType<CommitResult.Conflict>(await transaction.CommitAsync()).Kind);
        }

        Assert.Equal(["a", "theirs"], await lake.FilesAsync(TestLake.Events));
        Assert.DoesNotContain(await lake.ObjectsAsync(), location => location.Contains("mine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_table_that_is_gone_is_a_conflict()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        await using var transaction = lake.Lake.BeginTransaction("test", "too late");
        var table = await transaction.OpenAsync(TestLake.Events);
        transaction.Append(table, await lake.WriteAsync(transaction, table, "b"));
        await lake.Lake.Catalog.DropTableAsync(TestLake.Events);
        Assert.Equal(ConflictKind.NoSuchTable, Assert.IsType<CommitResult.Conflict>(await transaction.CommitAsync()).Kind);
        Assert.Equal(LakehouseErrorKind.NotFound, (await Assert.ThrowsAsync<LakehouseException>(() => lake.Lake.LoadTableAsync(TestLake.Events))).Kind);
    }

    [Fact]
    public async Task A_table_may_be_created_empty()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await using var transaction = lake.Lake.BeginTransaction("test", "create");
        await transaction.OpenOrCreateAsync(TestLake.Events, TestLake.Columns);
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        Assert.Null((await lake.Lake.LoadTableAsync(TestLake.Events)).CurrentSnapshot);
        Assert.Empty(await lake.FilesAsync(TestLake.Events));
    }
}
