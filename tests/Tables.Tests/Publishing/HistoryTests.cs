using Lakehouse.Engine;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Publishing;

/// <summary>What the log is after histories of every kind, read by our own Delta reader.</summary>
public sealed class HistoryTests
{
    static readonly NestedField Id = PublishLab.Field(1, "id", IcebergType.Long);
    static readonly NestedField Name = PublishLab.Field(2, "name", IcebergType.String);

    [Fact]
    public async Task A_branch_that_is_set_back_is_one_version()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        await lab.AppendAsync("SELECT 1 AS id, 'a' AS name");
        await lab.AppendAsync("SELECT 2 AS id, 'b' AS name");
        await lab.AppendAsync("SELECT 3 AS id, 'c' AS name");
        await lab.PublishAsync();
        lab.Apply(new SetSnapshotRef("main", new SnapshotRef(lab.Snapshots[0].SnapshotId, SnapshotRefType.Branch)));
        Assert.Equal((3L, 1), await WrittenAsync(lab));
        Assert.Equal("RESTORE", lab.Single<CommitInfo>(3).Operation);
        await lab.AppendAsync("SELECT 4 AS id, 'd' AS name");
        Assert.Equal((4L, 1), await WrittenAsync(lab));
        lab.Apply(new SetSnapshotRef("main", new SnapshotRef(lab.Snapshots[2].SnapshotId, SnapshotRefType.Branch)));
        Assert.Equal((6L, 2), await WrittenAsync(lab));
        Assert.Equal((6L, 0), await WrittenAsync(lab));
        await lab.SameRowsAsync([lab.Snapshots[0], lab.Snapshots[1], lab.Snapshots[2], lab.Snapshots[0], lab.Snapshots[3], lab.Snapshots[1], lab.Snapshots[2]]);
    }

    [Fact]
    public async Task Snapshots_that_expired_before_they_were_published_are_passed_over()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        var first = await lab.AppendAsync("SELECT 1 AS id, 'a' AS name");
        await lab.PublishAsync();
        await lab.AppendAsync("SELECT 2 AS id, 'b' AS name");
        await lab.CommitAsync(new SnapshotChange { RemovedDataFiles = [first[0].FilePath], AddedDataFiles = await lab.WriteAsync("SELECT 3 AS id, 'c' AS name") });
        await lab.AppendAsync("SELECT 4 AS id, 'd' AS name");
        lab.Apply(new RemoveSnapshots([lab.Snapshots[0].SnapshotId, lab.Snapshots[1].SnapshotId]));
        Assert.Equal((2L, 2), await WrittenAsync(lab));
        Assert.Equal(3, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {await lab.DeltaAsync()}"));
        Assert.Equal([lab.Snapshots[2].SequenceNumber, lab.Snapshots[3].SequenceNumber], new[] { 1L, 2 }.Select(v => lab.Actions(v).OfType<TransactionAction>().First().Version));
        Assert.Single(lab.Actions(1).OfType<RemoveFile>());
    }

    [Fact]
    public async Task Nested_columns_at_every_depth()
    {
        var schema = PublishLab.Columns(
            Id,
            PublishLab.Field(2, "s", new StructType([PublishLab.Field(3, "a", IcebergType.Int), PublishLab.Field(4, "b", IcebergType.String), PublishLab.Field(5, "t", IcebergType.Time)])),
            PublishLab.Field(6, "l", new ListType(7, new StructType([PublishLab.Field(8, "x", IcebergType.Double)]), ElementRequired: false)),
            PublishLab.Field(9, "m", new MapType(10, IcebergType.String, 11, IcebergType.Long, ValueRequired: false)));
        using var lab = new PublishLab(schema);
        const string rows = "i AS id, CASE WHEN i % 3 = 0 THEN NULL ELSE {a: i::INT, b: 'b' || i, t: TIME '01:02:03'} END AS s, [{x: i / 2}, NULL, {x: NULL}] AS l, MAP {'k': i, 'n': NULL} AS m FROM range(10) AS r(i)";
        await lab.AppendAsync("SELECT " + rows);
        Assert.Equal(["s.t (time)"], (await lab.PublishAsync()).LeftOut);

        // Ids are given by the table: what is renamed and widened here are its own fields.
        var fields = lab.Table.CurrentSchema.Fields;
        var (structure, list) = ((StructType)fields[1].Type, (ListType)fields[2].Type);
        var element = (StructType)list.Element;
        NestedField[] renamed =
        [
            fields[0],
            fields[1] with { Type = new StructType([structure.Fields[0] with { Name = "alpha", Type = IcebergType.Long }, structure.Fields[1], PublishLab.Field(lab.Table.LastColumnId + 1, "a", IcebergType.Int)]) },
            fields[2] with { Name = "list", Type = list with { Element = new StructType([element.Fields[0] with { Name = "y" }]) } },
            fields[3],
        ];
        lab.ChangeSchema(renamed);
        await lab.AppendAsync("SELECT i AS id, {alpha: 5000000000 + i, b: 'c', a: i::INT} AS s, [{y: i / 3}] AS list, MAP {'k': i} AS m FROM range(10) AS r(i)");
        Assert.Null((await lab.PublishAsync()).Stop);
        await lab.SameRowsAsync([lab.Snapshots[0]], "id, s.a, s.b, s IS NULL, l, m");
        Assert.Contains("typeWidening", lab.Single<ProtocolAction>(1).ReaderFeatures!);
        await lab.SameRowsAsync(columns: "id, m");
        foreach (var (left, right) in new[] { (await lab.DeltaAsync(1), await lab.IcebergAsync(lab.Snapshots[1])), (await lab.IcebergAsync(lab.Snapshots[1]), await lab.DeltaAsync(1)) })
        {
            Assert.Equal(0, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM ((SELECT id, s.alpha, s.b, s.a, list, m FROM {left}) EXCEPT ALL (SELECT id, s.alpha, s.b, s.a, list, m FROM {right}))"));
        }
    }

    [Fact]
    public async Task Files_that_name_columns_otherwise_stop_it_until_they_are_rewritten()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        await lab.AppendAsync("SELECT 1 AS id, 'a' AS name");
        await lab.PublishAsync();
        lab.ChangeSchema(Id, Name with { Name = "title" });
        var theirs = await lab.WriteAsync("SELECT 2 AS id, 'b' AS title", currentNames: true);
        await lab.CommitAsync(new SnapshotChange { AddedDataFiles = theirs });
        var stopped = await lab.PublishAsync();
        Assert.Equal((0L, 1L, PublishStopKind.ColumnNames, 0), (stopped.Version, stopped.SequenceNumber, stopped.Stop!.Kind, stopped.Written));
        Assert.Contains("title", stopped.Stop.Message, StringComparison.Ordinal);
        Assert.Equal(1, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {await lab.DeltaAsync()}"));
        await lab.CommitAsync(new SnapshotChange { Operation = SnapshotOperation.Replace, RemovedDataFiles = [theirs[0].FilePath], AddedDataFiles = await lab.WriteAsync("SELECT 2 AS id, 'b' AS title") });
        Assert.Equal((1L, 1), await WrittenAsync(lab));
        await lab.SameRowsAsync([lab.Snapshots[0], lab.Snapshots[2]]);
    }

    [Fact]
    public async Task A_log_of_others_is_left_alone()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        await lab.AppendAsync("SELECT 1 AS id, 'a' AS name");
        Directory.CreateDirectory(Path.GetDirectoryName(lab.LogFile(0))!);
        const string schema = """{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}""";
        await File.WriteAllTextAsync(lab.LogFile(0), "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n{\"metaData\":{\"id\":\"x\",\"format\":{\"provider\":\"parquet\",\"options\":{}},\"schemaString\":\"" + schema + "\",\"partitionColumns\":[],\"configuration\":{}}}\n");
        Assert.Equal("foreign-log", (await lab.PublishAsync()).Stop!.Name);
        Assert.False(File.Exists(lab.LogFile(1)));
    }

    [Fact]
    public async Task Deletes_that_nobody_can_tell_stop_it()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        await lab.AppendAsync("SELECT 1 AS id, 'a' AS name");
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await lab.EqualityDeletesAsync("SELECT 1::BIGINT AS id", 1, Id)] });
        var result = await lab.Publisher(resolve: false).PublishAsync(lab.Table, TestContext.Current.CancellationToken);
        Assert.Equal((0L, "deletes"), (result.Version, result.Stop!.Name));
        Assert.Equal((1L, 1), await WrittenAsync(lab));
        await lab.SameRowsAsync();
    }

    [Fact]
    public async Task Checkpoints_come_at_the_interval_and_old_commits_go()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name), properties: [("delta.checkpointInterval", "5"), ("delta.logRetentionDuration", "interval 1 days")]);
        for (var i = 0; i < 13; i++)
        {
            await lab.AppendAsync($"SELECT {i} AS id, 'x' AS name");
        }

        await lab.PublishAsync();
        Assert.True(File.Exists(lab.LogFile(10).Replace(".json", ".checkpoint.parquet", StringComparison.Ordinal)));
        Assert.Contains("\"version\":10", await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(lab.LogFile(0))!, "_last_checkpoint")), StringComparison.Ordinal);

        // All of it gets old; the commits that a checkpoint stands for go with the next one, and what is left can be read.
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(lab.LogFile(0))!))
        {
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        }

        for (var i = 13; i < 18; i++)
        {
            await lab.AppendAsync($"SELECT {i} AS id, 'x' AS name");
        }

        Assert.Equal((17L, 5), await WrittenAsync(lab));
        Assert.False(File.Exists(lab.LogFile(9)));
        Assert.True(File.Exists(lab.LogFile(10)));
        for (var version = 10; version < 18; version++)
        {
            Assert.Equal(version + 1, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {await lab.DeltaAsync(version)}"));
        }

        // A new publisher starts from a checkpoint.
        await lab.AppendAsync("SELECT 99 AS id, 'x' AS name");
        Assert.Equal((18L, 1), await WrittenAsync(lab));
    }

    static async Task<(long? Version, int Written)> WrittenAsync(PublishLab lab)
    {
        var result = await lab.PublishAsync();
        Assert.Null(result.Stop);
        return (result.Version, result.Written);
    }
}
