using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Which data files are rewritten.</summary>
public sealed record DataFileRewriteOptions
{
    /// <summary>Bytes that files should have; null = the table's <c>write.target-file-size-bytes</c>.</summary>
    public long? TargetFileSize { get; init; }

    /// <summary>Files below this are small; null = three quarters of the target.</summary>
    public long? MinFileSize { get; init; }

    /// <summary>How many small files of a partition are worth it, unless they fill a file of the target size. 5 by default, at least 2.</summary>
    public int MinInputFiles { get; init; } = 5;

    /// <summary>Share of deleted rows from which on a file is rewritten, by itself too. 0.1 by default.</summary>
    public double MaxDeletedRatio { get; init; } = 0.1;

    /// <summary>Number of delete files from which on a file is rewritten, by itself too. 5 by default.</summary>
    public int MaxDeleteFiles { get; init; } = 5;

    /// <summary>Bytes that are rewritten by one commit; 8 GiB by default.</summary>
    public long MaxGroupBytes { get; init; } = 8L << 30;

    /// <summary>How many groups are rewritten in one run; no limit by default. A budget.</summary>
    public int MaxGroups { get; init; } = int.MaxValue;

    /// <summary>Whether every file is rewritten, whatever it is like: to sort or cluster all rows, or to take up a new partitioning.</summary>
    public bool RewritesAll { get; init; }

    /// <summary>Only files with rows that may pass are looked at; null = all.</summary>
    public Expression? Filter { get; init; }
}

/// <summary>Data files of one partition to be rewritten by one commit.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Files">The files, with their deletes.</param>
/// <param name="GoneDeletes">Delete files that apply to none but these data files.</param>
public sealed record DataFileRewriteGroup(PartitionKey Partition, IReadOnlyList<ScanFile> Files, IReadOnlyList<DataFile> GoneDeletes)
{
    /// <summary>Bytes of the data files.</summary>
    public long Bytes => Files.Sum(file => file.File.FileSizeInBytes);
}

/// <summary>Data files to rewrite.</summary>
/// <param name="SnapshotId">Snapshot that has them.</param>
/// <param name="SequenceNumber">Its sequence number.</param>
/// <param name="Groups">One commit each.</param>
public sealed record DataFileRewritePlan(long SnapshotId, long SequenceNumber, IReadOnlyList<DataFileRewriteGroup> Groups)
{
    /// <summary>Works the plan out.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="files">All its data files, with their deletes.</param>
    /// <param name="options">What is worth it.</param>
    public static DataFileRewritePlan Of(TableMetadata metadata, Snapshot snapshot, IReadOnlyList<ScanFile> files, DataFileRewriteOptions options)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        var target = options.TargetFileSize ?? WriteOptions.Of(metadata).TargetFileSize;
        var small = options.MinFileSize ?? target / 4 * 3;
        var filter = options.Filter is null ? null : new FileFilter(options.Filter, metadata);
        var uses = new DeleteUse(files);
        var groups = new List<DataFileRewriteGroup>();
        foreach (var partition in files.Where(file => filter?.MayPass(file.File) != false).GroupBy(file => PartitionKey.Of(file.File)))
        {
            var chosen = partition.Where(file => options.RewritesAll || file.File.FileSizeInBytes < small || IsWorn(file, options)).OrderBy(file => file.DataSequenceNumber).ThenBy(file => file.File.FilePath, StringComparer.Ordinal);
            foreach (var bin in Pack(chosen, options.MaxGroupBytes))
            {
                var worthIt = options.RewritesAll || bin.Exists(file => IsWorn(file, options)) || bin.Count >= Math.Max(2, options.MinInputFiles) || (bin.Count > 1 && bin.Sum(file => file.File.FileSizeInBytes) >= target);
                if (worthIt)
                {
                    groups.Add(new DataFileRewriteGroup(partition.Key, bin, uses.OnlyOf(bin)));
                }
            }
        }

        // Where most files become one, most is won.
        return new DataFileRewritePlan(snapshot.SnapshotId, snapshot.SequenceNumber, [.. groups.OrderByDescending(group => group.Files.Count).Take(options.MaxGroups)]);
    }

    /// <summary>Whether so much of a file is deleted that it is better without.</summary>
    static bool IsWorn(ScanFile file, DataFileRewriteOptions options)
    {
        if (file.Deletes.Count == 0)
        {
            return false;
        }

        var deleted = file.Deletes.Where(delete => delete.File.ReferencedDataFile is not null).Sum(delete => delete.File.RecordCount);
        return file.Deletes.Count >= options.MaxDeleteFiles || deleted >= options.MaxDeletedRatio * file.File.RecordCount;
    }

    static IEnumerable<List<ScanFile>> Pack(IEnumerable<ScanFile> files, long maxBytes)
    {
        List<ScanFile> bin = [];
        var size = 0L;
        foreach (var file in files)
        {
            if (bin.Count > 0 && size + file.File.FileSizeInBytes > maxBytes)
            {
                yield return bin;
                bin = [];
                size = 0;
            }

            bin.Add(file);
            size += file.File.FileSizeInBytes;
        }

        if (bin.Count > 0)
        {
            yield return bin;
        }
    }
}
