using LakeAspire.Portal.Display;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Tables;

/// <summary>What of a report is said in a few words.</summary>
internal static class ReportFigures
{
    static readonly Dictionary<string, double> Milliseconds = new(StringComparer.Ordinal)
    {
        ["nanoseconds"] = 1e-6, ["microseconds"] = 1e-3, ["milliseconds"] = 1, ["seconds"] = 1e3, ["minutes"] = 60e3, ["hours"] = 3600e3, ["days"] = 24 * 3600e3,
    };

    public static string Text(MetricsReport report) => string.Join(" · ", (report.Kind == "scan" ? Scan(report) : Commit(report)).OfType<string>());

    /// <summary>A value with its unit.</summary>
    public static string Value(ReportedMetric metric) => metric switch
    {
        _ when DurationOf(metric) is { } duration => Format.Duration(duration) + (metric.Count is > 1 and { } count ? $" in {Format.Count(count)}" : ""),
        { Unit: "bytes" } => Format.Bytes(metric.Value),
        { Unit: "count" } => Format.Count(metric.Value),
        _ => $"{Format.Count(metric.Value)} {metric.Unit}",
    };

    static IEnumerable<string?> Scan(MetricsReport report)
    {
        yield return Took(report, "total-planning-duration", "planned in");
        yield return Number(report, "result-data-files") is { } files ? Format.Plural(files, "file") : null;
        yield return Number(report, "result-delete-files") is > 0 and { } deletes ? Format.Plural(deletes, "delete file") : null;
        yield return Number(report, "scanned-data-manifests") is { } scanned && Number(report, "total-data-manifests") is { } all ? $"{Format.Count(scanned)} of {Format.Plural(all, "manifest")}" : null;
        yield return Number(report, "total-file-size-in-bytes") is { } bytes ? Format.Bytes(bytes) : null;
    }

    static IEnumerable<string?> Commit(MetricsReport report)
    {
        yield return Signed(report, "added-records", "+", "row");
        yield return Signed(report, "removed-records", "−", "row");
        yield return Signed(report, "added-data-files", "+", "file");
        yield return Signed(report, "removed-data-files", "−", "file");
        yield return Took(report, "total-duration", "in");
        yield return Number(report, "attempts") is > 1 and { } attempts ? $"{Format.Count(attempts)} attempts" : null;
    }

    static string? Signed(MetricsReport report, string name, string sign, string thing) => Number(report, name) is > 0 and { } value ? sign + Format.Plural(value, thing) : null;

    static string? Took(MetricsReport report, string name, string words) => Find(report, name) is { } metric && DurationOf(metric) is { } duration ? $"{words} {Format.Duration(duration)}" : null;

    static long? Number(MetricsReport report, string name) => Find(report, name)?.Value;

    static ReportedMetric? Find(MetricsReport report, string name) => report.Metrics.FirstOrDefault(metric => metric.Name == name);

    /// <summary>Engines may claim durations that no clock shows.</summary>
    static TimeSpan? DurationOf(ReportedMetric metric) =>
        metric.Count is not null && Milliseconds.TryGetValue(metric.Unit, out var unit) ? TimeSpan.FromMilliseconds(Math.Clamp(metric.Value * unit, 0, TimeSpan.FromDays(10_000).TotalMilliseconds)) : null;
}
