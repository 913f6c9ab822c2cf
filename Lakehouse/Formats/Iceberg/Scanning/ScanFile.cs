namespace Lakehouse.Formats.Iceberg;

/// <summary>A data file that a scan reads.</summary>
/// <param name="File">The file.</param>
/// <param name="DataSequenceNumber">Its data sequence number.</param>
/// <param name="FileSequenceNumber">Its file sequence number.</param>
/// <param name="SnapshotId">Snapshot that added it.</param>
/// <param name="Spec">Partition spec of its partition values.</param>
/// <param name="Deletes">Delete files that apply to it (specification, "Scan Planning").</param>
public sealed record ScanFile(
    DataFile File, long DataSequenceNumber, long FileSequenceNumber, long? SnapshotId, PartitionSpec Spec, IReadOnlyList<ScanDelete> Deletes);

/// <summary>A delete file that applies to a data file.</summary>
/// <param name="File">The delete file; a deletion vector when it is a Puffin file.</param>
/// <param name="DataSequenceNumber">Its data sequence number.</param>
/// <param name="Spec">Partition spec of its partition values.</param>
public sealed record ScanDelete(DataFile File, long DataSequenceNumber, PartitionSpec Spec);
