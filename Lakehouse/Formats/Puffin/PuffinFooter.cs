namespace Lakehouse.Formats.Puffin;

/// <summary>What a Puffin file holds (Puffin specification, "FileMetadata").</summary>
/// <param name="Blobs">Its blobs, in the order of the footer.</param>
/// <param name="Properties">Properties of the file, for instance <c>created-by</c>.</param>
public sealed record PuffinFooter(IReadOnlyList<PuffinBlob> Blobs, IReadOnlyDictionary<string, string> Properties);

/// <summary>A blob of a Puffin file (Puffin specification, "BlobMetadata").</summary>
/// <param name="Type">Type, for instance <see cref="DeletionVectorType"/>.</param>
/// <param name="Fields">Ids of the fields that the blob was computed for.</param>
/// <param name="SnapshotId">Snapshot that it was computed from; −1 for a deletion vector.</param>
/// <param name="SequenceNumber">Sequence number of that snapshot; −1 for a deletion vector.</param>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Length">Bytes in the file, compressed if it is.</param>
public sealed record PuffinBlob(string Type, IReadOnlyList<int> Fields, long SnapshotId, long SequenceNumber, long Offset, long Length)
{
    /// <summary>Type of a deletion vector.</summary>
    public const string DeletionVectorType = "deletion-vector-v1";

    /// <summary>Type of a sketch of distinct values.</summary>
    public const string ThetaSketchType = "apache-datasketches-theta-v1";

    /// <summary><c>lz4</c>, <c>zstd</c>, or null when it is not compressed.</summary>
    public string? CompressionCodec { get; init; }

    /// <summary>Properties of the blob, for instance <c>referenced-data-file</c> and <c>cardinality</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
