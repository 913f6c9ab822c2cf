using System.Globalization;
using System.Text;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Metrics;

internal sealed record MetricsReportListBody(IReadOnlyList<MetricsReportBody> Reports);

/// <summary>A measured value: a number with its unit, or a duration with how often it was measured.</summary>
internal sealed record MetricBody(string Name, long Value, string Unit, long? Count);

/// <summary>A report of an engine. Ids of snapshots are text: they exceed what JavaScript's numbers hold.</summary>
internal sealed record MetricsReportBody(
    long Id,
    DateTimeOffset At,
    string Principal,
    string Branch,
    string Kind,
    string SnapshotId,
    string? Operation,
    long? SequenceNumber,
    int? SchemaId,
    string? Filter,
    IReadOnlyList<string> Columns,
    IReadOnlyList<MetricBody> Metrics,
    IReadOnlyDictionary<string, string> Metadata)
{
    public static MetricsReportBody Of(MetricsReportRow row)
    {
        var report = MetricsReportJson.Parse(Encoding.UTF8.GetBytes(row.Report));
        var (scan, commit) = (report as ScanReport, report as CommitReport);
        return new MetricsReportBody(
            row.Id,
            row.At,
            row.Principal,
            row.Branch,
            scan is null ? "commit" : "scan",
            row.SnapshotId.ToString(CultureInfo.InvariantCulture),
            commit?.Operation,
            commit?.SequenceNumber,
            scan?.SchemaId,
            scan is null ? null : ReportedFilter.Text(scan.Filter),
            scan?.ProjectedFieldNames ?? [],
            report.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal).Select(Of).ToList(),
            report.Metadata);
    }

    static MetricBody Of(KeyValuePair<string, ReportedMetric> metric) => metric.Value switch
    {
        CounterMetric counter => new MetricBody(metric.Key, counter.Value, counter.Unit, Count: null),
        TimerMetric timer => new MetricBody(metric.Key, timer.TotalDuration, timer.TimeUnit, timer.Count),
        _ => throw new InvalidOperationException($"No body for {metric.Value.GetType().Name}."),
    };
}
