namespace Lakehouse.Formats.Iceberg;

/// <summary>What an engine measured while it used a table (REST catalog specification, <c>ReportMetricsRequest</c>).</summary>
/// <param name="TableName">Name of the table, as the engine spells it.</param>
/// <param name="SnapshotId">Snapshot that was read or made.</param>
/// <param name="Metrics">What was measured, by name.</param>
/// <param name="Metadata">What else the engine says, for instance its version.</param>
public abstract record MetricsReport(
    string TableName, long SnapshotId, IReadOnlyDictionary<string, ReportedMetric> Metrics, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Name in the REST specification.</summary>
    public abstract string ReportType { get; }
}

/// <summary>A scan was planned.</summary>
/// <param name="TableName">Name of the table, as the engine spells it.</param>
/// <param name="SnapshotId">Snapshot that was read.</param>
/// <param name="Filter">The filter, as the JSON that came.</param>
/// <param name="SchemaId">Schema that it was read by.</param>
/// <param name="ProjectedFieldIds">Ids of the columns read.</param>
/// <param name="ProjectedFieldNames">Their names.</param>
/// <param name="Metrics">What was measured, by name.</param>
/// <param name="Metadata">What else the engine says.</param>
public sealed record ScanReport(
    string TableName,
    long SnapshotId,
    string Filter,
    int SchemaId,
    IReadOnlyList<int> ProjectedFieldIds,
    IReadOnlyList<string> ProjectedFieldNames,
    IReadOnlyDictionary<string, ReportedMetric> Metrics,
    IReadOnlyDictionary<string, string> Metadata) : MetricsReport(TableName, SnapshotId, Metrics, Metadata)
{
    /// <inheritdoc />
    public override string ReportType => "scan-report";
}

/// <summary>A snapshot was committed.</summary>
/// <param name="TableName">Name of the table, as the engine spells it.</param>
/// <param name="SnapshotId">Snapshot that was made.</param>
/// <param name="SequenceNumber">Its sequence number.</param>
/// <param name="Operation">What it did: append, overwrite, …</param>
/// <param name="Metrics">What was measured, by name.</param>
/// <param name="Metadata">What else the engine says.</param>
public sealed record CommitReport(
    string TableName, long SnapshotId, long SequenceNumber, string Operation, IReadOnlyDictionary<string, ReportedMetric> Metrics, IReadOnlyDictionary<string, string> Metadata)
    : MetricsReport(TableName, SnapshotId, Metrics, Metadata)
{
    /// <inheritdoc />
    public override string ReportType => "commit-report";
}

/// <summary>One measured value.</summary>
public abstract record ReportedMetric
{
    private protected ReportedMetric()
    {
    }
}

/// <summary>A number of something.</summary>
/// <param name="Unit">Of what: <c>count</c>, <c>bytes</c>, …</param>
/// <param name="Value">How many.</param>
public sealed record CounterMetric(string Unit, long Value) : ReportedMetric;

/// <summary>How long something took.</summary>
/// <param name="TimeUnit">Unit of the duration: <c>nanoseconds</c> to <c>days</c>.</param>
/// <param name="Count">How often it was measured.</param>
/// <param name="TotalDuration">How long it took in all.</param>
public sealed record TimerMetric(string TimeUnit, long Count, long TotalDuration) : ReportedMetric
{
    /// <summary>The duration, whatever its unit.</summary>
    public double TotalMilliseconds => TotalDuration * MillisecondsOf(TimeUnit)!.Value;

    internal static double? MillisecondsOf(string unit) => unit switch
    {
        "nanoseconds" => 1e-6,
        "microseconds" => 1e-3,
        "milliseconds" => 1,
        "seconds" => 1e3,
        "minutes" => 60e3,
        "hours" => 3600e3,
        "days" => 24 * 3600e3,
        _ => null,
    };
}
