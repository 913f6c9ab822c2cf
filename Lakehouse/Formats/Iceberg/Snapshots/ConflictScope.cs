namespace Lakehouse.Formats.Iceberg;

/// <summary>Which files may have to do with the rows that a change is about: those of the partitions that it replaces, or else all.</summary>
internal sealed class ConflictScope
{
    private readonly TableMetadata metadata;
    private readonly HashSet<PartitionKey> partitions;
    private readonly bool byPartition;

    public ConflictScope(TableMetadata metadata, SnapshotChange change)
    {
        this.metadata = metadata;
        partitions = [.. change.ReplacedPartitions];
        byPartition = partitions.Count > 0 && !change.RemovesAll;
    }

    /// <summary>Whether a data file may hold such rows.</summary>
    public bool MayHoldRows(DataFile file) => !byPartition || partitions.Contains(PartitionKey.Of(file));

    /// <summary>Whether a delete file may delete such rows. Equality deletes without partition are for all of them.</summary>
    public bool MayDeleteRows(DataFile file) =>
        !byPartition || partitions.Contains(PartitionKey.Of(file))
        || (file.Content == FileContent.EqualityDeletes && metadata.SpecById(file.SpecId) is not { IsUnpartitioned: false });

    /// <summary>The partition of a file, for messages; empty when unpartitioned.</summary>
    public static string PartitionText(DataFile file) =>
        file.Partition.Count == 0 ? "" : $" of partition ({string.Join(", ", file.Partition.Select(value => value switch { null => "null", byte[] bytes => Convert.ToHexString(bytes), _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) }))})";
}
