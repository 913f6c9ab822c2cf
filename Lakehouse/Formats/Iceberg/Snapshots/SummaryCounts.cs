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

    public DeleteCounts AddedDeletes { get; } = new();

    public DeleteCounts RemovedDeletes { get; } = new();

    public int ManifestsCreated { get; set; }

    public int ManifestsKept { get; set; }

    public int ManifestsReplaced { get; set; }

    public int ChangedPartitions => partitions.Count;

    public void Add(DataFile file)
    {
        AddedSize += SizeOf(file);
        partitions.Add(PartitionKey.Of(file));
        if (file.Content == FileContent.Data)
        {
            AddedFiles++;
            AddedRecords += file.RecordCount;
        }
        else
        {
            AddedDeletes.Add(file);
        }
    }

    public void Remove(DataFile file)
    {
        RemovedSize += SizeOf(file);
        partitions.Add(PartitionKey.Of(file));
        if (file.Content == FileContent.Data)
        {
            RemovedFiles++;
            RemovedRecords += file.RecordCount;
        }
        else
        {
            RemovedDeletes.Add(file);
        }
    }

    // Several vectors share a Puffin file: each counts for its own part.
    private static long SizeOf(DataFile file) => file.ContentSizeInBytes ?? file.FileSizeInBytes;
}

/// <summary>Delete files by kind, and the deletes in them.</summary>
internal sealed class DeleteCounts
{
    public long Files => PositionFiles + Vectors + EqualityFiles;

    public long PositionFiles { get; private set; }

    public long Vectors { get; private set; }

    public long Positions { get; private set; }

    public long EqualityFiles { get; private set; }

    public long Equalities { get; private set; }

    public void Add(DataFile file)
    {
        if (file.Content == FileContent.EqualityDeletes)
        {
            EqualityFiles++;
            Equalities += file.RecordCount;
            return;
        }

        Positions += file.RecordCount;
        if (DeleteScope.IsVector(file))
        {
            Vectors++;
        }
        else
        {
            PositionFiles++;
        }
    }
}
