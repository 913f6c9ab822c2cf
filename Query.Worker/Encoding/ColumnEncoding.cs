using System.Text.Json;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Worker.Encoding;

/// <summary>What a column's values are written by; looked up once for each column.</summary>
internal enum ValueKind
{
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Decimal,
    Uuid,
    String,
    Binary,
    Struct,
    List,
    Map,
}

/// <summary>A column as it is written: its kind, and those of what is within it.</summary>
internal sealed class ColumnEncoding
{
    public ColumnEncoding(IcebergType type)
    {
        Scale = type is DecimalType { Scale: var scale } ? scale : 0;
        (Kind, Children) = type switch
        {
            DecimalType => (ValueKind.Decimal, Array.Empty<ColumnEncoding>()),
            FixedType => (ValueKind.Binary, []),
            StructType { Fields: var fields } => (ValueKind.Struct, fields.Select(field => new ColumnEncoding(field.Type)).ToArray()),
            ListType list => (ValueKind.List, [new ColumnEncoding(list.Element)]),
            MapType map => (ValueKind.Map, [new ColumnEncoding(map.Key), new ColumnEncoding(map.Value)]),
            _ => (Primitive(type), []),
        };
        Names = type is StructType structure ? [.. structure.Fields.Select(field => JsonEncodedText.Encode(field.Name, JsonValues.Escaping))] : [];
    }

    public ValueKind Kind { get; }

    public ColumnEncoding[] Children { get; }

    /// <summary>Names of a struct's fields.</summary>
    public JsonEncodedText[] Names { get; }

    /// <summary>Decimals after the point.</summary>
    public int Scale { get; }

    static ValueKind Primitive(IcebergType type) => type.ToString() switch
    {
        "boolean" => ValueKind.Boolean,
        "int" => ValueKind.Int,
        "long" => ValueKind.Long,
        "float" => ValueKind.Float,
        "double" => ValueKind.Double,
        "date" => ValueKind.Date,
        "time" => ValueKind.Time,
        "timestamp" => ValueKind.Timestamp,
        "timestamptz" => ValueKind.TimestampTz,
        "uuid" => ValueKind.Uuid,
        "string" => ValueKind.String,
        "binary" => ValueKind.Binary,
        _ => throw new ArgumentException($"{type} has no encoding.", nameof(type)),
    };
}
