using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Rules.Conversion;

/// <summary>SQL that converts text without loss. The value is NULL where the text isn't one of that type.</summary>
internal static class TextConversion
{
    public const string Integer = "[+-]?[0-9]+";
    const string Number = @"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?";
    const string Plain = @"[+-]?[0-9]+(\.[0-9]+)?";
    const string Day = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    const string Clock = @"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?";
    const string Zone = "([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)";
    const string HexId = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

    /// <summary>Converts the text <paramref name="s"/>, an expression of type VARCHAR that may be NULL and is cheap to repeat.</summary>
    public static string Of(string s, IcebergType type, string? format) => type switch
    {
        DecimalType d => When($"{Matches(s, Plain)} AND length(rtrim(split_part({s}, '.', 2), '0')) <= {SqlText.Literal(d.Scale)}", Cast(s, type)),
        FixedType f => When($"octet_length(TRY(from_base64({s}))) = {SqlText.Literal(f.Size)}", $"TRY(from_base64({s}))"),
        PrimitiveType { Name: "boolean" } => $"CASE lower({s}) WHEN 'true' THEN true WHEN 'false' THEN false END",
        PrimitiveType { Name: "int" or "long" } => When(Matches(s, Integer), Cast(s, type)),
        PrimitiveType { Name: "float" or "double" } => Floating(s, type),
        PrimitiveType { Name: "string" } => s,
        PrimitiveType { Name: "date" } => format is null ? When(Matches(s, Day), Cast(s, type)) : $"try_strptime({s}, {SqlText.Literal(format)})::DATE",
        PrimitiveType { Name: "time" } => When(Matches(s, Clock), Cast(s, type)),
        PrimitiveType { Name: "timestamp" } => format is null
            ? When(Matches(s, $"{Day}[T ]{Clock}"), Cast(s, type))
            : $"try_strptime({s}, {SqlText.Literal(format)})::TIMESTAMP",
        PrimitiveType { Name: "timestamptz" } => format is null
            ? When(Matches(s, $"{Day}[T ]{Clock}{Zone}"), Cast($@"regexp_replace({s}, '([+-]\d\d)(\d\d)$', '\1:\2')", type))
            : $"try_strptime({s}, {SqlText.Literal(format)})::TIMESTAMPTZ",
        PrimitiveType { Name: "uuid" } => When(Matches(s, HexId), Cast(s, type)),
        PrimitiveType { Name: "binary" } => $"TRY(from_base64({s}))",
        _ => throw new ArgumentException($"text has no conversion to {type}", nameof(type)),
    };

    /// <summary>Fractions round as binary numbers do; integers must come out as they are, and nothing may overflow.</summary>
    static string Floating(string s, IcebergType type) =>
        $"CASE WHEN {s} IN ('NaN', 'Infinity', '-Infinity') THEN {Cast(s, type)} "
        + $"WHEN {Matches(s, Integer)} THEN CASE WHEN {Cast(s, type)}::DECIMAL(38,0) = TRY_CAST({s} AS DECIMAL(38,0)) THEN {Cast(s, type)} END "
        + $"WHEN {Matches(s, Number)} AND isfinite({Cast(s, type)}) THEN {Cast(s, type)} END";

    static string Matches(string s, string pattern) => $"regexp_full_match({s}, {SqlText.Literal(pattern)})";

    static string When(string condition, string value) => $"CASE WHEN {condition} THEN {value} END";

    static string Cast(string s, IcebergType type) => $"TRY_CAST({s} AS {SqlTypes.Of(type)})";
}
