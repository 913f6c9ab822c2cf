using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Literals in the type of the field that they are compared with, as the comparison means it.</summary>
internal static partial class LiteralConversion
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The literal in that type; null when the comparison depends on what is not known here, such as the session's time zone.</summary>
    public static ConvertedLiteral? To(PrimitiveType type, Literal literal) => literal is StringLiteral(var text) && type != IcebergType.String ? OfText(type, text) : Typed(type, literal);

    private static ConvertedLiteral? Typed(PrimitiveType type, Literal literal)
    {
        if (type is DecimalType { Precision: var precision, Scale: var scale })
        {
            var limit = BigInteger.Pow(10, precision) - 1;
            return NumberConversion.ToSteps(literal, scale, -limit, limit);
        }

        return (type is FixedType ? "binary" : type.Name, literal) switch
        {
            ("boolean", BooleanLiteral(var flag)) => ConvertedLiteral.Of(flag ? 1 : 0),
            ("int", _) => NumberConversion.ToSteps(literal, 0, int.MinValue, int.MaxValue),
            ("long", _) => NumberConversion.ToSteps(literal, 0, long.MinValue, long.MaxValue),
            ("float", _) => NumberConversion.ToFloating(literal, isSingle: true),
            ("double", _) => NumberConversion.ToFloating(literal, isSingle: false),
            ("date", DateLiteral(var days)) => ConvertedLiteral.Of(days),
            ("date", TimestampLiteral(var value, var isNanoseconds, false)) => DateOf(value, ValueKey.UnitsPerDay(isNanoseconds ? IcebergType.TimestampNs : IcebergType.Timestamp)),
            ("timestamp" or "timestamp_ns", DateLiteral(var days)) => ConvertedLiteral.Of((Int128)days * ValueKey.UnitsPerDay(type)),
            ("timestamp" or "timestamp_ns", TimestampLiteral { HasZone: false } timestamp) => Instant(timestamp, ValueKey.IsNanoseconds(type)),
            ("timestamptz" or "timestamptz_ns", TimestampLiteral { HasZone: true } timestamp) => Instant(timestamp, ValueKey.IsNanoseconds(type)),
            ("time", TimeLiteral(var microseconds)) => ConvertedLiteral.Of(microseconds),
            ("string", StringLiteral(var text)) => OfString(text),
            ("uuid", UuidLiteral(var uuid)) => ConvertedLiteral.Of(uuid.ToByteArray(bigEndian: true)),
            ("binary", BinaryLiteral(var bytes)) => ConvertedLiteral.Of(bytes),
            _ => null,
        };
    }

    private static ConvertedLiteral DateOf(long value, long unitsPerDay)
    {
        var days = BucketHash.FloorDivide(value, unitsPerDay);
        return days * (Int128)unitsPerDay == value ? ConvertedLiteral.Of(days) : ConvertedLiteral.Between(days);
    }

    /// <summary>Micro- and nanoseconds meet in either unit, depending on the engine: where they differ, the literal is a range.</summary>
    private static ConvertedLiteral Instant(TimestampLiteral literal, bool isNanoseconds)
    {
        if (literal.IsNanoseconds == isNanoseconds)
        {
            return ConvertedLiteral.Of(literal.Value);
        }

        if (isNanoseconds)
        {
            var nanoseconds = (Int128)literal.Value * 1000;
            return new ConvertedLiteral(LiteralPlace.Value, new LiteralRange(nanoseconds - 999, nanoseconds + 999, null));
        }

        var before = BucketHash.FloorDivide(literal.Value, 1000);
        return before * (Int128)1000 == literal.Value ? ConvertedLiteral.Of(before) : new ConvertedLiteral(LiteralPlace.Value, new LiteralRange(before, before + 1, null));
    }

    private static ConvertedLiteral? OfString(string text)
    {
        try
        {
            return ConvertedLiteral.Of(Utf8.GetBytes(text));
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A text stands for a value of the column's type. Only forms that every engine reads alike are taken.</summary>
    private static ConvertedLiteral? OfText(PrimitiveType type, string text)
    {
        var form = type switch
        {
            DecimalType => Number(),
            { Name: "int" or "long" } => Whole(),
            { Name: "date" } => Date(),
            { Name: "timestamp" or "timestamp_ns" } => Timestamp(),
            { Name: "timestamptz" or "timestamptz_ns" } => Instant(),
            { Name: "uuid" } => Uuid(),
            _ => null,
        };
        if (form?.IsMatch(text) != true)
        {
            return null;
        }

        if (type is DecimalType || type.Name is "int" or "long")
        {
            var point = text.IndexOf('.', StringComparison.Ordinal);
            var scale = point < 0 ? 0 : text.Length - point - 1;
            // More digits than the column has are rounded by the engine's cast.
            return scale <= ((type as DecimalType)?.Scale ?? 0) && Int128.TryParse(text.Replace(".", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture, out var unscaled)
                ? Typed(type, new DecimalLiteral(unscaled, scale))
                : null;
        }

        return ValueParser.TryParse(type, text) is { } value && ValueKey.TryRead(type, value, out var number, out var bytes)
            ? bytes is null ? ConvertedLiteral.Of(number) : ConvertedLiteral.Of(bytes)
            : null;
    }

    [GeneratedRegex(@"^-?\d{1,30}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^-?\d{1,30}(\.\d{1,8})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Date();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,6})?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Instant();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uuid();
}
