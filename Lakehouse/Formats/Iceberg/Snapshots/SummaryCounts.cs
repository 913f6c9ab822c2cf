namespace Lakehouse.Formats.Iceberg;

/// <summary>What a snapshot adds and removes.</summary>
internal sealed class SummaryCounts
{
    private readonly HashSet<PartitionKey> partitions = [];

    public long AddedFiles { get; private set; }

    public long AddedRecords { get; private set; }

    public long AddedSize { get; private set; }

    public long RemovedFiles { get; private set; }

    public long RemovedRecords { get; private set; }

    public long RemovedSize { get; private set; }

    public long RemovedPositionDeleteFiles { get; private set; }

    public long RemovedPositionDeletes { get; private set; }

    public long RemovedEqualityDeleteFiles { get; private set; }

    public long RemovedEqualityDeletes { get; private set; }

    public int ManifestsCreated { get; set; }

    public int ManifestsKept { get; set; }

    public int ManifestsReplaced { get; set; }

    public int ChangedPartitions => partitions.Count;

    public void Add(DataFile file)
    {
        AddedFiles++;
        AddedRecords += file.RecordCount;
        AddedSize += file.FileSizeInBytes;
        partitions.Add(PartitionKey.Of(file));
    }

    public void Remove(DataFile file)
    {
        RemovedSize += file.FileSizeInBytes;
        partitions.Add(PartitionKey.Of(file));
        switch (file.Content)
        {
            case FileContent.PositionDeletes:
                RemovedPositionDeleteFiles++;
                RemovedPositionDeletes += file.RecordCount;
                break;
            case FileContent.EqualityDeletes:
                RemovedEqualityDeleteFiles++;
                RemovedEqualityDeletes += file.RecordCount;
                break;
            default:
                RemovedFiles++;
                RemovedRecords += file.RecordCount;
                break;
        }
    }
}
