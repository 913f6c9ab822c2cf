using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Metadata;

/// <summary>What lists show of a table, from its metadata alone. Null is unknown: a writer left it out of the snapshot's summary.</summary>
internal sealed record TableFigures(string Location, int FormatVersion, long? SnapshotId, long? Rows, long? Files, long? Bytes)
{
    /// <summary>Of what has no metadata.</summary>
    public static TableFigures None { get; } = new(Location: "", FormatVersion: 0, SnapshotId: null, Rows: null, Files: null, Bytes: null);

    public static TableFigures Of(TableMetadata metadata) => metadata.CurrentSnapshot is { } snapshot
        ? new(metadata.Location, metadata.FormatVersion, snapshot.SnapshotId, RowsOf(snapshot), snapshot.SummaryNumber("total-data-files"), snapshot.SummaryNumber("total-files-size"))
        : new(metadata.Location, metadata.FormatVersion, SnapshotId: null, Rows: 0, Files: 0, Bytes: 0);

    /// <summary>Position deletes take one row each; how many an equality delete takes cannot be told from here.</summary>
    public static long? RowsOf(Snapshot snapshot) => snapshot.SummaryNumber("total-equality-deletes") is null or 0
        ? snapshot.SummaryNumber("total-records") - (snapshot.SummaryNumber("total-position-deletes") ?? 0)
        : null;
}
