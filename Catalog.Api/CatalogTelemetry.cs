using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LakeAspire.Catalog;

/// <summary>The catalog's own traces and metrics.</summary>
internal sealed class CatalogTelemetry : IDisposable
{
    public const string Name = "LakeAspire.Catalog";

    static readonly ActivitySource Source = new(Name);

    readonly Meter meter = new(Name);
    readonly Counter<long> commits;
    readonly Histogram<double> durations;

    public CatalogTelemetry()
    {
        commits = meter.CreateCounter<long>("lakeaspire.catalog.commits", "{commit}", "Commits by outcome");
        durations = meter.CreateHistogram<double>("lakeaspire.catalog.commit.duration", "s", "Time from a commit's request to its outcome");
    }

    public static Activity? StartCommit(IEnumerable<string> tables)
    {
        var activity = Source.StartActivity("catalog commit");
        activity?.SetTag("lakeaspire.tables", string.Join(", ", tables));
        return activity;
    }

    public void Ended(string outcome, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        commits.Add(1, tag);
        durations.Record(elapsed.TotalSeconds, tag);
    }

    public void Dispose() => meter.Dispose();
}
