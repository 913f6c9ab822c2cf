using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Commit;

/// <summary>What a commit may make of a table that has rows.</summary>
public sealed class EvolutionRuleTests
{
    private static readonly TableCommitContext Later = new(Tables.Start.AddHours(1));

    [Theory]
    [InlineData("int", "long", 2, true)]
    [InlineData("float", "double", 2, true)]
    [InlineData("decimal(9, 2)", "decimal(12, 2)", 2, true)]
    [InlineData("decimal(9, 2)", "decimal(12, 3)", 2, false)]
    [InlineData("decimal(9, 2)", "decimal(8, 2)", 2, false)]
    [InlineData("long", "int", 2, false)]
    [InlineData("int", "string", 3, false)]
    [InlineData("date", "timestamp", 2, false)]
    [InlineData("date", "timestamp", 3, true)]
    [InlineData("date", "timestamp_ns", 3, true)]
    [InlineData("date", "timestamptz", 3, false)]
    [InlineData("unknown", "string", 3, true)]
    [InlineData("timestamp", "timestamp_ns", 3, false)]
    public void Columns_are_widened_only_as_the_specification_allows(string from, string to, int version, bool allowed)
    {
        var table = WithRows(version, new NestedField(1, "c", false, Parse(from)));
        Assert.Equal(allowed, TypePromotion.IsAllowed(Parse(from), Parse(to), version));
        if (Parse(to) is { } type && (version >= 3 || from != "unknown"))
        {
            var result = Apply(table, new AddSchema(new Schema(0, [new NestedField(1, "c", false, type)])), new SetCurrentSchema(-1));
            Assert.Equal(allowed, result is TableCommitResult.Applied);
        }
    }

    [Fact]
    public void A_table_that_is_replaced_may_have_other_types()
    {
        var table = WithRows(2, new NestedField(1, "c", false, IcebergType.Int));
        TableUpdate[] updates = [new AddSchema(new Schema(0, [new NestedField(1, "c", false, IcebergType.String)])), new SetCurrentSchema(-1)];
        Assert.IsType<TableCommitResult.Invalid>(Apply(table, updates));
        Assert.IsType<TableCommitResult.Applied>(Apply(table, [new RemoveSnapshotRef("main"), .. updates]));
    }

    [Fact]
    public void Structs_are_judged_by_their_fields()
    {
        var table = WithRows(2, new NestedField(1, "s", false, new StructType([new NestedField(2, "a", false, IcebergType.Int), new NestedField(3, "b", false, IcebergType.Int)])));
        Assert.IsType<TableCommitResult.Applied>(Apply(table, new AddSchema(new Schema(0, [new NestedField(1, "s", false, new StructType([new NestedField(3, "z", false, IcebergType.Long), new NestedField(4, "n", false, IcebergType.Int)]))])), new SetCurrentSchema(-1)));
        Refused(table, "can't change", new AddSchema(new Schema(0, [new NestedField(1, "s", false, new ListType(2, IcebergType.Int, false))])), new SetCurrentSchema(-1));
    }

    [Fact]
    public void A_date_that_partitions_keeps_its_values()
    {
        var table = Tables.ByDay(("format-version", "3"));
        table = Tables.Applied(Apply(table, new AddSnapshot(Snapshot(3)), new SetSnapshotRef("main", new SnapshotRef(7, SnapshotRefType.Branch))));
        Refused(table, "partition field \"day\"", new AddSchema(new Schema(0, [Tables.Schema.Fields[0], Tables.Schema.Fields[1] with { Type = IcebergType.Timestamp }, Tables.Schema.Fields[2]])), new SetCurrentSchema(-1));
    }

    [Fact]
    public void Defaults_are_of_their_type_and_the_first_one_stays()
    {
        var table = WithRows(3, new NestedField(1, "c", false, IcebergType.Int));
        NestedField With(string? initial, string? write, IcebergType? type = null) => new(2, "d", false, type ?? IcebergType.Int) { InitialDefault = initial, WriteDefault = write };
        TableUpdate[] Add(NestedField field) => [new AddSchema(new Schema(0, [table.CurrentSchema.Fields[0], field])), new SetCurrentSchema(-1)];
        var evolved = Tables.Applied(Apply(table, Add(With("7", "7"))));
        Tables.Applied(Apply(evolved, Add(With("7", "8"))));
        Refused(evolved, "given once", Add(With("8", "8")));
        Refused(evolved, "given once", Add(With(null, "8")));
        Refused(table, "is no int", Add(With("\"x\"", null)));
        Refused(table, "is no int", Add(With(null, "{")));
        Refused(table, "is null", Add(With("1", null, IcebergType.Variant)));
        Refused(table, "can't be required", Add(new NestedField(2, "d", true, IcebergType.Unknown)));
        Refused(WithRows(2, new NestedField(1, "c", false, IcebergType.Int)), "format version 3", Add(With("7", null)));
    }

    [Fact]
    public void Ids_of_partition_fields_are_counted_in_v1()
    {
        var table = Tables.ByDay(("format-version", "1"));
        Refused(table, "becomes void", new AddPartitionSpec(new PartitionSpec(1, [new PartitionField(1, 1001, "b", Transform.Bucket(4))])));
        Tables.Applied(Apply(table, new AddPartitionSpec(new PartitionSpec(1, [new PartitionField(2, 1000, "day", Transform.Void), new PartitionField(1, 1001, "b", Transform.Bucket(4))]))));
    }

    [Fact]
    public void Keys_are_of_v3_and_stay_while_they_are_used()
    {
        Refused(Tables.ByDay(), "format version 3", new AddEncryptionKey(new EncryptionKey("k", "YQ==")));
        var table = Tables.Applied(Apply(Tables.ByDay(("format-version", "3")), new AddEncryptionKey(new EncryptionKey("k", "YQ==")), new AddEncryptionKey(new EncryptionKey("k", "other")), new AddSnapshot(Snapshot(3) with { KeyId = "k" })));
        Assert.Equal("YQ==", Assert.Single(table.EncryptionKeys).EncryptedKeyMetadata);
        Refused(table, "used by snapshot 7", new RemoveEncryptionKey("k"));
        Assert.Empty(Tables.Applied(Apply(table, new RemoveSnapshots([7]), new RemoveEncryptionKey("k"))).EncryptionKeys);
    }

    [Fact]
    public void A_schema_that_alone_knows_a_columns_first_name_stays()
    {
        var table = WithRows(2, new NestedField(1, "c", false, IcebergType.Int), snapshot: false);
        table = Tables.Applied(Apply(table, new AddSchema(new Schema(0, [new NestedField(1, "renamed", false, IcebergType.Int)])), new SetCurrentSchema(-1)));
        table = Tables.Applied(Apply(table, new AddSchema(new Schema(0, [new NestedField(1, "again", false, IcebergType.Int)])), new SetCurrentSchema(-1)));
        table = Tables.Applied(Apply(table, new RemoveSchemas([0, 1])));
        Assert.Equal([0, 2], table.Schemas.Select(schema => schema.SchemaId));
        Assert.Equal("c", PhysicalNames.Of(table)[1]);
    }

    private static IcebergType Parse(string text) => SchemaJson.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"type":"struct","fields":[{"id":1,"name":"c","required":false,"type":"{{text}}"}]}""")).Fields[0].Type;

    private static TableMetadata WithRows(int version, NestedField field, bool snapshot = true)
    {
        var table = TableMetadata.Create("memory://lake/t", new Schema(0, [field]), null, null, new Dictionary<string, string> { ["format-version"] = $"{version}" }, Guid.NewGuid(), Tables.Start);
        return snapshot ? Tables.Applied(Apply(table, new AddSnapshot(Snapshot(version)), new SetSnapshotRef("main", new SnapshotRef(7, SnapshotRefType.Branch)))) : table;
    }

    private static Snapshot Snapshot(int version) => new() { SnapshotId = 7, SequenceNumber = 1, TimestampMs = 1, ManifestList = "x", FirstRowId = version >= 3 ? 0 : null, AddedRows = version >= 3 ? 1 : null };

    private static TableCommitResult Apply(TableMetadata table, params TableUpdate[] updates) => TableCommit.Apply(table, [], updates, Later);

    private static void Refused(TableMetadata table, string reason, params TableUpdate[] updates) =>
        Assert.Contains(reason, Assert.IsType<TableCommitResult.Invalid>(Apply(table, updates)).Reason, StringComparison.Ordinal);
}
