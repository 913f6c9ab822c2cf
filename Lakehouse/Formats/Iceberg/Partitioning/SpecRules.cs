namespace Lakehouse.Formats.Iceberg;

/// <summary>What has to hold for a partition spec or sort order to be used with a schema.</summary>
internal static class SpecRules
{
    public static void Check(PartitionSpec spec, Schema schema)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in spec.Fields)
        {
            var what = $"partition field \"{field.Name}\"";
            if (field.Name.Length == 0 || !names.Add(field.Name))
            {
                throw LakehouseException.InvalidData($"{what}: names of partition fields must be distinct and not empty");
            }

            CheckSource(what, field.SourceId, field.Transform, schema, mayBeDropped: field.Transform.Kind == TransformKind.Void);
            // A partition column stands beside the table's columns in engines: it may share the name of its source only.
            if (schema.FindColumn(field.Name) is { } column && (field.Transform.Kind is not (TransformKind.Identity or TransformKind.Void) || column.Id != field.SourceId))
            {
                throw LakehouseException.InvalidData($"{what}: a column of that name exists, and the field is not its identity");
            }
        }
    }

    public static void Check(SortOrder order, Schema schema)
    {
        foreach (var field in order.Fields)
        {
            CheckSource($"sort field on {field.SourceId}", field.SourceId, field.Transform, schema, mayBeDropped: false);
        }
    }

    private static void CheckSource(string what, int sourceId, Transform transform, Schema schema, bool mayBeDropped)
    {
        if (schema.FindField(sourceId) is not { } source)
        {
            if (mayBeDropped)
            {
                return;
            }

            throw LakehouseException.InvalidData($"{what}: the schema has no column with id {sourceId}");
        }

        if (transform.Kind == TransformKind.Unknown)
        {
            throw LakehouseException.Unsupported($"{what}: transform \"{transform.Text}\" is not known");
        }

        if (!transform.CanTransform(source.Type))
        {
            throw LakehouseException.InvalidData($"{what}: transform {transform.Text} is not defined for {source.Type}");
        }
    }
}
