using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Catalog.Metrics;

/// <summary>How long reports of engines are kept.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Catalog:Metrics";

    /// <summary>How many reports are kept of each table: the newest. Default 200.</summary>
    [Range(1, 100_000)]
    public int ReportsPerTable { get; set; } = 200;

    /// <summary>How long a report is kept at most. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
