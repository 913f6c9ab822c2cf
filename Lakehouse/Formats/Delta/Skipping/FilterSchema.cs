using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Skipping;

/// <summary>The columns of a Delta table that a filter can be asked of, in the types that filters are bound to. The order of values is the same in both formats.</summary>
sealed class FilterSchema
{
    readonly Dictionary<int, (DeltaField Column, string[] PhysicalPath)> columns = [];
    int lastId;

    public FilterSchema(DeltaSnapshot snapshot) => Schema = new Schema(0, [.. Fields(snapshot, snapshot.Schema.Fields, [])]);

    public Schema Schema { get; }

    public (DeltaField Column, string[] PhysicalPath) this[int fieldId] => columns[fieldId];

    IEnumerable<NestedField> Fields(DeltaSnapshot snapshot, IReadOnlyList<DeltaField> fields, string[] above)
    {
        foreach (var field in fields)
        {
            string[] path = [.. above, snapshot.PhysicalName(field)];
            var id = ++lastId;
            columns[id] = (field, path);
            yield return new NestedField(id, field.Name, false, TypeOf(snapshot, field.Type, path));
        }
    }

    IcebergType TypeOf(DeltaSnapshot snapshot, DeltaType type, string[] path) => type switch
    {
        DeltaStruct structure => new StructType([.. Fields(snapshot, structure.Fields, path)]),
        DeltaArray array => new ListType(++lastId, TypeOf(snapshot, array.Element, path), false),
        DeltaMap map => new MapType(++lastId, TypeOf(snapshot, map.Key, path), ++lastId, TypeOf(snapshot, map.Value, path), false),
        DeltaDecimal { Precision: var precision, Scale: var scale } => new DecimalType(precision, scale),
        DeltaPrimitive { Name: var name } => name switch
        {
            "byte" or "short" or "integer" => IcebergType.Int,
            "long" => IcebergType.Long,
            "float" => IcebergType.Float,
            "double" => IcebergType.Double,
            "string" => IcebergType.String,
            "boolean" => IcebergType.Boolean,
            "binary" => IcebergType.Binary,
            "date" => IcebergType.Date,
            "timestamp" => IcebergType.TimestampTz,
            "timestamp_ntz" => IcebergType.Timestamp,
            "variant" => IcebergType.Variant,
            _ => IcebergType.Unknown,
        },
        _ => IcebergType.Unknown,
    };
}
