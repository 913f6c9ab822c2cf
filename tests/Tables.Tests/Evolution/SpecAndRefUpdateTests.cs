using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Evolution;

public sealed class SpecAndRefUpdateTests
{
    static readonly Schema Columns = new(0, [new NestedField(1, "id", false, IcebergType.Long), new NestedField(2, "at", false, IcebergType.Timestamp), new NestedField(3, "name", false, IcebergType.String)]);

    [Fact]
    public void Partition_fields_come_and_go_and_keep_their_ids()
    {
        var table = Spec(Table(2), update => update.Add("at", Transform.Day).Add("id", Transform.Bucket(16)).Add("name", Transform.Truncate(4)));
        Assert.Equal([("at_day", 1000), ("id_bucket_16", 1001), ("name_trunc_4", 1002)], Fields(table));
        table = Spec(table, update => update.Remove("at_day").Add("at", Transform.Month).Rename("name_trunc_4", "prefix"));
        Assert.Equal([("id_bucket_16", 1001), ("prefix", 1002), ("at_month", 1003)], Fields(table));
        table = Spec(table, update => update.Add("at", Transform.Day));
        Assert.Equal(("at_day", 1000), Fields(table)[^1]);
        Assert.Empty(new PartitionSpecUpdate(table).Build().Updates);
        Refused("already", () => new PartitionSpecUpdate(table).Add("at", Transform.Day));
        Refused("already", () => new PartitionSpecUpdate(table).Add("id", Transform.Bucket(2), "prefix"));
        Refused("no partition field", () => new PartitionSpecUpdate(table).Remove("nope"));
        Refused("no column", () => new PartitionSpecUpdate(table).Add("nope"));
    }

    [Fact]
    public void In_v1_a_field_that_goes_becomes_void()
    {
        var table = Spec(Table(1), update => update.Add("at", Transform.Day).Add("id", Transform.Bucket(16)));
        table = Spec(table, update => update.Remove("at_day"));
        Assert.Equal([("at_day", 1000), ("id_bucket_16", 1001)], Fields(table));
        Assert.Equal(TransformKind.Void, table.DefaultSpec.Fields[0].Transform.Kind);
        table = Spec(table, update => update.Add("at", Transform.Day));
        Assert.Equal([("at_day_1000", 1000), ("id_bucket_16", 1001), ("at_day", 1002)], Fields(table));
    }

    [Fact]
    public void Orders_replace_each_other()
    {
        var sorted = Commit(Table(2), new SortOrderUpdate(Table(2)).By("id").By("at", SortDirection.Descending, transform: Transform.Day).Build());
        Assert.Equal([NullOrder.NullsFirst, NullOrder.NullsLast], sorted.DefaultSortOrder.Fields.Select(field => field.NullOrder));
        Assert.True(Commit(sorted, new SortOrderUpdate(sorted).Build()).DefaultSortOrder.IsUnsorted);
    }

    [Fact]
    public void Branches_and_tags_are_made_moved_and_removed()
    {
        var table = Table(2);
        Refused("no snapshot yet", () => new RefUpdate(table).CreateTag("v1"));
        table = Snapshot(Snapshot(table, 1, null), 2, 1);
        table = Commit(table, new RefUpdate(table).CreateTag("v1", 1, TimeSpan.FromDays(2)).CreateBranch("side", 1).Build());
        table = Commit(table, new RefUpdate(table).SetRetention("side", 3, TimeSpan.FromHours(1)).Build());
        Assert.Equal(new SnapshotRef(1, SnapshotRefType.Branch, 3, 3_600_000), table.Refs["side"]);
        Assert.Equal(172_800_000, table.Refs["v1"].MaxRefAgeMs);
        table = Commit(table, new RefUpdate(table).FastForward("side", "main").Build());
        Assert.Equal(2, table.Refs["side"].SnapshotId);
        table = Commit(table, new RefUpdate(table).Set("main", 1).Build());
        Assert.Equal(1, table.CurrentSnapshotId);
        table = Commit(table, new RefUpdate(table).Remove("v1").Build());
        Assert.False(table.Refs.ContainsKey("v1"));
        Refused("no ancestor", () => new RefUpdate(table).FastForward("side", "main"));
        Refused("can't be removed", () => new RefUpdate(table).Remove("main"));
        Refused("no branch or tag", () => new RefUpdate(table).Remove("v1"));
        Refused("already", () => new RefUpdate(table).CreateBranch("side"));
        var moved = new RefUpdate(table).Set("side", 1).Build();
        Assert.IsType<TableCommitResult.RequirementFailed>(TableCommit.Apply(Commit(table, moved), moved.Requirements, moved.Updates, new TableCommitContext(DateTimeOffset.UnixEpoch)));
    }

    static TableMetadata Table(int version) => TableMetadata.Create("memory://t", Columns, null, null, new Dictionary<string, string> { ["format-version"] = $"{version}" }, Guid.NewGuid(), DateTimeOffset.UnixEpoch);

    static TableMetadata Snapshot(TableMetadata table, long id, long? parent) => Commit(table, new MetadataChange(
        [new AddSnapshot(new Snapshot { SnapshotId = id, ParentSnapshotId = parent, SequenceNumber = id, TimestampMs = id, ManifestList = "x" }), new SetSnapshotRef("main", new SnapshotRef(id, SnapshotRefType.Branch))], []));

    static TableMetadata Spec(TableMetadata table, Func<PartitionSpecUpdate, PartitionSpecUpdate> change) => Commit(table, change(new PartitionSpecUpdate(table)).Build());

    static TableMetadata Commit(TableMetadata table, MetadataChange change) =>
        Assert.IsType<TableCommitResult.Applied>(TableCommit.Apply(table, change.Requirements, change.Updates, new TableCommitContext(DateTimeOffset.UnixEpoch))).Metadata;

    static List<(string, int)> Fields(TableMetadata table) => [.. table.DefaultSpec.Fields.Select(field => (field.Name, field.FieldId))];

    static void Refused(string reason, Func<object> change) => Assert.Contains(reason, Assert.Throws<LakehouseException>(change).Message, StringComparison.Ordinal);
}
