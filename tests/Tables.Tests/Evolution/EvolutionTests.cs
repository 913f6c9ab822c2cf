using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Evolution;

/// <summary>Changes of metadata and of files through transactions, against a real catalog.</summary>
public sealed class EvolutionTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_change_of_columns_is_worked_out_again_after_a_conflict()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        await using var transaction = lake.Lake.BeginTransaction("test", "evolve");
        var mine = transaction.UpdateSchema(await transaction.OpenAsync(TestLake.Events), update => update.Add("mine", IcebergType.Long));
        transaction.Append(mine, await lake.WriteAsync(transaction, mine, "b"));

        await CommitAsync(lake, (theirs, table) => theirs.UpdateSchema(table, update => update.Add("theirs", IcebergType.String)));
        Assert.IsType<CommitResult.Conflict>(await transaction.CommitAsync());

        // Without files for the columns as they were, it is simply made again.
        await CommitAsync(lake, (again, table) =>
        {
            again.UpdateSchema(table, update => update.Add("mine", IcebergType.Long));
            again.UpdateProperties(table, new Dictionary<string, string> { ["a"] = "1" });
        }, between: () => CommitAsync(lake, (theirs, table) => theirs.UpdateSchema(table, update => update.Add("more", IcebergType.String))));
        var after = (await lake.Lake.LoadTableAsync(TestLake.Events)).Metadata;
        Assert.Equal(["id", "name", "theirs", "more", "mine"], after.CurrentSchema.Fields.Select(field => field.Name));
        Assert.Equal([1, 2, 3, 4, 5], after.CurrentSchema.Fields.Select(field => field.Id));
        Assert.Equal("1", after.Properties["a"]);
    }

    [Fact]
    public async Task Files_are_removed_once_and_what_others_deleted_is_not_lost()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a", "b");
        await using var mine = lake.Lake.BeginTransaction("test", "rewrite");
        var table = await mine.OpenAsync(TestLake.Events);
        mine.Stage(table, new SnapshotChange
        {
            Operation = SnapshotOperation.Replace,
            AddedDataFiles = await lake.WriteAsync(mine, table, "ab"),
            RemovedDataFiles = [$"{table.Location}/data/a.parquet", $"{table.Location}/data/b.parquet"],
            Validation = new ChangeValidation { StartingSnapshotId = table.CurrentSnapshot!.SnapshotId },
        });

        // An append does not stand against it; position deletes of one of its files do.
        await CommitAsync(lake, async (theirs, opened) => theirs.Append(opened, await lake.WriteAsync(theirs, opened, "c")));
        await CommitAsync(lake, async (theirs, opened) =>
        {
            var deletes = (await lake.WriteAsync(theirs, opened, "p"))[0] with { Content = FileContent.PositionDeletes, ReferencedDataFile = $"{table.Location}/data/a.parquet" };
            theirs.Stage(opened, new SnapshotChange { AddedDeleteFiles = [deletes] });
        });
        var conflict = Assert.IsType<CommitResult.Conflict>(await mine.CommitAsync());
        Assert.StartsWith("table bronze.events: snapshot ", conflict.Message, StringComparison.Ordinal);
        Assert.Contains("/data/a.parquet", conflict.Message, StringComparison.Ordinal);
        await mine.DisposeAsync();
        Assert.Equal(["a", "b", "c"], await lake.FilesAsync(TestLake.Events));
        Assert.DoesNotContain(await lake.ObjectsAsync(), location => location.EndsWith("/ab.parquet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_snapshots_of_one_commit_follow_each_other_on_a_v3_table()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        await CommitAsync(lake, async (transaction, table) =>
        {
            table = transaction.Upgrade(table, 3);
            transaction.Append(table, await lake.WriteAsync(transaction, table, "b"));
            transaction.Stage(table, new SnapshotChange { RemovedDataFiles = [$"{table.Location}/data/a.parquet"] });
            transaction.Stage(table, new SnapshotChange { AddedDataFiles = await lake.WriteAsync(transaction, table, "side") }, "side");
        });
        var metadata = (await lake.Lake.LoadTableAsync(TestLake.Events)).Metadata;
        Assert.Equal((3, 4, 3), (metadata.FormatVersion, metadata.Snapshots.Count, (int)metadata.CurrentSnapshot!.SequenceNumber));
        Assert.Equal(["b"], await lake.FilesAsync(TestLake.Events));
        Assert.Equal(metadata.Snapshots[1].SnapshotId, metadata.CurrentSnapshot.ParentSnapshotId);
        Assert.True(metadata.NextRowId >= 3);
        await CommitAsync(lake, (transaction, table) => transaction.UpdateRefs(table, update => update.Remove("side").CreateTag("v1").SetRetention("main", 5)));
        Assert.Equal(["main", "v1"], (await lake.Lake.LoadTableAsync(TestLake.Events)).Metadata.Refs.Keys.Order());
    }

    static Task CommitAsync(TestLake lake, Action<TableTransaction, LakeTable> change, Func<Task>? between = null) => CommitAsync(
        lake,
        (transaction, table) =>
        {
            change(transaction, table);
            return between?.Invoke() ?? Task.CompletedTask;
        });

    static async Task CommitAsync(TestLake lake, Func<TableTransaction, LakeTable, Task> change)
    {
        await using var transaction = lake.Lake.BeginTransaction("test", "change");
        await change(transaction, await transaction.OpenAsync(TestLake.Events));
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }
}
