namespace Lakehouse.Formats.Iceberg;

/// <summary>What the files of a manifest are.</summary>
public enum ManifestContent
{
    /// <summary>Data files.</summary>
    Data = 0,

    /// <summary>Delete files.</summary>
    Deletes = 1,
}

/// <summary>Values of one partition field over a manifest (specification, "Manifest Lists", struct <c>field_summary</c>).</summary>
/// <param name="ContainsNull">Whether some partition has null.</param>
/// <param name="ContainsNan">Whether some partition has NaN; null = unknown.</param>
/// <param name="LowerBound">Least value in single-value serialization; null when all are null or NaN.</param>
/// <param name="UpperBound">Greatest value in single-value serialization; null when all are null or NaN.</param>
public sealed record PartitionFieldSummary(bool ContainsNull, bool? ContainsNan, byte[]? LowerBound, byte[]? UpperBound);

/// <summary>An entry of a manifest list (specification, "Manifest Lists", struct <c>manifest_file</c>).</summary>
public sealed record ManifestFile
{
    /// <summary>The spec id of a manifest whose own header has to say it (v1 snapshots without a manifest list).</summary>
    public const int UnknownSpecId = -1;

    /// <summary>Location.</summary>
    public required string ManifestPath { get; init; }

    /// <summary>Bytes; 0 = unknown.</summary>
    public required long ManifestLength { get; init; }

    /// <summary>Partition spec of its files, or <see cref="UnknownSpecId"/>.</summary>
    public required int PartitionSpecId { get; init; }

    /// <summary>What its files are.</summary>
    public ManifestContent Content { get; init; }

    /// <summary>Sequence number with which it was added; 0 in v1.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>Least data sequence number of its live files; 0 in v1.</summary>
    public long MinSequenceNumber { get; init; }

    /// <summary>Snapshot that added it.</summary>
    public required long AddedSnapshotId { get; init; }

    /// <summary>Entries with status added; null = unknown (v1).</summary>
    public int? AddedFilesCount { get; init; }

    /// <summary>Entries with status existing; null = unknown (v1).</summary>
    public int? ExistingFilesCount { get; init; }

    /// <summary>Entries with status deleted; null = unknown (v1).</summary>
    public int? DeletedFilesCount { get; init; }

    /// <summary>Rows of the added files; null = unknown (v1).</summary>
    public long? AddedRowsCount { get; init; }

    /// <summary>Rows of the existing files; null = unknown (v1).</summary>
    public long? ExistingRowsCount { get; init; }

    /// <summary>Rows of the deleted files; null = unknown (v1).</summary>
    public long? DeletedRowsCount { get; init; }

    /// <summary>Partition values, by field of the spec; null = unknown.</summary>
    public IReadOnlyList<PartitionFieldSummary>? Partitions { get; init; }

    /// <summary>Encryption key metadata.</summary>
    public byte[]? KeyMetadata { get; init; }

    /// <summary>Row id of the first row of its added files (v3).</summary>
    public long? FirstRowId { get; init; }

    /// <summary>Whether it may have live files: false is certain.</summary>
    public bool MayHaveLiveFiles => AddedFilesCount is null or > 0 || ExistingFilesCount is null or > 0;
}
