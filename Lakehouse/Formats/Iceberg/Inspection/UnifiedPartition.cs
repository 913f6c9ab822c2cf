namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// The partition values of all specs of a table in one struct: fields by id, in the order of ids, named as in the newest spec that has them; a field that became void keeps the values
/// that it had. It is the column <c>_partition</c> too (specification, "Reserved Field IDs").
/// </summary>
public sealed class UnifiedPartition
{
    private readonly Dictionary<int, int[]> places = [];

    /// <summary>Makes the struct of a table's specs.</summary>
    /// <exception cref="LakehouseException">InvalidData: one field id means different things in two specs.</exception>
    public UnifiedPartition(TableMetadata metadata)
    {
        var schemas = metadata.SchemasByAge().ToList();
        var chosen = new SortedDictionary<int, (PartitionField Field, IcebergType? Type)>();
        foreach (var spec in metadata.PartitionSpecs.OrderByDescending(spec => spec.SpecId))
        {
            var types = spec.ResultTypes(schemas);
            for (var i = 0; i < spec.Fields.Count; i++)
            {
                var field = spec.Fields[i];
                if (!chosen.TryGetValue(field.FieldId, out var known))
                {
                    chosen[field.FieldId] = (field, types[i]);
                }
                else if (known.Field.Transform.Kind == TransformKind.Void && field.Transform.Kind != TransformKind.Void)
                {
                    chosen[field.FieldId] = (field with { Name = known.Field.Name }, types[i]);
                }
                else if (field.Transform.Kind != TransformKind.Void && (field.SourceId, field.Transform) != (known.Field.SourceId, known.Field.Transform))
                {
                    throw LakehouseException.InvalidData($"partition fields \"{known.Field.Name}\" and \"{field.Name}\" of two specs share id {field.FieldId}");
                }
            }
        }

        var ids = chosen.Keys.ToList();
        Type = new StructType([.. chosen.Select(pair => new NestedField(pair.Key, pair.Value.Field.Name, Required: false, pair.Value.Type ?? IcebergType.String))]);
        foreach (var spec in metadata.PartitionSpecs)
        {
            places[spec.SpecId] = [.. spec.Fields.Select(field => ids.IndexOf(field.FieldId))];
        }
    }

    /// <summary>The struct; without fields when no spec partitions.</summary>
    public StructType Type { get; }

    /// <summary>The values of a file's partition in the order of the struct's fields; null where its spec has no such field.</summary>
    /// <exception cref="LakehouseException">InvalidData: the table has no such spec.</exception>
    public IReadOnlyList<object?> ValuesOf(DataFile file)
    {
        if (!places.TryGetValue(file.SpecId, out var own))
        {
            throw LakehouseException.InvalidData($"{file.FilePath}: the table has no partition spec {file.SpecId}");
        }

        var values = new object?[Type.Fields.Count];
        for (var i = 0; i < own.Length && i < file.Partition.Count; i++)
        {
            values[own[i]] = file.Partition[i];
        }

        return values;
    }
}
