using System.Diagnostics;
using System.Diagnostics.Metrics;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Transform.Landing;

/// <summary>Traces and measurements of loading.</summary>
internal static class LandingTelemetry
{
    const string Name = "LakeAspire.Landing";
    static readonly ActivitySource Activities = new(Name);
    static readonly Meter Meter = new(Name);
    static readonly Counter<long> Rows = Meter.CreateCounter<long>("lakeaspire.landing.rows", "{row}", "Rows loaded into bronze.");
    static readonly Counter<long> Quarantined = Meter.CreateCounter<long>("lakeaspire.landing.quarantined", "{row}", "Rows loaded into quarantine.");
    static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("lakeaspire.landing.duration", "s", "Duration of a load, commit included.");

    /// <summary>Goes on with the trace in which the first file came; the traces of the others are linked.</summary>
    public static Activity? Start(string stream, IReadOnlyList<LandingManifest> files)
    {
        var contexts = files.Select(f => ActivityContext.TryParse(f.TraceParent, traceState: null, isRemote: true, out var context) ? context : default).ToList();
        var links = contexts.Skip(1).Where(c => c != default).Distinct().Take(128).Select(c => new ActivityLink(c));
        return Activities.StartActivity($"load {stream}", ActivityKind.Consumer, contexts[0], links: links)
            ?.SetTag("lakeaspire.stream", stream).SetTag("lakeaspire.files", files.Count);
    }

    public static void Loaded(string stream, long rows, long quarantined, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("lakeaspire.stream", stream);
        Rows.Add(rows, tag);
        Quarantined.Add(quarantined, tag);
        Duration.Record(duration.TotalSeconds, tag);
    }
}
