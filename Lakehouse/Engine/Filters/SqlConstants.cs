using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Filters;

/// <summary>Reads constants of DuckDB's tree, and casts of them. Only forms of text are taken that can mean one thing.</summary>
internal static partial class SqlConstants
{
    /// <summary>A constant; null when it is of a type that filters don't have.</summary>
    public static ConstantOperand? Read(JsonElement value)
    {
        if (value.GetProperty("is_null").GetBoolean())
        {
            return new ConstantOperand(null);
        }

        var (type, content) = (value.GetProperty("type"), value.TryGetProperty("value", out var held) ? held : default);
        Literal? literal = type.GetProperty("id").GetString() switch
        {
            "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" or "HUGEINT" or "INTEGER_LITERAL" => Whole(content) is { } number ? new IntegerLiteral(number) : null,
            "DECIMAL" when type.TryGetProperty("type_info", out var info) => Whole(content) is { } unscaled ? new DecimalLiteral(unscaled, info.TryGetProperty("scale", out var scale) ? scale.GetInt32() : 0) : null,
            "DOUBLE" when content.ValueKind == JsonValueKind.Number => new DoubleLiteral(content.GetDouble()),
            "FLOAT" when content.ValueKind == JsonValueKind.Number => new FloatLiteral(content.GetSingle()),
            "VARCHAR" when content.ValueKind == JsonValueKind.String => new StringLiteral(content.GetString()!),
            // Left out of the tree when empty.
            "VARCHAR" when content.ValueKind == JsonValueKind.Undefined => new StringLiteral(""),
            "BOOLEAN" when content.ValueKind is JsonValueKind.True or JsonValueKind.False => new BooleanLiteral(content.GetBoolean()),
            _ => null,
        };
        return literal is null ? null : new ConstantOperand(literal);
    }

    /// <summary>A constant as another type; null when the cast is not understood.</summary>
    public static ConstantOperand? Cast(Literal? value, JsonElement type)
    {
        if (value is null)
        {
            return new ConstantOperand(null);
        }

        var id = type.GetProperty("id").GetString();
        var literal = value is StringLiteral(var text) ? OfText(text, id!) : (value, id) switch
        {
            (IntegerLiteral, "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT") => value,
            (IntegerLiteral(var whole), "DECIMAL") => new DecimalLiteral(whole, 0),
            (DecimalLiteral { Scale: var own }, "DECIMAL") when type.TryGetProperty("type_info", out var info) && (info.TryGetProperty("scale", out var scale) ? scale.GetInt32() : 0) >= own => value,
            (IntegerLiteral or DecimalLiteral, "DOUBLE") => new DoubleLiteral(double.Parse(Text(value), CultureInfo.InvariantCulture)),
            (IntegerLiteral or DecimalLiteral, "FLOAT") => new FloatLiteral(float.Parse(Text(value), CultureInfo.InvariantCulture)),
            (DoubleLiteral(var wide), "FLOAT") => new FloatLiteral((float)wide),
            (DoubleLiteral, "DOUBLE") or (FloatLiteral, "FLOAT") or (BooleanLiteral, "BOOLEAN") => value,
            (FloatLiteral(var single), "DOUBLE") => new DoubleLiteral(single),
            _ => null,
        };
        return literal is null ? null : new ConstantOperand(literal);
    }

    static Literal? OfText(string text, string type) => type switch
    {
        "BOOLEAN" => text switch { "t" or "true" => new BooleanLiteral(true), "f" or "false" => new BooleanLiteral(false), _ => null },
        "DATE" when Date().IsMatch(text) && ValueParser.TryParse(IcebergType.Date, text) is int days => new DateLiteral(days),
        "TIME" when Time().IsMatch(text) && ValueParser.TryParse(IcebergType.Time, text) is long time => new TimeLiteral(time),
        "TIMESTAMP" when Timestamp().IsMatch(text) && ValueParser.TryParse(IcebergType.Timestamp, text) is long instant => new TimestampLiteral(instant, false, false),
        "TIMESTAMP_NS" when Nanoseconds().IsMatch(text) && ValueParser.TryParse(IcebergType.TimestampNs, text) is long instant => new TimestampLiteral(instant, true, false),
        "TIMESTAMP WITH TIME ZONE" when Zoned().IsMatch(text) && ValueParser.TryParse(IcebergType.TimestampTz, text) is long instant => new TimestampLiteral(instant, false, true),
        "UUID" when Uuid().IsMatch(text) => new UuidLiteral(Guid.Parse(text)),
        "BLOB" => Blob(text) is { } bytes ? new BinaryLiteral(bytes) : null,
        "DOUBLE" => Number(text) is { } wide ? new DoubleLiteral(wide) : null,
        "FLOAT" => Number(text) is { } wide ? new FloatLiteral(float.IsNaN((float)wide) || !double.IsFinite(wide) ? (float)wide : float.Parse(text, CultureInfo.InvariantCulture)) : null,
        _ => null,
    };

    /// <summary>DuckDB's text of bytes: printable characters as they are, others as <c>\xHH</c>.</summary>
    static byte[]? Blob(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                if (i + 3 >= text.Length || text[i + 1] != 'x' || !byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                {
                    return null;
                }

                bytes.Add(value);
                i += 3;
            }
            else if (text[i] is >= ' ' and <= '~')
            {
                bytes.Add((byte)text[i]);
            }
            else
            {
                return null;
            }
        }

        return [.. bytes];
    }

    static double? Number(string text) => text.ToLowerInvariant() switch
    {
        "nan" => double.NaN,
        "inf" or "infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => Floating().IsMatch(text) ? double.Parse(text, CultureInfo.InvariantCulture) : null,
    };

    static string Text(Literal literal) => literal is IntegerLiteral(var whole)
        ? whole.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{((DecimalLiteral)literal).Unscaled}E-{((DecimalLiteral)literal).Scale}");

    static Int128? Whole(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Int128.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        JsonValueKind.Object when value.TryGetProperty("upper", out var upper) && value.TryGetProperty("lower", out var lower) => ((Int128)upper.GetInt64() << 64) + lower.GetUInt64(),
        _ => null,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Date();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d(\.\d{1,6})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,6})?)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Nanoseconds();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:\d\d)?)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Zoned();

    [GeneratedRegex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^-?\d+(\.\d+)?([eE][+-]?\d+)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Floating();
}
