using System.Globalization;

namespace LakeAspire.Portal.Display;

/// <summary>Numbers, sizes and times as people read them.</summary>
internal static class Format
{
    static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>1234567 → 1,234,567.</summary>
    public static string Count(long? value) => value?.ToString("N0", Culture) ?? "–";

    /// <summary>1234567 → 1.23 M.</summary>
    public static string ShortCount(long? value) => value switch
    {
        null => "–",
        < 10_000 => Count(value),
        < 1_000_000 => Scaled(value.Value, 1e3, "k"),
        < 1_000_000_000 => Scaled(value.Value, 1e6, "M"),
        _ => Scaled(value.Value, 1e9, "B"),
    };

    /// <summary>1536 → 1.5 KB.</summary>
    public static string Bytes(long? value) => value switch
    {
        null => "–",
        < 1000 => $"{value.Value.ToString(Culture)} B",
        < 1_000_000 => Scaled(value.Value, 1e3, "KB"),
        < 1_000_000_000 => Scaled(value.Value, 1e6, "MB"),
        < 1_000_000_000_000 => Scaled(value.Value, 1e9, "GB"),
        _ => Scaled(value.Value, 1e12, "TB"),
    };

    public static string Duration(TimeSpan? value) => value switch
    {
        null => "–",
        { TotalMilliseconds: < 1 } => "< 1 ms",
        { TotalSeconds: < 1 } time => $"{time.TotalMilliseconds.ToString("F0", Culture)} ms",
        { TotalSeconds: < 60 } time => $"{time.TotalSeconds.ToString("F1", Culture)} s",
        { TotalMinutes: < 60 } time => $"{((int)time.TotalMinutes).ToString(Culture)} min {time.Seconds.ToString(Culture)} s",
        { } time => $"{((int)time.TotalHours).ToString(Culture)} h {time.Minutes.ToString(Culture)} min",
    };

    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 5 } => "just now",
        { TotalSeconds: < 60 } age => $"{((int)age.TotalSeconds).ToString(Culture)} s ago",
        { TotalMinutes: < 60 } age => $"{((int)age.TotalMinutes).ToString(Culture)} min ago",
        { TotalHours: < 24 } age => $"{((int)age.TotalHours).ToString(Culture)} h ago",
        { TotalDays: < 2 } => "yesterday",
        { TotalDays: < 31 } age => $"{((int)age.TotalDays).ToString(Culture)} days ago",
        _ => at.UtcDateTime.ToString("yyyy-MM-dd", Culture),
    };

    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", Culture);

    public static string Plural(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>0.4237 → 42.37%, for style attributes.</summary>
    public static string Percent(double fraction) => (Math.Clamp(fraction, 0, 1) * 100).ToString("0.##", Culture) + "%";

    public static string Number(double value) => value.ToString("0.##", Culture);

    static string Scaled(long value, double unit, string name)
    {
        var scaled = value / unit;
        return $"{scaled.ToString(scaled < 10 ? "0.##" : scaled < 100 ? "0.#" : "0", Culture)} {name}";
    }
}
