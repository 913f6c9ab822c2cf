using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Commit;

public sealed class TableCommitTests
{
    private static readonly TableMetadata Table = Tables.ByDay();

    private static readonly TableCommitContext Later = new(Tables.Start.AddMinutes(1), "memory://lake/t/metadata/0.metadata.json");

    private static Snapshot Snapshot(long id, long sequence, long? parent = null, int minutes = 1) => new()
    {
        SnapshotId = id,
        ParentSnapshotId = parent,
        SequenceNumber = sequence,
        TimestampMs = Tables.Start.AddMinutes(minutes).ToUnixTimeMilliseconds(),
        ManifestList = $"memory://lake/t/metadata/snap-{id}.avro",
        Summary = new Dictionary<string, string> { ["operation"] = "append" },
        SchemaId = 0,
    };

    private static TableMetadata WithSnapshot { get; } = Apply(Table, new AddSnapshot(Snapshot(7, 1)), ToMain(7));

    private static SetSnapshotRef ToMain(long id) => new("main", new SnapshotRef(id, SnapshotRefType.Branch));

    private static TableMetadata Apply(TableMetadata? current, params TableUpdate[] updates) => Tables.Applied(TableCommit.Apply(current, [], updates, Later));

    private static string Refused(TableMetadata? current, params TableUpdate[] updates) => Assert.IsType<TableCommitResult.Invalid>(TableCommit.Apply(current, [], updates, Later)).Reason;

    public static TheoryData<TableRequirement, bool> Requirements => new()
    {
        { new AssertCreate(), false },
        { new AssertTableUuid(Table.TableUuid), true },
        { new AssertTableUuid(Guid.Empty), false },
        { new AssertRefSnapshotId("main", 7), true },
        { new AssertRefSnapshotId("main", 8), false },
        { new AssertRefSnapshotId("main", null), false },
        { new AssertRefSnapshotId("other", null), true },
        { new AssertRefSnapshotId("other", 7), false },
        { new AssertLastAssignedFieldId(3), true },
        { new AssertLastAssignedFieldId(4), false },
        { new AssertCurrentSchemaId(0), true },
        { new AssertCurrentSchemaId(1), false },
        { new AssertLastAssignedPartitionId(1000), true },
        { new AssertLastAssignedPartitionId(999), false },
        { new AssertDefaultSpecId(0), true },
        { new AssertDefaultSpecId(1), false },
        { new AssertDefaultSortOrderId(0), true },
        { new AssertDefaultSortOrderId(1), false },
    };

    public static TheoryData<TableRequirement> RequirementsAlone => new(Requirements.Select(row => row.Data.Item1));

    [Theory]
    [MemberData(nameof(Requirements))]
    public void Requirements_hold_or_fail(TableRequirement requirement, bool holds)
    {
        var result = TableCommit.Apply(WithSnapshot, [requirement], [], Later);
        if (holds)
        {
            Assert.False(Assert.IsType<TableCommitResult.Applied>(result).Changed);
        }
        else
        {
            Assert.Equal(requirement, Assert.IsType<TableCommitResult.RequirementFailed>(result).Requirement);
        }
    }

    [Theory]
    [MemberData(nameof(RequirementsAlone))]
    public void Without_a_table_only_its_absence_can_be_required(TableRequirement requirement)
    {
        var result = TableCommit.Apply(null, [requirement], Table.ToCreateUpdates(), Later);
        Assert.Equal(requirement is AssertCreate or AssertRefSnapshotId { SnapshotId: null }, result is TableCommitResult.Applied);
    }

    [Fact]
    public void Create_updates_make_the_table_again()
    {
        var created = Tables.Applied(TableCommit.Apply(null, [new AssertCreate()], Table.ToCreateUpdates(), new TableCommitContext(Tables.Start)));
        Assert.Equal(TableMetadataJson.Write(Table), TableMetadataJson.Write(created));
    }

    [Fact]
    public void A_new_table_needs_uuid_schema_and_location()
    {
        Assert.Contains("assign-uuid", Refused(null, new AddSchema(Tables.Schema), new SetCurrentSchema(-1), new SetLocation("memory://x")), StringComparison.Ordinal);
        Assert.Contains("set-current-schema", Refused(null, new AssignUuid(Guid.NewGuid()), new SetLocation("memory://x")), StringComparison.Ordinal);
        Assert.Contains("set-location", Refused(null, new AssignUuid(Guid.NewGuid()), new AddSchema(Tables.Schema), new SetCurrentSchema(-1)), StringComparison.Ordinal);
        var located = TableCommit.Apply(null, [], [new AssignUuid(Guid.NewGuid()), new AddSchema(Tables.Schema), new SetCurrentSchema(-1)], new TableCommitContext(Tables.Start, null, "memory://lake/x/"));
        var metadata = Tables.Applied(located);
        Assert.Equal(("memory://lake/x", 2, 0, 0), (metadata.Location, metadata.FormatVersion, metadata.DefaultSpecId, metadata.DefaultSortOrderId));
        Assert.True(metadata.DefaultSpec.IsUnpartitioned);
    }

    [Fact]
    public void Schemas_get_ids_and_are_found_again()
    {
        var wider = new Schema(99, [.. Tables.Schema.Fields, new NestedField(4, "more", false, IcebergType.Int)]);
        var evolved = Apply(Table, new AddSchema(wider), new SetCurrentSchema(TableUpdate.LastAdded));
        Assert.Equal((1, 4, 2), (evolved.CurrentSchemaId, evolved.LastColumnId, evolved.Schemas.Count));
        var back = Apply(evolved, new AddSchema(Tables.Schema), new SetCurrentSchema(TableUpdate.LastAdded));
        Assert.Equal((0, 4, 2), (back.CurrentSchemaId, back.LastColumnId, back.Schemas.Count));
        Assert.Contains("below the table's", Refused(evolved, new AddSchema(Tables.Schema, 3)), StringComparison.Ordinal);
        Assert.Equal(10, Apply(Table, new AddSchema(wider, 10)).LastColumnId);
        Assert.Contains("no schema 5", Refused(Table, new SetCurrentSchema(5)), StringComparison.Ordinal);
        Assert.Contains("none was added", Refused(Table, new SetCurrentSchema(-1)), StringComparison.Ordinal);
        Assert.Contains("does not fit", Refused(Table, new AddSchema(new Schema(0, [Tables.Schema.Fields[0]])), new SetCurrentSchema(-1)), StringComparison.Ordinal);
        Assert.Contains("format version 3", Refused(Table, new AddSchema(new Schema(0, [new NestedField(9, "v", false, IcebergType.Variant)]))), StringComparison.Ordinal);
        Assert.Contains("is the current one", Refused(evolved, new RemoveSchemas([1])), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(Apply(evolved, new RemoveSchemas([0])).Schemas).SchemaId);
        Assert.Contains("used by snapshot 7", Refused(Apply(WithSnapshot, new AddSchema(wider), new SetCurrentSchema(-1)), new RemoveSchemas([0])), StringComparison.Ordinal);
    }

    [Fact]
    public void Specs_get_ids_and_fields_keep_theirs()
    {
        var buckets = new PartitionSpec(5, [new PartitionField(1, 1000, "id_bucket", Transform.Bucket(4)), new PartitionField(2, 1001, "day", Transform.Identity)]);
        var evolved = Apply(Table, new AddPartitionSpec(buckets), new SetDefaultSpec(-1));
        Assert.Equal((1, 1001), (evolved.DefaultSpecId, evolved.LastPartitionId));
        // 1000 means "day" already, whatever the client thought.
        Assert.Equal([1001, 1000], evolved.DefaultSpec.Fields.Select(field => field.FieldId));
        Assert.Equal(0, Apply(evolved, new AddPartitionSpec(Table.DefaultSpec), new SetDefaultSpec(-1)).DefaultSpecId);
        Assert.Contains("no column with id 9", Refused(Table, new AddPartitionSpec(new PartitionSpec(0, [new PartitionField(9, 1001, "x", Transform.Identity)]))), StringComparison.Ordinal);
        Assert.Contains("not defined", Refused(Table, new AddPartitionSpec(new PartitionSpec(0, [new PartitionField(3, 1001, "x", Transform.Day)]))), StringComparison.Ordinal);
        Assert.Contains("not known", Refused(Table, new AddPartitionSpec(new PartitionSpec(0, [new PartitionField(3, 1001, "x", Transform.Parse("zorder"))]))), StringComparison.Ordinal);
        Assert.Contains("column of that name", Refused(Table, new AddPartitionSpec(new PartitionSpec(0, [new PartitionField(3, 1001, "id", Transform.Identity)]))), StringComparison.Ordinal);
        Assert.Contains("default one", Refused(evolved, new RemovePartitionSpecs([1])), StringComparison.Ordinal);
        Assert.Single(Apply(evolved, new RemovePartitionSpecs([0])).PartitionSpecs);
    }

    [Fact]
    public void Sort_orders_get_ids()
    {
        var order = new SortOrder(9, [new SortField(1, Transform.Identity, SortDirection.Descending, NullOrder.NullsLast)]);
        var sorted = Apply(Table, new AddSortOrder(order), new SetDefaultSortOrder(-1));
        Assert.Equal((1, 1), (sorted.DefaultSortOrderId, sorted.DefaultSortOrder.OrderId));
        Assert.Equal(0, Apply(sorted, new AddSortOrder(SortOrder.Unsorted), new SetDefaultSortOrder(-1)).DefaultSortOrderId);
        Assert.Equal(2, Apply(sorted, new AddSortOrder(order)).SortOrders.Count);
        Assert.Contains("no sort order 4", Refused(sorted, new SetDefaultSortOrder(4)), StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshots_move_main_and_the_logs()
    {
        Assert.Equal((7, 1), (WithSnapshot.CurrentSnapshotId!.Value, WithSnapshot.LastSequenceNumber));
        Assert.Equal(7, Assert.Single(WithSnapshot.SnapshotLog).SnapshotId);
        Assert.Equal(new MetadataLogEntry(Table.LastUpdatedMs, Later.PreviousMetadataLocation!), Assert.Single(WithSnapshot.MetadataLog));
        Assert.Equal(Later.Now, WithSnapshot.LastUpdated);

        var staged = Apply(WithSnapshot, new AddSnapshot(Snapshot(8, 2, 7)));
        Assert.Equal((7, 2), (staged.CurrentSnapshotId!.Value, staged.Snapshots.Count));
        var rolledBack = Apply(Apply(staged, ToMain(8)), ToMain(7));
        Assert.Equal([7, 8, 7], rolledBack.SnapshotLog.Select(entry => entry.SnapshotId));

        // Two snapshots in one commit: the first was never current to anybody.
        var both = Apply(WithSnapshot, new AddSnapshot(Snapshot(8, 2, 7)), ToMain(8), new AddSnapshot(Snapshot(9, 3, 8)), ToMain(9));
        Assert.Equal([7, 9], both.SnapshotLog.Select(entry => entry.SnapshotId));
    }

    [Fact]
    public void Contradicting_snapshots_are_refused()
    {
        Assert.Contains("exists already", Refused(WithSnapshot, new AddSnapshot(Snapshot(7, 2))), StringComparison.Ordinal);
        Assert.Contains("no manifest-list", Refused(Table, new AddSnapshot(Snapshot(8, 2) with { ManifestList = null })), StringComparison.Ordinal);
        Assert.Contains("schema 4", Refused(Table, new AddSnapshot(Snapshot(8, 2) with { SchemaId = 4 })), StringComparison.Ordinal);
        Assert.Contains("no snapshot 8", Refused(Table, ToMain(8)), StringComparison.Ordinal);
        Assert.Contains("main is a branch", Refused(WithSnapshot, new SetSnapshotRef("main", new SnapshotRef(7, SnapshotRefType.Tag))), StringComparison.Ordinal);
        Assert.Contains("a tag has no", Refused(WithSnapshot, new SetSnapshotRef("v1", new SnapshotRef(7, SnapshotRefType.Tag, MinSnapshotsToKeep: 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_number_that_is_taken_is_a_conflict()
    {
        var failed = Assert.IsType<TableCommitResult.RequirementFailed>(TableCommit.Apply(WithSnapshot, [], [new AddSnapshot(Snapshot(8, 1))], Later));
        Assert.Null(failed.Requirement);
        Assert.Contains("sequence number 1", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Expired_snapshots_take_their_part_of_the_log_and_their_statistics()
    {
        var two = Apply(WithSnapshot, new AddSnapshot(Snapshot(8, 2, 7)), ToMain(8), new SetStatistics(new StatisticsFile(7, "memory://s", 1, 1, [])), new SetPartitionStatistics(new PartitionStatisticsFile(7, "memory://p", 1)));
        Assert.Single(two.Statistics);
        Assert.Contains("referred to by \"main\"", Refused(two, new RemoveSnapshots([8])), StringComparison.Ordinal);
        var expired = Apply(two, new RemoveSnapshots([7]));
        Assert.Equal([8], expired.SnapshotLog.Select(entry => entry.SnapshotId));
        Assert.Empty(expired.Statistics);
        Assert.Empty(expired.PartitionStatistics);
        Assert.Contains("no snapshot 7", Refused(expired, new SetStatistics(new StatisticsFile(7, "memory://s", 1, 1, []))), StringComparison.Ordinal);
        var emptied = Apply(two, new RemoveSnapshotRef("main"));
        Assert.Null(emptied.CurrentSnapshotId);
        Assert.Empty(emptied.SnapshotLog);
    }

    [Fact]
    public void Versions_only_rise_and_identities_stay()
    {
        Assert.Contains("can't go back", Refused(Table, new UpgradeFormatVersion(1)), StringComparison.Ordinal);
        Assert.Contains("not supported", Refused(Table, new UpgradeFormatVersion(4)), StringComparison.Ordinal);
        Assert.Contains("already", Refused(Table, new AssignUuid(Guid.NewGuid())), StringComparison.Ordinal);
        Assert.Equal(Table.TableUuid, Apply(Table, new AssignUuid(Table.TableUuid)).TableUuid);
        var v3 = Apply(Table, new UpgradeFormatVersion(3));
        Assert.Equal(0, v3.NextRowId);
        Assert.Contains("first-row-id", Refused(v3, new AddSnapshot(Snapshot(7, 1))), StringComparison.Ordinal);
        Assert.Equal(5, Apply(v3, new AddSnapshot(Snapshot(7, 1) with { FirstRowId = 0, AddedRows = 5 })).NextRowId);
    }

    [Fact]
    public void Properties_and_logs_are_kept_within_bounds()
    {
        var table = Apply(Table, new SetProperties(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["write.metadata.previous-versions-max"] = "3" }), new RemoveProperties(["a", "absent"]));
        Assert.Equal(["b", "write.metadata.previous-versions-max"], table.Properties.Keys.Order());
        for (var i = 0; i < 10; i++)
        {
            table = Tables.Applied(TableCommit.Apply(table, [], [new SetLocation("memory://lake/t/")], new TableCommitContext(Tables.Start.AddMinutes(i), $"memory://{i}")));
        }

        Assert.Equal(["memory://7", "memory://8", "memory://9"], table.MetadataLog.Select(entry => entry.MetadataFile));
        Assert.Equal("memory://lake/t", table.Location);
    }

    [Fact]
    public void The_metadata_before_is_left_as_it_was()
    {
        var before = TableMetadataJson.Write(WithSnapshot);
        Apply(WithSnapshot, new SetProperties(new Dictionary<string, string> { ["a"] = "1" }), new AddSnapshot(Snapshot(8, 2, 7)), ToMain(8), new AddSchema(new Schema(0, [new NestedField(8, "z", false, IcebergType.Int), .. Tables.Schema.Fields])));
        Assert.Equal(before, TableMetadataJson.Write(WithSnapshot));
    }
}
