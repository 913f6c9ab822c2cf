using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Values as text for people and for partition paths: ISO dates and times, plain decimals, lower-case hexadecimal binary.</summary>
public static class ValueText
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>A value as text. Values are boxed as <see cref="DataFile.Partition"/> says.</summary>
    public static string Of(IcebergType? type, object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int days when type == IcebergType.Date => Date(days),
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => type switch
        {
            PrimitiveType { Name: "time" } => Time(number, 6),
            PrimitiveType { Name: "timestamp" } => Timestamp(number, 6),
            PrimitiveType { Name: "timestamptz" } => Timestamp(number, 6) + "+00:00",
            PrimitiveType { Name: "timestamp_ns" } => Timestamp(number, 9),
            PrimitiveType { Name: "timestamptz_ns" } => Timestamp(number, 9) + "+00:00",
            _ => number.ToString(CultureInfo.InvariantCulture),
        },
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Int128 unscaled => Decimal(unscaled, type is DecimalType { Scale: var scale } ? scale : 0),
        string text => text,
        Guid uuid => uuid.ToString("D"),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        _ => throw new ArgumentException($"No text for a value of {value.GetType().Name}", nameof(value)),
    };

    /// <summary>A date as ISO text; years beyond four digits carry a sign.</summary>
    public static string Date(long days)
    {
        var (year, month, day) = CivilDate.FromDays(days);
        return string.Create(CultureInfo.InvariantCulture, $"{Year(year)}-{month:D2}-{day:D2}");
    }

    /// <summary>A year as ISO text.</summary>
    internal static string Year(long year) => year switch
    {
        < 0 => string.Create(CultureInfo.InvariantCulture, $"-{-year:D4}"),
        > 9999 => string.Create(CultureInfo.InvariantCulture, $"+{year}"),
        _ => year.ToString("D4", CultureInfo.InvariantCulture),
    };

    /// <summary>An unscaled decimal as plain digits with its scale's number of decimals.</summary>
    internal static string Decimal(Int128 unscaled, int scale)
    {
        // UInt128 holds the magnitude of the least Int128 too.
        var digits = (unscaled < 0 ? (UInt128)(-(unscaled + 1)) + 1 : (UInt128)unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var text = scale == 0 ? digits : $"{digits.AsSpan(0, digits.Length - scale)}.{digits.AsSpan(digits.Length - scale)}";
        return unscaled < 0 ? "-" + text : text;
    }

    /// <summary>A time of day: microseconds (6 digits) or nanoseconds (9) since midnight.</summary>
    internal static string Time(long value, int digits)
    {
        var second = digits == 9 ? 1_000_000_000L : 1_000_000L;
        var seconds = value / second;
        var text = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:D2}:{seconds / 60 % 60:D2}:{seconds % 60:D2}");
        return value % second == 0 ? text : $"{text}.{(value % second).ToString(digits == 9 ? "D9" : "D6", CultureInfo.InvariantCulture)}";
    }

    private static string Timestamp(long value, int digits)
    {
        var day = digits == 9 ? MicrosecondsPerDay * 1000 : MicrosecondsPerDay;
        var days = BucketHash.FloorDivide(value, day);
        return $"{Date(days)}T{Time(value - (days * day), digits)}";
    }
}
