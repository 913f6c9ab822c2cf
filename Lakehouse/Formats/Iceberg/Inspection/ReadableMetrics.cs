namespace Lakehouse.Formats.Iceberg;

/// <summary>Statistics of a file by the columns' names, bounds as values.</summary>
internal sealed class ReadableMetrics
{
    private readonly List<NestedField> fields;

    public ReadableMetrics(Schema schema, InspectionColumns columns)
    {
        fields = SchemaFields.All(schema).Where(item => item.Field.Type is PrimitiveType).OrderBy(item => item.FullName, StringComparer.Ordinal).Select(item => item.Field).ToList();
        var names = SchemaFields.All(schema).ToDictionary(item => item.Field.Id, item => item.FullName);
        Type = new StructType([.. fields.Select(field => columns.Field(names[field.Id], columns.Struct(
            ("column_size", IcebergType.Long), ("value_count", IcebergType.Long), ("null_value_count", IcebergType.Long), ("nan_value_count", IcebergType.Long),
            ("lower_bound", field.Type), ("upper_bound", field.Type))))]);
    }

    public StructType Type { get; }

    public IReadOnlyList<object?> Of(DataFile file) => [.. fields.Select(object? (field) => new object?[]
    {
        Number(file.ColumnSizes, field.Id), Number(file.ValueCounts, field.Id), Number(file.NullValueCounts, field.Id), Number(file.NanValueCounts, field.Id),
        Bound(file.LowerBounds, field), Bound(file.UpperBounds, field),
    })];

    private static object? Number(IReadOnlyDictionary<int, long>? numbers, int id) => numbers is not null && numbers.TryGetValue(id, out var number) ? number : null;

    private static object? Bound(IReadOnlyDictionary<int, byte[]>? bounds, NestedField field)
    {
        if (bounds is null || !bounds.TryGetValue(field.Id, out var bytes))
        {
            return null;
        }

        try
        {
            return SingleValue.FromBytes(field.Type, bytes);
        }
        catch (LakehouseException)
        {
            // Types without a single value, or bytes of another type: shown as no bound, as nothing is decided by it here.
            return null;
        }
    }
}
