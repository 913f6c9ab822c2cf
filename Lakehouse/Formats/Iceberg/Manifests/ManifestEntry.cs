namespace Lakehouse.Formats.Iceberg;

/// <summary>What a snapshot did with a file.</summary>
public enum ManifestEntryStatus
{
    /// <summary>Was there before.</summary>
    Existing = 0,

    /// <summary>Was added.</summary>
    Added = 1,

    /// <summary>Was removed; not part of the table any more.</summary>
    Deleted = 2,
}

/// <summary>A file in a manifest (specification, "Manifest Entry Fields").</summary>
/// <param name="Status">What happened to it.</param>
/// <param name="SnapshotId">Snapshot that added it, or removed it when deleted; null = inherited from the manifest.</param>
/// <param name="SequenceNumber">Data sequence number; null = inherited from the manifest.</param>
/// <param name="FileSequenceNumber">File sequence number; null = inherited from the manifest.</param>
/// <param name="DataFile">The file.</param>
public sealed record ManifestEntry(ManifestEntryStatus Status, long? SnapshotId, long? SequenceNumber, long? FileSequenceNumber, DataFile DataFile)
{
    /// <summary>Whether the file is part of the table.</summary>
    public bool IsLive => Status != ManifestEntryStatus.Deleted;
}
