using System.Diagnostics.Metrics;

namespace LakeAspire.Ingest;

/// <summary>What this service measures.</summary>
internal static class IngestTelemetry
{
    const string Name = "LakeAspire.Ingest";
    static readonly Meter Meter = new(Name);
    static readonly Counter<long> Events = Meter.CreateCounter<long>("lakeaspire.ingest.events", "{event}", "Events accepted.");
    static readonly Counter<long> Faulty = Meter.CreateCounter<long>("lakeaspire.ingest.faulty", "{line}", "Lines accepted into quarantine.");
    static readonly Counter<long> Bytes = Meter.CreateCounter<long>("lakeaspire.ingest.io", "By", "Bytes accepted, decompressed.");

    public static void Accepted(string stream, long? events, long faulty, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("lakeaspire.stream", stream);
        Events.Add(events ?? 0, tag);
        Faulty.Add(faulty, tag);
        Bytes.Add(bytes, tag);
    }
}
