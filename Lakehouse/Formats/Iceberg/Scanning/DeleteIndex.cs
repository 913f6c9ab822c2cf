namespace Lakehouse.Formats.Iceberg;

/// <summary>The delete files of a snapshot, by what they can apply to (specification, "Scan Planning").</summary>
internal sealed class DeleteIndex
{
    private readonly List<ScanDelete> globalEquality = [];
    private readonly Dictionary<PartitionKey, List<ScanDelete>> equality = [];
    private readonly Dictionary<PartitionKey, List<(ScanDelete Delete, PathRange? Paths)>> positions = [];
    private readonly Dictionary<string, List<ScanDelete>> positionsByFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ScanDelete>> vectors = new(StringComparer.Ordinal);

    public void Add(DataFile file, long sequenceNumber, PartitionSpec spec)
    {
        var delete = new ScanDelete(file, sequenceNumber, spec);
        if (file.Content == FileContent.EqualityDeletes)
        {
            (spec.IsUnpartitioned ? globalEquality : ListOf(equality, PartitionKey.Of(file))).Add(delete);
        }
        else if (DeleteScope.IsVector(file))
        {
            var path = file.ReferencedDataFile ?? throw LakehouseException.InvalidData($"{file.FilePath}: a deletion vector without referenced_data_file");
            ListOf(vectors, TableLocations.Normalize(path)).Add(delete);
        }
        else if (DeleteScope.OnlyFile(file) is { } only)
        {
            ListOf(positionsByFile, only).Add(delete);
        }
        else
        {
            ListOf(positions, PartitionKey.Of(file)).Add((delete, PathRange.Of(file)));
        }
    }

    public IReadOnlyList<ScanDelete> For(DataFile file, long sequenceNumber)
    {
        if (globalEquality.Count + equality.Count + positions.Count + positionsByFile.Count + vectors.Count == 0)
        {
            return [];
        }

        var path = TableLocations.Normalize(file.FilePath);
        var partition = PartitionKey.Of(file);
        // Equality deletes are for older rows only; position deletes for those of the same commit too.
        var applicable = new List<ScanDelete>();
        applicable.AddRange(globalEquality.Where(delete => delete.DataSequenceNumber > sequenceNumber));
        applicable.AddRange(Find(equality, partition).Where(delete => delete.DataSequenceNumber > sequenceNumber));
        var vector = Find(vectors, path).Where(delete => delete.DataSequenceNumber >= sequenceNumber && PartitionKey.Of(delete.File) == partition).MaxBy(delete => delete.DataSequenceNumber);
        if (vector is not null)
        {
            // It holds all deletes of the position delete files before it.
            applicable.Add(vector);
            return applicable;
        }

        applicable.AddRange(Find(positions, partition).Where(item => item.Delete.DataSequenceNumber >= sequenceNumber && item.Paths?.MayHold(path) != false).Select(item => item.Delete));
        applicable.AddRange(Find(positionsByFile, path).Where(delete => delete.DataSequenceNumber >= sequenceNumber && PartitionKey.Of(delete.File) == partition));
        return applicable;
    }

    private static List<TItem> ListOf<TKey, TItem>(Dictionary<TKey, List<TItem>> index, TKey key)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var list))
        {
            index[key] = list = [];
        }

        return list;
    }

    private static List<TItem> Find<TKey, TItem>(Dictionary<TKey, List<TItem>> index, TKey key)
        where TKey : notnull => index.GetValueOrDefault(key) ?? [];
}
