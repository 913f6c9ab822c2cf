using System.Globalization;

namespace LakeAspire.Cli.Terminal;

/// <summary>Text as it may stand on a terminal.</summary>
internal static class Texts
{
    /// <summary>Nothing that a terminal would obey: data may hold escape sequences.</summary>
    public static string Harmless(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => c switch { '\n' => '⏎', '\t' => ' ', _ when char.IsControl(c) => '·', _ => c })) : text;

    public static string OneLine(string text) => Harmless(string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    public static string Plural(long count, string one) => $"{Count(count)} {(count == 1 ? one : one + "s")}";

    public static string Bytes(long? value) => value switch
    {
        null => "",
        < 1000 => $"{value} B",
        < 1_000_000 => (value.Value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + " KB",
        < 1_000_000_000 => (value.Value / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + " MB",
        _ => (value.Value / 1e9).ToString("0.##", CultureInfo.InvariantCulture) + " GB",
    };

    public static string Duration(TimeSpan? value) => value switch
    {
        null => "",
        { TotalSeconds: < 1 } time => time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture) + " ms",
        { TotalMinutes: < 1 } time => time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) + " s",
        { } time => $"{(int)time.TotalMinutes} min {time.Seconds} s",
    };

    public static string Time(DateTimeOffset? at) => at?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
