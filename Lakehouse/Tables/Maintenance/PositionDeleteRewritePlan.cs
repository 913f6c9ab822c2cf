using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Which position deletes are rewritten.</summary>
public sealed record PositionDeleteRewriteOptions
{
    /// <summary>How many position delete files of a partition are worth merging. 5 by default, at least 2. In format version 3 one is enough: it becomes deletion vectors.</summary>
    public int MinInputFiles { get; init; } = 5;

    /// <summary>How many partitions are merged in one commit; 100 by default.</summary>
    public int MaxPartitions { get; init; } = 100;
}

/// <summary>Delete files to drop or merge.</summary>
/// <param name="SnapshotId">Snapshot that has them.</param>
/// <param name="Dangling">Delete files of any kind that apply to no data file.</param>
/// <param name="Merged">Data files, by partition, whose position deletes are merged.</param>
/// <param name="Replaced">The delete files that go for the merged ones.</param>
public sealed record PositionDeleteRewritePlan(long SnapshotId, IReadOnlyList<DataFile> Dangling, IReadOnlyList<IReadOnlyList<ScanFile>> Merged, IReadOnlyList<DataFile> Replaced)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Dangling.Count + Merged.Count == 0;

    /// <summary>Works the plan out.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="files">All its data files, with their deletes.</param>
    /// <param name="deletes">All its delete files.</param>
    /// <param name="options">What is worth it.</param>
    public static PositionDeleteRewritePlan Of(TableMetadata metadata, Snapshot snapshot, IReadOnlyList<ScanFile> files, IReadOnlyList<DataFile> deletes, PositionDeleteRewriteOptions options)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        var uses = new DeleteUse(files);
        var enough = metadata.FormatVersion >= 3 ? 1 : Math.Max(2, options.MinInputFiles);
        var merged = new List<IReadOnlyList<ScanFile>>();
        var replaced = new List<DataFile>();
        foreach (var partition in files.Where(file => file.Deletes.Any(IsPositions)).GroupBy(file => PartitionKey.Of(file.File)))
        {
            var group = partition.ToList();
            if (merged.Count < options.MaxPartitions && group.SelectMany(file => file.Deletes).Where(IsPositions).DistinctBy(delete => delete.File.FilePath, StringComparer.Ordinal).Count() >= enough)
            {
                merged.Add(group);
                // All data files that a position delete file may apply to are of its partition, and so in the group.
                replaced.AddRange(uses.OnlyOf(group).Where(delete => delete.Content == FileContent.PositionDeletes));
            }
        }

        return new PositionDeleteRewritePlan(snapshot.SnapshotId, [.. deletes.Where(delete => !uses.IsUsed(delete))], merged, replaced);
    }

    static bool IsPositions(ScanDelete delete) => delete.File is { Content: FileContent.PositionDeletes, ContentOffset: null };
}
