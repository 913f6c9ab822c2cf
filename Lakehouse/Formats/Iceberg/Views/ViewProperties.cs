using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Properties that settle how a view changes. Each method returns what is wrong with the value, or null.</summary>
internal static class ViewProperties
{
    public const string HistorySize = "version.history.num-entries";
    public const string DropDialect = "replace.drop-dialect.allowed";

    private const int DefaultHistorySize = 10;

    public static string? VersionsKept(IReadOnlyDictionary<string, string> properties, out int kept)
    {
        kept = DefaultHistorySize;
        return !properties.TryGetValue(HistorySize, out var text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out kept) && kept > 0)
            ? null
            : $"{HistorySize} must be a positive integer, is \"{text}\"";
    }

    public static string? DropDialectAllowed(IReadOnlyDictionary<string, string> properties, out bool isAllowed)
    {
        isAllowed = false;
        return !properties.TryGetValue(DropDialect, out var text) || bool.TryParse(text, out isAllowed) ? null : $"{DropDialect} must be true or false, is \"{text}\"";
    }
}
