using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>How a table gets other columns when all its rows are replaced.</summary>
sealed record SchemaReplacement(TableMetadata Metadata, IReadOnlyList<TableUpdate> Updates, IReadOnlyList<TableRequirement> Requirements)
{
    /// <summary>The replacement; null when the table has these columns already.</summary>
    public static SchemaReplacement? Of(TableMetadata current, Schema wanted)
    {
        var schema = WithKeptIds(current, wanted);
        if (schema.SameColumns(current.CurrentSchema))
        {
            return null;
        }

        List<TableUpdate> updates = [new AddSchema(schema), new SetCurrentSchema(TableUpdate.LastAdded)];
        if (!current.DefaultSpec.Fields.All(field => schema.FindField(field.SourceId) is not null))
        {
            updates.AddRange([new AddPartitionSpec(PartitionSpec.Unpartitioned), new SetDefaultSpec(TableUpdate.LastAdded)]);
        }

        if (!current.DefaultSortOrder.Fields.All(field => schema.FindField(field.SourceId) is not null))
        {
            updates.AddRange([new AddSortOrder(SortOrder.Unsorted), new SetDefaultSortOrder(TableUpdate.LastAdded)]);
        }

        IReadOnlyList<TableRequirement> requirements = [new AssertCurrentSchemaId(current.CurrentSchemaId), new AssertLastAssignedFieldId(current.LastColumnId)];
        return TableCommit.Apply(current, requirements, updates, new TableCommitContext(current.LastUpdated)) switch
        {
            TableCommitResult.Applied applied => new SchemaReplacement(applied.Metadata, updates, requirements),
            TableCommitResult.Invalid invalid => throw LakehouseException.InvalidData($"the table can't have these columns: {invalid.Reason}"),
            var other => throw new InvalidOperationException($"The requirements were taken from the table, and yet: {other}"),
        };
    }

    /// <summary>
    /// The wanted columns, with the ids of those of the same name and type that the table has, and new ones for all others: a column of another type under an old name is another column.
    /// One that could be null before stays so, since older snapshots hold nulls under its id.
    /// </summary>
    static Schema WithKeptIds(TableMetadata current, Schema wanted)
    {
        var kept = wanted.Fields.Select(field => current.CurrentSchema.FindColumn(field.Name) is { } old && SameShape(old.Type, field.Type) ? old with { Required = old.Required && field.Required, Doc = field.Doc } : null).ToList();
        var others = FreshIds.Assign(new Schema(0, wanted.Fields.Where((_, i) => kept[i] is null).ToList()), firstId: current.LastColumnId + 1);
        var fresh = new Queue<NestedField>(others.Fields);
        var fields = kept.Select(field => field ?? fresh.Dequeue()).ToList();
        var positions = wanted.Fields.Select((field, i) => (field.Id, i)).ToDictionary(pair => pair.Id, pair => pair.i);
        return new Schema(current.CurrentSchemaId, fields, wanted.IdentifierFieldIds.Select(id => fields[positions[id]].Id).ToList());
    }

    /// <summary>Whether two types are the same but for the ids within them.</summary>
    static bool SameShape(IcebergType left, IcebergType right) => (left, right) switch
    {
        (StructType a, StructType b) => a.Fields.Count == b.Fields.Count && a.Fields.Zip(b.Fields).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.Required == pair.Second.Required && SameShape(pair.First.Type, pair.Second.Type)),
        (ListType a, ListType b) => a.ElementRequired == b.ElementRequired && SameShape(a.Element, b.Element),
        (MapType a, MapType b) => a.ValueRequired == b.ValueRequired && SameShape(a.Key, b.Key) && SameShape(a.Value, b.Value),
        _ => left.Equals(right),
    };
}
