using System.Globalization;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Upkeep;

/// <summary>How a table wants to be looked after, by its properties. A malformed one counts as absent.</summary>
/// <param name="IsOn">Whether it is, without being asked: <c>lakeaspire.upkeep.enabled</c>, true by default.</param>
/// <param name="MaxSnapshots">Snapshots of a branch that are kept at most, however young: <c>lakeaspire.upkeep.max-snapshots</c>, 200 by default. Ages and least numbers are Iceberg's own properties, <c>history.expire.*</c>.</param>
/// <param name="MinInputFiles">Small files of a partition that are worth a compaction: <c>lakeaspire.upkeep.min-input-files</c>, 8 by default.</param>
/// <param name="OrphanAge">Age below which files that nothing refers to are left alone: <c>lakeaspire.upkeep.orphan-age-hours</c>, 3 days by default, at least 24 hours.</param>
public sealed record UpkeepPolicy(bool IsOn, int MaxSnapshots, int MinInputFiles, TimeSpan OrphanAge)
{
    const int MinOrphanHours = 24;

    /// <summary>The policy of a table.</summary>
    public static UpkeepPolicy Of(TableMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new UpkeepPolicy(
            !(metadata.Properties.TryGetValue("lakeaspire.upkeep.enabled", out var text) && bool.TryParse(text, out var flag) && !flag),
            Number(metadata, "lakeaspire.upkeep.max-snapshots", 200, least: 1),
            Number(metadata, "lakeaspire.upkeep.min-input-files", 8, least: 2),
            TimeSpan.FromHours(Number(metadata, "lakeaspire.upkeep.orphan-age-hours", 72, MinOrphanHours)));
    }

    static int Number(TableMetadata metadata, string property, int standard, int least) =>
        metadata.Properties.TryGetValue(property, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Max(least, number) : standard;
}
