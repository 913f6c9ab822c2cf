using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Evolution;

public sealed class SchemaUpdateTests
{
    static readonly Schema Start = new(0, [
        new NestedField(1, "id", true, IcebergType.Int),
        new NestedField(2, "name", false, IcebergType.String),
        new NestedField(3, "at", true, new StructType([new NestedField(4, "x", true, IcebergType.Float), new NestedField(5, "y", false, IcebergType.Float)])),
        new NestedField(6, "tags", false, new ListType(7, new StructType([new NestedField(8, "t", false, IcebergType.String)]), false)),
        new NestedField(9, "props", false, new MapType(10, IcebergType.String, 11, IcebergType.Int, false)),
    ]);

    [Fact]
    public void Columns_are_added_renamed_dropped_widened_and_moved_at_every_depth()
    {
        var table = Apply(Table(2), update => update
            .Add("more", IcebergType.Long, doc: "a comment", position: ColumnPosition.First)
            .Add("z", new ListType(0, new StructType([new NestedField(0, "deep", false, IcebergType.Int)]), false), parent: "at", position: ColumnPosition.After("x"))
            .Add("u", IcebergType.Int, parent: "tags")
            .Rename("at.y", "why")
            .Drop("name")
            .Widen("id", IcebergType.Long)
            .Widen("at.x", IcebergType.Double)
            .Widen("props.value", IcebergType.Long)
            .MakeOptional("at.x")
            .SetDoc("id", "the key")
            .Move("props", new ColumnPosition("at", Before: true)));
        var schema = table.CurrentSchema;
        Assert.Equal(["more", "id", "props", "at", "tags"], schema.Fields.Select(field => field.Name));
        Assert.Equal(["x", "z", "why"], ((StructType)schema.FindColumn("at")!.Type).Fields.Select(field => field.Name));
        Assert.Equal(
            [("more", 17), ("id", 1), ("props", 9), ("props.key", 10), ("props.value", 11), ("at", 3), ("at.x", 4), ("at.z", 18), ("at.z.element", 19), ("at.z.element.deep", 20), ("at.why", 5), ("tags", 6), ("tags.element", 7), ("tags.element.t", 8), ("tags.element.u", 21)],
            SchemaFields.All(schema).Select(item => (item.FullName, item.Field.Id)));
        Assert.Equal((IcebergType.Long, IcebergType.Double, IcebergType.Long), (schema.FindField(1)!.Type, schema.FindField(4)!.Type, schema.FindField(11)!.Type));
        Assert.False(schema.FindField(4)!.Required);
        Assert.Equal(("the key", "a comment"), (schema.FindField(1)!.Doc, schema.FindField(17)!.Doc));
        Assert.Equal(21, table.LastColumnId);
        Assert.Equal(("y", "name"), (PhysicalNames.Of(table)[5], PhysicalNames.Of(table)[2]));
    }

    [Fact]
    public void A_name_that_comes_back_is_another_column()
    {
        var table = Apply(Apply(Table(2), update => update.Drop("name")), update => update.Add("name", IcebergType.String));
        Assert.Equal(17, table.CurrentSchema.FindColumn("name")!.Id);
        Assert.Equal("name_17", PhysicalNames.Of(table)[17]);
    }

    [Fact]
    public void Defaults_are_kept_in_v3_and_refused_by_name_before()
    {
        var table = Apply(Table(3), update => update.Add("d", IcebergType.Int, defaultJson: "7", required: true));
        Assert.Equal(("7", "7"), (table.CurrentSchema.FindColumn("d")!.InitialDefault, table.CurrentSchema.FindColumn("d")!.WriteDefault));
        table = Apply(table, update => update.SetWriteDefault("d", "8"));
        Assert.Equal(("7", "8"), (table.CurrentSchema.FindColumn("d")!.InitialDefault, table.CurrentSchema.FindColumn("d")!.WriteDefault));
        var error = Assert.Throws<LakehouseException>(() => Apply(Table(2), update => update.Add("d", IcebergType.Int, defaultJson: "7")));
        Assert.Equal(LakehouseErrorKind.Unsupported, error.Kind);
        Assert.Contains("column d", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Identifiers_are_required_and_stay()
    {
        var table = Apply(Table(2), update => update.SetIdentifiers("id"));
        Assert.Equal([1], table.CurrentSchema.IdentifierFieldIds);
        Refused(table, "can't be dropped", update => update.Drop("id"));
        Refused(table, "stays required", update => update.MakeOptional("id"));
        Refused(table, "identify", update => update.SetIdentifiers("name"));
        Refused(table, "identify", update => update.SetIdentifiers("at.x"));
        Refused(table, "identify", update => update.SetIdentifiers("props.key"));
    }

    [Fact]
    public void What_is_not_there_or_does_not_fit_is_refused()
    {
        var table = Table(2);
        Refused(table, "no column nope", update => update.Drop("nope"));
        Refused(table, "exists already", update => update.Add("id", IcebergType.Int));
        Refused(table, "another has the name", update => update.Rename("id", "name"));
        Refused(table, "can't change", update => update.Widen("id", IcebergType.String));
        Refused(table, "has no fields", update => update.Add("a", IcebergType.Int, parent: "id"));
        Refused(table, "keys of a map", update => update.Widen("props.key", IcebergType.String));
        Refused(table, "can't be dropped", update => update.Drop("tags.element"));
        Refused(table, "no column nope beside", update => update.Move("id", ColumnPosition.After("nope")));
        Refused(table, "partition field id", update => update.Drop("id"), spec: true);
        Assert.Empty(new SchemaUpdate(table).Rename("id", "id").Build().Updates);
    }

    static TableMetadata Table(int version, bool spec = false) => TableMetadata.Create(
        "memory://t", Start, spec ? new PartitionSpec(0, [new PartitionField(1, 1000, "id", Transform.Identity)]) : null, null, new Dictionary<string, string> { ["format-version"] = $"{version}" }, Guid.NewGuid(), DateTimeOffset.UnixEpoch)
        with { LastColumnId = 16 };

    static TableMetadata Apply(TableMetadata table, Func<SchemaUpdate, SchemaUpdate> change)
    {
        // The ids that a new table gives are by level; here those of the test.
        table = table.Schemas.Count == 1 && table.CurrentSchema.FindField(4)?.Name != "x" ? table with { Schemas = [Start] } : table;
        var built = change(new SchemaUpdate(table)).Build();
        return Assert.IsType<TableCommitResult.Applied>(TableCommit.Apply(table, built.Requirements, built.Updates, new TableCommitContext(DateTimeOffset.UnixEpoch))).Metadata;
    }

    static void Refused(TableMetadata table, string reason, Func<SchemaUpdate, SchemaUpdate> change, bool spec = false)
    {
        table = spec ? Table(2, spec: true) : table;
        table = table.CurrentSchema.FindField(4)?.Name != "x" ? table with { Schemas = [Start] } : table;
        Assert.Contains(reason, Assert.Throws<LakehouseException>(() => change(new SchemaUpdate(table)).Build()).Message, StringComparison.Ordinal);
    }
}
