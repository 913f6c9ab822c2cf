using System.Globalization;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>How a table is published, by its properties.</summary>
/// <param name="IsOn">Whether it is: property <c>lakeaspire.delta.publish</c>, true by default.</param>
/// <param name="CheckpointInterval">Commits from one checkpoint to the next: <c>delta.checkpointInterval</c>, 100 by default.</param>
/// <param name="LogRetention">How long commits are kept that a checkpoint stands for: <c>delta.logRetentionDuration</c>, 30 days by default.</param>
public sealed record PublishOptions(bool IsOn, int CheckpointInterval, TimeSpan LogRetention)
{
    /// <summary>Property by which a table is not published.</summary>
    public const string Switch = "lakeaspire.delta.publish";

    private const string Interval = "delta.checkpointInterval";
    private const string Retention = "delta.logRetentionDuration";

    /// <summary>Properties that stand in the log's metadata too.</summary>
    internal static IReadOnlyList<string> DeltaProperties { get; } = [Interval, Retention];

    /// <summary>How long files of removed rows are kept for readers of older versions: <c>delta.deletedFileRetentionDuration</c>, 7 days by default.</summary>
    public TimeSpan FileRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The options of a table. A malformed property counts as absent: reading the table does not depend on it.</summary>
    public static PublishOptions Of(TableMetadata metadata) => new(
        !(metadata.Properties.TryGetValue(Switch, out var isOn) && bool.TryParse(isOn, out var flag) && !flag),
        metadata.Properties.TryGetValue(Interval, out var every) && int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : 100,
        metadata.Properties.TryGetValue(Retention, out var kept) && Duration(kept) is { } time ? time : TimeSpan.FromDays(30))
    {
        FileRetention = metadata.Properties.TryGetValue("delta.deletedFileRetentionDuration", out var files) && Duration(files) is { } span ? span : TimeSpan.FromDays(7),
    };

    /// <summary>A duration as Delta's properties have it: <c>interval 30 days</c>, of weeks, days, hours, minutes or seconds.</summary>
    private static TimeSpan? Duration(string text)
    {
        var words = text.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        words = words.Length > 0 && words[0].Equals("interval", StringComparison.OrdinalIgnoreCase) ? words[1..] : words;
        if (words.Length != 2 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        // A century is for ever, and no number of weeks overflows.
        var days = words[1].TrimEnd('s').ToLowerInvariant() switch { "week" => count * 7.0, "day" => count, "hour" => count / 24.0, "minute" => count / 1440.0, "second" => count / 86400.0, _ => -1 };
        return days < 0 ? null : TimeSpan.FromDays(Math.Min(days, 36500));
    }
}
