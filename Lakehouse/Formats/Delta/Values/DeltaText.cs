using System.Globalization;
using System.Numerics;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Delta;

/// <summary>
/// Values as the text that partition values and statistics have (PROTOCOL.md, "Partition Value Serialization"). A timestamp without a zone is taken as UTC, where the writer's own zone isn't known.
/// </summary>
public static class DeltaText
{
    /// <summary>A value of a type; null when the text is none of that type.</summary>
    public static Literal? Parse(DeltaType type, string text) => type switch
    {
        DeltaDecimal { Scale: var scale } => Decimal(text, scale) is { } digits ? new DecimalLiteral(digits, scale) : null,
        DeltaPrimitive { Name: "string" } => new StringLiteral(text),
        DeltaPrimitive { Name: "byte" } => Integer(text, sbyte.MinValue, sbyte.MaxValue),
        DeltaPrimitive { Name: "short" } => Integer(text, short.MinValue, short.MaxValue),
        DeltaPrimitive { Name: "integer" } => Integer(text, int.MinValue, int.MaxValue),
        DeltaPrimitive { Name: "long" } => Integer(text, long.MinValue, long.MaxValue),
        DeltaPrimitive { Name: "float" } => Double(text) is not { } number ? null : new FloatLiteral(float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var single) ? single : (float)number),
        DeltaPrimitive { Name: "double" } => Double(text) is { } number ? new DoubleLiteral(number) : null,
        DeltaPrimitive { Name: "boolean" } => text.ToLowerInvariant() switch { "true" => new BooleanLiteral(true), "false" => new BooleanLiteral(false), _ => null },
        DeltaPrimitive { Name: "date" } => DeltaTime.Date(text) is { } days ? new DateLiteral(days) : null,
        DeltaPrimitive { Name: "timestamp" } => DeltaTime.Timestamp(text, hasZone: true) is { } micros ? new TimestampLiteral(micros, false, true) : null,
        DeltaPrimitive { Name: "timestamp_ntz" } => DeltaTime.Timestamp(text, hasZone: false) is { } micros ? new TimestampLiteral(micros, false, false) : null,
        DeltaPrimitive { Name: "binary" } => new BinaryLiteral(System.Text.Encoding.UTF8.GetBytes(text)),
        _ => null,
    };

    /// <summary>A partition value; null is a null value, which an empty text is too.</summary>
    /// <exception cref="LakehouseException">InvalidData: the text is no value of the column's type.</exception>
    public static Literal? ParsePartition(DeltaField column, string? text) => string.IsNullOrEmpty(text)
        ? null
        : Parse(column.Type, text) ?? throw LakehouseException.InvalidData($"The partition value \"{text}\" of column \"{column.Name}\" is no {column.Type}.");

    static IntegerLiteral? Integer(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? new IntegerLiteral(number) : null;

    static double? Double(string text) => text.ToLowerInvariant() switch
    {
        "nan" => double.NaN,
        "infinity" or "inf" or "+infinity" => double.PositiveInfinity,
        "-infinity" or "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    /// <summary>Digits of a decimal at a scale; null when it is none or has more digits than fit.</summary>
    internal static Int128? Decimal(string text, int scale)
    {
        var exponentAt = text.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return null;
        }

        var mantissa = exponentAt >= 0 ? text.AsSpan(0, exponentAt) : text.AsSpan();
        var point = mantissa.IndexOf('.');
        var digits = point < 0 ? mantissa.ToString() : string.Concat(mantissa[..point], mantissa[(point + 1)..]);
        if (digits.Length > 200 || exponent is > 100 or < -100 || !BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var shift = scale + exponent - (point < 0 ? 0 : mantissa.Length - point - 1);
        if (shift < 0)
        {
            number = BigInteger.DivRem(number, BigInteger.Pow(10, -shift), out var lost);
            if (!lost.IsZero)
            {
                return null;
            }
        }
        else
        {
            number *= BigInteger.Pow(10, shift);
        }

        return BigInteger.Abs(number) < BigInteger.Pow(10, 38) ? (Int128)number : null;
    }
}
