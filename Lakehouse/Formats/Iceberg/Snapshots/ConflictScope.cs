namespace Lakehouse.Formats.Iceberg;

/// <summary>Which files may have to do with the rows that a change is about: those that pass its filter, or of the partitions that it replaces, or else all.</summary>
internal sealed class ConflictScope
{
    private readonly TableMetadata metadata;
    private readonly HashSet<PartitionKey> partitions;
    private readonly bool byPartition;
    private readonly FileFilter? filter;

    public ConflictScope(TableMetadata metadata, SnapshotChange change)
    {
        this.metadata = metadata;
        partitions = [.. change.ReplacedPartitions];
        byPartition = partitions.Count > 0 && !change.RemovesAll;
        filter = change.Validation?.ConflictFilter is { } expression ? new FileFilter(expression, metadata, change.Validation.ConflictSchema) : null;
    }

    /// <summary>Whether a data file may hold such rows.</summary>
    public bool MayHoldRows(DataFile file) => InPartitions(file) && filter?.MayPass(file) != false;

    /// <summary>Whether a delete file may delete such rows. Equality deletes without partition are for all of them.</summary>
    public bool MayDeleteRows(DataFile file) =>
        (InPartitions(file) || (file.Content == FileContent.EqualityDeletes && metadata.SpecById(file.SpecId) is not { IsUnpartitioned: false }))
        && filter?.MayPass(WithoutStatistics(file)) != false;

    private bool InPartitions(DataFile file) => !byPartition || partitions.Contains(PartitionKey.Of(file));

    // Statistics of a delete file are about its own rows, of which only the partition holds for the deleted ones too.
    private static DataFile WithoutStatistics(DataFile file) =>
        file with { ValueCounts = null, NullValueCounts = null, NanValueCounts = null, LowerBounds = null, UpperBounds = null };

    /// <summary>The partition of a file, for messages; empty when unpartitioned.</summary>
    public static string PartitionText(DataFile file) =>
        file.Partition.Count == 0 ? "" : $" of partition ({string.Join(", ", file.Partition.Select(value => value switch { null => "null", byte[] bytes => Convert.ToHexString(bytes), _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) }))})";
}
