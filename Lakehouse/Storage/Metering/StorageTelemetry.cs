using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Lakehouse.Storage.Metering;

/// <summary>Names of the measurements of object stores.</summary>
public static class StorageTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Lakehouse.Storage";

    internal static readonly ActivitySource Activities = new(Name);

    static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "lakehouse.storage.operation.duration", "s", "Duration of object store operations.");

    internal static readonly Counter<long> Transferred = Meter.CreateCounter<long>(
        "lakehouse.storage.io", "By", "Bytes written to and read from object stores.");

    static readonly Counter<long> CacheFiles = Meter.CreateCounter<long>("lakehouse.storage.cache.files", "{file}", "Files asked for of the cache of remote files.");

    /// <summary>A file was asked for, and was there or had to be fetched.</summary>
    internal static void CacheHit(bool isHit) => CacheFiles.Add(1, new KeyValuePair<string, object?>("lakehouse.storage.cache.result", isHit ? "hit" : "miss"));
}
