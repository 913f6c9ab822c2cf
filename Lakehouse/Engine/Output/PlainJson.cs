using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Output;

/// <summary>
/// Rows as JSON that loses nothing and that every reader understands alike: integers and finite floating-point numbers as numbers, <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c> as text; decimals, dates,
/// times and timestamps as text (ISO 8601, microseconds or nanoseconds in full, <c>Z</c> when the type has a zone); binary as lower-case hex; uuid as text; struct as object; list as array; map as array of [key, value].
/// </summary>
public static class PlainJson
{
    /// <summary>A query over <paramref name="relation"/> whose result, written by DuckDB as JSON, has that form.</summary>
    /// <param name="relation">What may stand after FROM. Timestamps with a zone are taken in the connection's time zone: set it to UTC.</param>
    /// <param name="columns">Its columns with the types of their values.</param>
    public static string Select(string relation, IReadOnlyList<ResultColumn> columns)
    {
        var items = columns.Select(column => $"{Value(SqlText.Identifier("q", column.Name), column, 0)} AS {SqlText.Identifier(column.Name)}");
        return $"SELECT {string.Join(", ", items)} FROM {relation} AS q";
    }

    static string Value(string value, ResultColumn column, int depth) =>
        column.DuckDbType is "HUGEINT" or "UHUGEINT" or "UBIGINT" ? value : Value(value, column.Type, depth);

    static string Value(string value, IcebergType type, int depth) => type switch
    {
        DecimalType => $"CAST({value} AS VARCHAR)",
        FixedType => Hex(value),
        StructType { Fields: var fields } => Struct(value, fields, depth),
        ListType { Element: var element } => $"list_transform({value}, lambda {Name(depth)}: {Value(Name(depth), element, depth + 1)})",
        MapType { Key: var key, Value: var item } => Map(value, key, item, depth),
        PrimitiveType { Name: "float" or "double" } => Number(value),
        PrimitiveType { Name: "date" or "uuid" } => $"CAST({value} AS VARCHAR)",
        PrimitiveType { Name: "time" } => $"strftime(DATE '1970-01-01' + {value}, '%H:%M:%S.%f')",
        PrimitiveType { Name: "timestamp" } => Timestamp(value, "%f", ""),
        PrimitiveType { Name: "timestamptz" } => Timestamp(value, "%f", "Z"),
        PrimitiveType { Name: "timestamp_ns" } => Timestamp(value, "%n", ""),
        PrimitiveType { Name: "timestamptz_ns" } => Timestamp(value, "%n", "Z"),
        PrimitiveType { Name: "binary" } => Hex(value),
        _ => value,
    };

    // The shortest text that reads back as the same number; to_json would widen a float first.
    static string Number(string value) =>
        $"CASE WHEN isnan({value}) THEN CAST('\"NaN\"' AS JSON) WHEN isinf({value}) THEN CAST(CASE WHEN {value} > 0 THEN '\"Infinity\"' ELSE '\"-Infinity\"' END AS JSON) ELSE CAST(CAST({value} AS VARCHAR) AS JSON) END";

    static string Hex(string value) => $"lower(hex({value}))";

    static string Timestamp(string value, string fraction, string zone) =>
        $"(CASE WHEN isfinite({value}) THEN strftime({value}, '%Y-%m-%dT%H:%M:%S.{fraction}{zone}') ELSE CAST({value} AS VARCHAR) END)";

    static string Struct(string value, IReadOnlyList<NestedField> fields, int depth)
    {
        var members = fields.Select(field => $"{SqlText.Identifier(field.Name)} := {Value($"struct_extract({value}, {SqlText.Literal(field.Name)})", field.Type, depth)}");
        return $"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({string.Join(", ", members)}) END";
    }

    static string Map(string value, IcebergType key, IcebergType item, int depth)
    {
        var entry = Name(depth);
        return $"list_transform(map_entries({value}), lambda {entry}: [to_json({Value(entry + ".key", key, depth + 1)}), to_json({Value(entry + ".value", item, depth + 1)})])";
    }

    static string Name(int depth) => $"x{depth}";
}
