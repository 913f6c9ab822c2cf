using System.Globalization;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>
/// Minimum and maximum as DuckDB's writer reports them: text. A text that has no exact value here (infinite, before Christ, past the year 9999) gives null: a bound may always be absent.
/// </summary>
internal static class StatisticText
{
    static readonly DateOnly Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch);

    /// <summary>The value, boxed as <see cref="DataFile.Partition"/> says.</summary>
    public static object? Parse(string text, PrimitiveType type) => type switch
    {
        DecimalType => Unscaled(text),
        FixedType => Hex(text),
        _ => type.Name switch
        {
            "boolean" => text is "1" or "true",
            "int" => int.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null,
            "long" => long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null,
            "float" => Floating(text) is { } value ? (float)value : null,
            "double" => Floating(text),
            "date" => Date(text) is { } date ? date.DayNumber - Epoch.DayNumber : null,
            "time" => Time(text),
            "timestamp" => Timestamp(text),
            "timestamptz" => text.EndsWith("+00", StringComparison.Ordinal) ? Timestamp(text[..^3]) : null,
            "string" => text,
            "uuid" => Guid.TryParse(text, out var value) ? value : null,
            "binary" => Hex(text),
            _ => null,
        },
    };

    static object? Unscaled(string text) =>
        Int128.TryParse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    static byte[]? Hex(string text) => text.Length % 2 == 0 ? Convert.FromHexString(text) : null;

    static double? Floating(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !double.IsNaN(value) ? value : null,
    };

    static DateOnly? Date(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    static long? Time(string text) =>
        TimeOnly.TryParseExact(text, ["HH:mm:ss", "HH:mm:ss.FFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.Ticks / TimeSpan.TicksPerMicrosecond : null;

    static long? Timestamp(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && Date(text[..space]) is { } date && Time(text[(space + 1)..]) is { } time ? ((date.DayNumber - Epoch.DayNumber) * (TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond)) + time : null;
    }
}
