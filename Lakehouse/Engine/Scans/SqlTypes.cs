using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>DuckDB's names of Iceberg types.</summary>
public static class SqlTypes
{
    static readonly Dictionary<string, string> Primitive = new(StringComparer.Ordinal)
    {
        ["boolean"] = "BOOLEAN",
        ["int"] = "INTEGER",
        ["long"] = "BIGINT",
        ["float"] = "FLOAT",
        ["double"] = "DOUBLE",
        ["date"] = "DATE",
        ["time"] = "TIME",
        ["timestamp"] = "TIMESTAMP",
        ["timestamptz"] = "TIMESTAMPTZ",
        ["string"] = "VARCHAR",
        ["uuid"] = "UUID",
        ["binary"] = "BLOB",
        ["timestamp_ns"] = "TIMESTAMP_NS",
        // No value of it is other than null (v3).
        ["unknown"] = "INTEGER",
        // As JSON text.
        ["variant"] = "VARCHAR",
    };

    /// <summary>The type as DuckDB's SQL writes it.</summary>
    /// <exception cref="LakehouseException">DuckDB has no such type.</exception>
    public static string Of(IcebergType type) => type switch
    {
        DecimalType { Precision: var precision, Scale: var scale } => $"DECIMAL({precision},{scale})",
        FixedType => "BLOB",
        StructType { Fields: var fields } => $"STRUCT({string.Join(", ", fields.Select(f => $"{SqlText.Identifier(f.Name)} {Of(f.Type)}"))})",
        ListType { Element: var element } => $"{Of(element)}[]",
        MapType { Key: var key, Value: var value } => $"MAP({Of(key)}, {Of(value)})",
        // As well-known binary.
        GeospatialType => "BLOB",
        PrimitiveType { Name: var name } when Primitive.TryGetValue(name, out var sql) => sql,
        _ => throw LakehouseException.Unsupported($"Unsupported: the engine has no type {type}."),
    };
}
