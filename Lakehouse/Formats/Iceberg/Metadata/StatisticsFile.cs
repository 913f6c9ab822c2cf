namespace Lakehouse.Formats.Iceberg;

/// <summary>A Puffin file of table statistics (specification, "Table Statistics").</summary>
/// <param name="SnapshotId">Snapshot that it belongs to.</param>
/// <param name="StatisticsPath">Location.</param>
/// <param name="FileSizeInBytes">Bytes.</param>
/// <param name="FileFooterSizeInBytes">Bytes of the footer.</param>
/// <param name="BlobMetadata">What it holds.</param>
/// <param name="KeyMetadata">Base64 encryption key metadata.</param>
public sealed record StatisticsFile(
    long SnapshotId, string StatisticsPath, long FileSizeInBytes, long FileFooterSizeInBytes, IReadOnlyList<StatisticsBlob> BlobMetadata, string? KeyMetadata = null);

/// <summary>A blob of a <see cref="StatisticsFile"/>.</summary>
/// <param name="Type">Blob type of the Puffin specification.</param>
/// <param name="SnapshotId">Snapshot that it was computed from.</param>
/// <param name="SequenceNumber">Sequence number of that snapshot.</param>
/// <param name="Fields">Field ids that it was computed over.</param>
/// <param name="Properties">Further properties.</param>
public sealed record StatisticsBlob(string Type, long SnapshotId, long SequenceNumber, IReadOnlyList<int> Fields, IReadOnlyDictionary<string, string>? Properties = null);

/// <summary>A file of partition statistics (specification, "Partition Statistics").</summary>
/// <param name="SnapshotId">Snapshot that it belongs to.</param>
/// <param name="StatisticsPath">Location.</param>
/// <param name="FileSizeInBytes">Bytes.</param>
public sealed record PartitionStatisticsFile(long SnapshotId, string StatisticsPath, long FileSizeInBytes);

/// <summary>A key of an encrypted table (v3; specification, "Encryption Keys").</summary>
/// <param name="KeyId">Id.</param>
/// <param name="EncryptedKeyMetadata">Base64 of the encrypted key and its metadata.</param>
/// <param name="EncryptedById">Id of the key that encrypts it.</param>
/// <param name="Properties">Further properties.</param>
public sealed record EncryptionKey(string KeyId, string EncryptedKeyMetadata, string? EncryptedById = null, IReadOnlyDictionary<string, string>? Properties = null);
