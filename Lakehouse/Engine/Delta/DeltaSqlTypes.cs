using System.Globalization;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Engine.Delta;

/// <summary>DuckDB's names of Delta types, and values of them as SQL.</summary>
public static class DeltaSqlTypes
{
    static readonly Dictionary<string, string> Primitive = new(StringComparer.Ordinal)
    {
        ["string"] = "VARCHAR",
        ["long"] = "BIGINT",
        ["integer"] = "INTEGER",
        ["short"] = "SMALLINT",
        ["byte"] = "TINYINT",
        ["float"] = "FLOAT",
        ["double"] = "DOUBLE",
        ["boolean"] = "BOOLEAN",
        ["binary"] = "BLOB",
        ["date"] = "DATE",
        ["timestamp"] = "TIMESTAMPTZ",
        ["timestamp_ntz"] = "TIMESTAMP",
        // As JSON text.
        ["variant"] = "VARCHAR",
        // No value of it is other than null.
        ["void"] = "INTEGER",
    };

    /// <summary>The type as DuckDB's SQL writes it.</summary>
    public static string Of(DeltaType type) => type switch
    {
        DeltaDecimal { Precision: var precision, Scale: var scale } => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({precision},{scale})"),
        DeltaStruct { Fields: { Count: > 0 } fields } => $"STRUCT({string.Join(", ", fields.Select(field => $"{SqlText.Identifier(field.Name)} {Of(field.Type)}"))})",
        DeltaArray array => $"{Of(array.Element)}[]",
        DeltaMap map => $"MAP({Of(map.Key)}, {Of(map.Value)})",
        DeltaPrimitive { Name: var name } when Primitive.TryGetValue(name, out var sql) => sql,
        _ => throw LakehouseException.Unsupported($"Unsupported: the engine has no type {type}."),
    };

    /// <summary>A value as SQL of its column's type; null is NULL of that type.</summary>
    internal static string Literal(Literal? value, DeltaType type) => $"CAST({Text(value)} AS {Of(type)})";

    static string Text(Literal? value) => value switch
    {
        null => "NULL",
        BooleanLiteral(var flag) => flag ? "true" : "false",
        IntegerLiteral(var number) => number.ToString(CultureInfo.InvariantCulture),
        DecimalLiteral(var digits, var scale) => SqlText.Literal(Decimal(digits, scale)),
        FloatLiteral(var number) => SqlText.Literal(number.ToString("R", CultureInfo.InvariantCulture)),
        DoubleLiteral(var number) => SqlText.Literal(number.ToString("R", CultureInfo.InvariantCulture)),
        DateLiteral(var days) => $"(DATE '1970-01-01' + {SqlText.Literal(days)})",
        TimestampLiteral { HasZone: true, Value: var micros } => $"make_timestamptz({SqlText.Literal(micros)})",
        TimestampLiteral { Value: var micros } => $"make_timestamp({SqlText.Literal(micros)})",
        // SQL text holds no NUL.
        StringLiteral(var text) => text.Contains('\0', StringComparison.Ordinal) ? $"decode(from_hex({SqlText.Literal(Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text)))}))" : SqlText.Literal(text),
        BinaryLiteral(var bytes) => $"from_hex({SqlText.Literal(Convert.ToHexString(bytes))})",
        _ => throw new ArgumentException($"A {value.GetType().Name} is no value of a column.", nameof(value)),
    };

    static string Decimal(Int128 digits, int scale)
    {
        var text = Int128.Abs(digits).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(digits < 0 ? "-" : "")}{text[..^scale]}{(scale > 0 ? "." : "")}{text[(text.Length - scale)..]}";
    }
}
