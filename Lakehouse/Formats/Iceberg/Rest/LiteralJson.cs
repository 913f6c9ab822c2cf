using System.Globalization;
using System.Text.Json;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>
/// Literals of REST filters (REST catalog specification, schemas "Literal" and "PrimitiveTypeValue"), typed by the field that they are compared with. Beside the specified forms it takes those that clients send for literals that they
/// have not bound yet: numbers for dates, times and timestamps, and numbers as text.
/// </summary>
internal static class LiteralJson
{
    /// <summary>Reads a literal for a field of that type, bare or as an object with its own type.</summary>
    public static Literal Read(JsonElement json, IcebergType type, string what)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Value(json, type, what);
        }

        if (Text(json, "type") != "literal" || !json.TryGetProperty("value", out var value))
        {
            throw LakehouseException.InvalidData($"{what}: a literal is a plain value, or an object with \"type\": \"literal\" and a \"value\"");
        }

        return Value(value, Text(json, "data-type") is { } own ? TypeJson.ParsePrimitive(own) : type, what);
    }

    /// <summary>Reads the literals of a set: an array of them, or an object with the values and one type for all.</summary>
    public static IReadOnlyList<Literal> ReadAll(JsonElement json, IcebergType type, string what)
    {
        var (values, own) = (json, type);
        if (json.ValueKind == JsonValueKind.Object)
        {
            if (Text(json, "type") != "literals" || !json.TryGetProperty("values", out values) || Text(json, "data-type") is not { } name)
            {
                throw LakehouseException.InvalidData($"{what}: literals are an array, or an object with \"type\": \"literals\", \"values\" and a \"data-type\"");
            }

            own = TypeJson.ParsePrimitive(name);
        }

        return values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Select(value => Read(value, own, what))]
            : throw LakehouseException.InvalidData($"{what}: \"values\" must be an array");
    }

    /// <summary>Writes a literal as a bare value.</summary>
    public static void Write(Utf8JsonWriter json, Literal literal)
    {
        switch (literal)
        {
            case BooleanLiteral(var flag):
                json.WriteBooleanValue(flag);
                break;
            case IntegerLiteral(var number) when number >= long.MinValue && number <= long.MaxValue:
                json.WriteNumberValue((long)number);
                break;
            case IntegerLiteral(var number):
                json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case DecimalLiteral(var unscaled, var scale):
                json.WriteStringValue(ValueText.Decimal(unscaled, scale));
                break;
            case FloatLiteral(var number) when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case DoubleLiteral(var number) when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case FloatLiteral(var number):
                json.WriteStringValue(ValueText.Of(IcebergType.Float, number));
                break;
            case DoubleLiteral(var number):
                json.WriteStringValue(ValueText.Of(IcebergType.Double, number));
                break;
            case StringLiteral(var text):
                json.WriteStringValue(text);
                break;
            case DateLiteral(var days):
                json.WriteStringValue(ValueText.Of(IcebergType.Date, days));
                break;
            case TimeLiteral(var microseconds):
                json.WriteStringValue(ValueText.Of(IcebergType.Time, microseconds));
                break;
            case TimestampLiteral(var value, var isNanoseconds, var hasZone):
                json.WriteStringValue(ValueText.Of(TimestampType(isNanoseconds, hasZone), value));
                break;
            case UuidLiteral(var uuid):
                json.WriteStringValue(uuid.ToString("D"));
                break;
            case BinaryLiteral(var bytes):
                json.WriteStringValue(Convert.ToHexString(bytes));
                break;
            default:
                throw new ArgumentException($"No JSON form for {literal.GetType().Name}", nameof(literal));
        }
    }

    private static PrimitiveType TimestampType(bool isNanoseconds, bool hasZone) => (isNanoseconds, hasZone) switch
    {
        (false, false) => IcebergType.Timestamp,
        (false, true) => IcebergType.TimestampTz,
        (true, false) => IcebergType.TimestampNs,
        (true, true) => IcebergType.TimestampTzNs,
    };

    private static Literal Value(JsonElement json, IcebergType type, string what) => (json.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False when type == IcebergType.Boolean => new BooleanLiteral(json.GetBoolean()),
        JsonValueKind.Number => Number(json, type),
        JsonValueKind.String => OfText(json.GetString()!, type),
        _ => null,
    }) ?? throw LakehouseException.InvalidData($"{what}: {Shown(json)} is no {type}");

    private static Literal? Number(JsonElement json, IcebergType type)
    {
        var raw = json.GetRawText();
        switch (type)
        {
            case PrimitiveType { Name: "float" }:
                return new FloatLiteral(float.Parse(raw, CultureInfo.InvariantCulture));
            case PrimitiveType { Name: "double" }:
                return new DoubleLiteral(double.Parse(raw, CultureInfo.InvariantCulture));
            case DecimalType or PrimitiveType { Name: "int" or "long" }:
                return Exact(raw) ?? new DoubleLiteral(double.Parse(raw, CultureInfo.InvariantCulture));
        }

        if (type == IcebergType.Date)
        {
            return json.TryGetInt32(out var days) ? new DateLiteral(days) : null;
        }

        return json.TryGetInt64(out var units) ? OfValue(type, units) : null;
    }

    private static Literal? OfText(string text, IcebergType type) => type switch
    {
        PrimitiveType { Name: "string" } => new StringLiteral(text),
        PrimitiveType { Name: "float" or "double" } or DecimalType or PrimitiveType { Name: "int" or "long" } when Exact(text) is { } number => number,
        PrimitiveType { Name: "float" } => ValueParser.TryParse(type, text) is float number ? new FloatLiteral(number) : null,
        PrimitiveType { Name: "double" } => ValueParser.TryParse(type, text) is double number ? new DoubleLiteral(number) : null,
        DecimalType or PrimitiveType { Name: "int" or "long" or "boolean" or "unknown" or "variant" } or GeospatialType => null,
        PrimitiveType primitive => ValueParser.TryParse(primitive, text) is { } value ? OfValue(primitive, value) : null,
        _ => null,
    };

    /// <summary>A value, boxed as <see cref="DataFile.Partition"/> says.</summary>
    private static Literal? OfValue(IcebergType type, object value) => ((type as PrimitiveType)?.Name, value) switch
    {
        ("date", int days) => new DateLiteral(days),
        ("time", long microseconds) => new TimeLiteral(microseconds),
        ("timestamp", long microseconds) => new TimestampLiteral(microseconds, IsNanoseconds: false, HasZone: false),
        ("timestamptz", long microseconds) => new TimestampLiteral(microseconds, IsNanoseconds: false, HasZone: true),
        ("timestamp_ns", long nanoseconds) => new TimestampLiteral(nanoseconds, IsNanoseconds: true, HasZone: false),
        ("timestamptz_ns", long nanoseconds) => new TimestampLiteral(nanoseconds, IsNanoseconds: true, HasZone: true),
        (_, Guid uuid) => new UuidLiteral(uuid),
        (_, byte[] bytes) => new BinaryLiteral(bytes),
        _ => null,
    };

    /// <summary>A number without rounding; null when it is none, or has an exponent.</summary>
    private static Literal? Exact(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var scale = point < 0 ? 0 : text.Length - point - 1;
        var digits = point < 0 ? text : string.Concat(text.AsSpan(0, point), text.AsSpan(point + 1));
        if (scale > 38 || point == 0 || (point > 0 && scale == 0) || !Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var unscaled))
        {
            return null;
        }

        return point < 0 ? new IntegerLiteral(unscaled) : new DecimalLiteral(unscaled, scale);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Shown(JsonElement json) => json.GetRawText() is { Length: > 60 } raw ? string.Concat(raw.AsSpan(0, 60), "…") : json.GetRawText();
}
