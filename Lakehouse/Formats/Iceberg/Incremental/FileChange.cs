namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// What one snapshot did to the rows of one data file: the rows live in <paramref name="Before"/> and not in <paramref name="After"/> were deleted, those live in the other way round were added.
/// A row is live when no delete of its form applies to it; in a file with both forms, rows are the same by position.
/// </summary>
/// <param name="Before">The file with the deletes that applied to it in the parent; null when the snapshot added it.</param>
/// <param name="After">The file with the deletes that apply to it in the snapshot; null when the snapshot removed it.</param>
public sealed record FileChange(ScanFile? Before, ScanFile? After)
{
    /// <summary>The file, in the newer form that there is.</summary>
    public ScanFile File => (After ?? Before)!;

    /// <summary>Deletes that apply now and did not before. A deletion vector holds the positions of the one that it replaced.</summary>
    public IEnumerable<ScanDelete> NewDeletes => Except(After, Before);

    /// <summary>Deletes that applied before and do not now.</summary>
    public IEnumerable<ScanDelete> GoneDeletes => Except(Before, After);

    internal static HashSet<(string Path, long? Offset)> Keys(ScanFile? file) => file is null ? [] : file.Deletes.Select(Key).ToHashSet();

    private static (string Path, long? Offset) Key(ScanDelete delete) => (TableLocations.Normalize(delete.File.FilePath), delete.File.ContentOffset);

    private static IEnumerable<ScanDelete> Except(ScanFile? file, ScanFile? other)
    {
        var known = Keys(other);
        return file is null ? [] : file.Deletes.Where(delete => !known.Contains(Key(delete)));
    }
}

/// <summary>What one snapshot changed.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Ordinal">Its number among the snapshots of the range that changed rows, from 0.</param>
/// <param name="Files">The data files of which it changed rows.</param>
public sealed record SnapshotFileChanges(Snapshot Snapshot, int Ordinal, IReadOnlyList<FileChange> Files);
