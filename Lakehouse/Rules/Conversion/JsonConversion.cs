using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Rules.Conversion;

/// <summary>SQL that converts JSON values without loss. The value is NULL where the JSON isn't one of that type.</summary>
internal static class JsonConversion
{
    /// <summary>2^53: integers up to here have a double of their own.</summary>
    const string ExactDoubles = "9007199254740992";

    /// <summary>Converts <paramref name="v"/>, an expression of type JSON that may be NULL and is cheap to repeat.</summary>
    public static string Of(string v, IcebergType type, string? format) => Of(v, type, format, depth: 0);

    /// <summary>Whether a value is there and does not convert; <paramref name="converted"/> is what <see cref="Of(string,IcebergType,string)"/> made of it.</summary>
    public static string Fails(string v, string converted) => $"({v} IS NOT NULL AND json_type({v}) <> 'NULL' AND ({converted}) IS NULL)";

    static string Of(string v, IcebergType type, string? format, int depth)
    {
        var kind = $"json_type({v})";
        var text = $"({v} ->> '$')";
        return type switch
        {
            StructType t => Struct(v, t, format, depth),
            ListType t => List(v, t, format, depth),
            MapType t => Map(v, t, format, depth),
            PrimitiveType { Name: "string" } => $"CASE {kind} WHEN 'VARCHAR' THEN {text} WHEN 'NULL' THEN NULL ELSE {v}::VARCHAR END",
            PrimitiveType { Name: "boolean" } => $"CASE WHEN {kind} IN ('BOOLEAN', 'VARCHAR') THEN {TextConversion.Of(text, type, format)} END",
            PrimitiveType { Name: "int" or "long" } =>
                $"CASE WHEN {kind} IN ('BIGINT', 'UBIGINT', 'VARCHAR') THEN {TextConversion.Of(text, type, format)} "
                + $"WHEN {kind} = 'DOUBLE' AND abs(TRY_CAST({text} AS DOUBLE)) <= {ExactDoubles} AND trunc(TRY_CAST({text} AS DOUBLE)) = TRY_CAST({text} AS DOUBLE) "
                + $"THEN TRY_CAST(TRY_CAST({text} AS DOUBLE) AS {SqlTypes.Of(type)}) END",
            DecimalType =>
                $"CASE WHEN {kind} IN ('BIGINT', 'UBIGINT', 'VARCHAR') THEN {TextConversion.Of(text, type, format)} "
                + $"WHEN {kind} = 'DOUBLE' AND {HasExactDigits(text)} AND TRY_CAST(TRY_CAST({text} AS DOUBLE) AS {SqlTypes.Of(type)})::DOUBLE = TRY_CAST({text} AS DOUBLE) "
                + $"THEN TRY_CAST(TRY_CAST({text} AS DOUBLE) AS {SqlTypes.Of(type)}) END",
            PrimitiveType { Name: "float" or "double" } =>
                $"CASE WHEN {kind} IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'VARCHAR') THEN {TextConversion.Of(text, type, format)} END",
            _ => $"CASE WHEN {kind} = 'VARCHAR' THEN {TextConversion.Of(text, type, format)} END",
        };
    }

    /// <summary>The engine reads fractions as doubles, which hold 15 decimal digits for certain. Longer ones come without loss as text only.</summary>
    static string HasExactDigits(string text) => $"length(regexp_replace(split_part(lower({text}), 'e', 1), '[^0-9]', '', 'g')) <= 15";

    static string Struct(string v, StructType type, string? format, int depth)
    {
        var fields = type.Fields.Select(f =>
        {
            var child = $"json_extract({v}, {SqlText.Literal(JsonPath.Pointer([f.Name]))})";
            return (f.Name, Value: Of(child, f.Type, format, depth), Child: child);
        }).ToList();
        var bad = string.Join(" OR ", fields.Select(f => Fails(f.Child, f.Value)));
        var packed = string.Join(", ", fields.Select(f => $"{SqlText.Identifier(f.Name)} := {f.Value}"));
        return $"CASE WHEN json_type({v}) = 'OBJECT' AND NOT ({bad}) THEN struct_pack({packed}) END";
    }

    static string List(string v, ListType type, string? format, int depth)
    {
        var x = $"x{depth}";
        var value = Of(x, type.Element, format, depth + 1);
        var elements = $"{v}::JSON[]";
        return $"CASE WHEN json_type({v}) = 'ARRAY' AND len(list_filter({elements}, lambda {x}: {Fails(x, value)})) = 0 "
            + $"THEN list_transform({elements}, lambda {x}: {value}) END";
    }

    static string Map(string v, MapType type, string? format, int depth)
    {
        var k = $"k{depth}";
        var child = $"json_extract({v}, '/' || replace(replace({k}, '~', '~0'), '/', '~1'))";
        var key = TextConversion.Of(k, type.Key, format);
        var value = Of(child, type.Value, format, depth + 1);
        return $"CASE WHEN json_type({v}) = 'OBJECT' AND len(list_filter(json_keys({v}), lambda {k}: ({key}) IS NULL OR {Fails(child, value)})) = 0 "
            + $"THEN map_from_entries(list_transform(json_keys({v}), lambda {k}: struct_pack(k := {key}, v := {value}))) END";
    }
}
