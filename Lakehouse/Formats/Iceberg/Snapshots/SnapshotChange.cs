namespace Lakehouse.Formats.Iceberg;

/// <summary>What a snapshot did, as its summary says (specification, "Snapshots", <c>operation</c>).</summary>
public enum SnapshotOperation
{
    /// <summary>Only data files were added.</summary>
    Append,

    /// <summary>Files were added and removed, and rows may differ.</summary>
    Overwrite,

    /// <summary>Only rows went: data files were removed, or delete files added.</summary>
    Delete,

    /// <summary>Files were replaced by others with the same rows.</summary>
    Replace,
}

/// <summary>
/// A change of a table's files, to be made a snapshot by <see cref="SnapshotBuilder.PrepareAsync"/>. It names files, not manifests, so that it can be prepared again on what another
/// writer left; <see cref="Validation"/> says when it may.
/// </summary>
public sealed record SnapshotChange
{
    /// <summary>The operation of the summary; null = what follows from the files that are added and removed.</summary>
    public SnapshotOperation? Operation { get; init; }

    /// <summary>Data files to add.</summary>
    public IReadOnlyList<DataFile> AddedDataFiles { get; init; } = [];

    /// <summary>
    /// Delete files to add: position deletes in v2, deletion vectors (at most one for each data file, which then stands for all its position deletes) in v3, equality deletes in both.
    /// The vector that a new one replaces has to be among <see cref="RemovedDeleteFiles"/>.
    /// </summary>
    public IReadOnlyList<DataFile> AddedDeleteFiles { get; init; } = [];

    /// <summary>Locations of the data files to remove, each of which has to be part of the branch. Deletion vectors and position deletes of such a file alone go with it.</summary>
    public IReadOnlyCollection<string> RemovedDataFiles { get; init; } = [];

    /// <summary>Delete files to remove, each of which has to be part of the branch; found by location, and within a Puffin file by offset.</summary>
    public IReadOnlyCollection<DataFile> RemovedDeleteFiles { get; init; } = [];

    /// <summary>Partitions of which every data and delete file is removed, whichever there are when it is committed.</summary>
    public IReadOnlyCollection<PartitionKey> ReplacedPartitions { get; init; } = [];

    /// <summary>Whether every file is removed, whichever there are when it is committed.</summary>
    public bool RemovesAll { get; init; }

    /// <summary>Locations of manifests to write anew, ordered by partition, each of which has to be part of the branch; of a change that adds and removes nothing else.</summary>
    public IReadOnlyCollection<string> RewrittenManifests { get; init; } = [];

    /// <summary>Data sequence number of the added data files; null = that of the snapshot. A rewrite that starts at a snapshot takes that one's, so that equality deletes since then go on to apply.</summary>
    public long? DataSequenceNumber { get; init; }

    /// <summary>Whether small manifests may be merged (<c>commit.manifest-merge.enabled</c> permitting); false is a fast append.</summary>
    public bool MergesManifests { get; init; } = true;

    /// <summary>Properties to add to the snapshot's summary.</summary>
    public IReadOnlyDictionary<string, string> Summary { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What other writers may not have done since the change was worked out; null = it holds whatever they did (an append).</summary>
    public ChangeValidation? Validation { get; init; }

    /// <summary>Whether some file is removed.</summary>
    internal bool Removes => RemovesAll || RemovedDataFiles.Count + RemovedDeleteFiles.Count + ReplacedPartitions.Count > 0;

    /// <summary>Whether nothing but data files is added.</summary>
    public bool OnlyAppends => !Removes && AddedDeleteFiles.Count == 0 && RewrittenManifests.Count == 0;
}
