using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Reads values from text: the forms of <see cref="ValueText"/> and of the JSON single-value serialization, and what SQL engines print
/// (a space for the <c>T</c>, short zone offsets, <c>(BC)</c>, 0 and 1 for booleans, <c>inf</c>).
/// </summary>
public static class ValueParser
{
    /// <summary>Reads a value, boxed as <see cref="DataFile.Partition"/> says.</summary>
    /// <exception cref="LakehouseException">InvalidData: the text is no value of the type; Unsupported: the type has no text form.</exception>
    public static object Parse(IcebergType type, string text) => TryParse(type, text) ?? throw LakehouseException.InvalidData($"\"{text}\" is no {type}");

    /// <summary>As <see cref="Parse"/>, null when the text is no value of the type, as an infinite timestamp is none.</summary>
    public static object? TryParse(IcebergType type, string text)
    {
        switch (type)
        {
            case DecimalType value:
                return ParseDecimal(text, value);
            case FixedType value:
                return ParseHex(text) is { } bytes && bytes.Length == value.Size ? bytes : null;
        }

        switch ((type as PrimitiveType)?.Name)
        {
            case "boolean":
                return text switch
                {
                    "1" => true,
                    "0" => false,
                    _ => bool.TryParse(text, out var flag) ? flag : null,
                };
            case "int":
                return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
            case "long":
                return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wide) ? wide : null;
            case "float":
                return ParseDouble(text) is { } single ? ToFloat(single, text) : null;
            case "double":
                return ParseDouble(text);
            case "date":
                return TimeParser.Date(text) is { } days and >= int.MinValue and <= int.MaxValue ? (int)days : null;
            case "time":
                return TimeParser.Time(text, 6);
            case "timestamp":
                return TimeParser.Timestamp(text, 6, hasZone: false);
            case "timestamptz":
                return TimeParser.Timestamp(text, 6, hasZone: true);
            case "timestamp_ns":
                return TimeParser.Timestamp(text, 9, hasZone: false);
            case "timestamptz_ns":
                return TimeParser.Timestamp(text, 9, hasZone: true);
            case "string":
                return text;
            case "uuid":
                return Guid.TryParse(text, out var uuid) ? uuid : null;
            case "binary":
                return ParseHex(text);
            default:
                throw LakehouseException.Unsupported($"a {type} has no text form");
        }
    }

    private static double? ParseDouble(string text) => text.ToLowerInvariant() switch
    {
        "nan" => double.NaN,
        "inf" or "infinity" or "+inf" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    // Parsed as what it is: a detour over double would round twice.
    private static object ToFloat(double wide, string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var single) ? single : (float)wide;

    private static object? ParseDecimal(string text, DecimalType type)
    {
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        rest = negative || rest.StartsWith("+") ? rest[1..] : rest;
        var exponent = 0;
        if (rest.IndexOfAny('e', 'E') is >= 0 and var mark)
        {
            if (!int.TryParse(rest[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || exponent is < -100 or > 100)
            {
                return null;
            }

            rest = rest[..mark];
        }

        var point = rest.IndexOf('.');
        var decimals = (point < 0 ? 0 : rest.Length - point - 1) - exponent;
        var digits = (point < 0 ? rest : string.Concat(rest[..point], rest[(point + 1)..])).TrimStart('0');
        if (rest.Length <= (point < 0 ? 0 : 1) || rest.ContainsAnyExcept(".0123456789") || (point >= 0 && rest[(point + 1)..].Contains('.')))
        {
            return null;
        }

        // Brought to the type's scale; digits that it has no place for must be zeros.
        for (; decimals > type.Scale && digits.EndsWith("0"); decimals--)
        {
            digits = digits[..^1];
        }

        if (digits.IsEmpty)
        {
            return Int128.Zero;
        }

        if (decimals > type.Scale || digits.Length + type.Scale - decimals > type.Precision)
        {
            return null;
        }

        var unscaled = Int128.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        for (; decimals < type.Scale; decimals++)
        {
            unscaled *= 10;
        }

        return negative ? -unscaled : unscaled;
    }

    private static byte[]? ParseHex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
