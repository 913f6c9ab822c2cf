namespace Lakehouse.Formats.Iceberg;

/// <summary>Which files of a branch a new snapshot removes, and which of those that it names were found.</summary>
internal sealed class FileRemoval
{
    private readonly SnapshotChange change;
    private readonly HashSet<string> missingData;
    private readonly HashSet<FileKey> missingDeletes;
    private readonly HashSet<PartitionKey> partitions;
    private readonly HashSet<string> removedData = new(StringComparer.Ordinal);
    private readonly HashSet<string> vectorTargets;

    private readonly ConflictCheck? conflicts;

    public FileRemoval(SnapshotChange change, ConflictCheck? conflicts)
    {
        this.change = change;
        this.conflicts = conflicts;
        missingData = change.RemovedDataFiles.Select(TableLocations.Normalize).ToHashSet(StringComparer.Ordinal);
        missingDeletes = change.RemovedDeleteFiles.Select(DeleteScope.KeyOf).ToHashSet();
        partitions = [.. change.ReplacedPartitions];
        vectorTargets = change.AddedDeleteFiles.Where(DeleteScope.IsVector).Select(file => TableLocations.Normalize(file.ReferencedDataFile!)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether a data manifest has to be looked into.</summary>
    public bool ConcernsData(ManifestFile manifest) =>
        change.RemovesAll || missingData.Count > 0 || partitions.Any(partition => partition.SpecId == manifest.PartitionSpecId);

    /// <summary>Whether a delete manifest has to be looked into, once all data manifests were.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="leastSequenceNumber">Least data sequence number of the live data files; deletes below it apply to nothing.</param>
    public bool ConcernsDeletes(ManifestFile manifest, long leastSequenceNumber) =>
        change.RemovesAll || missingDeletes.Count > 0 || removedData.Count > 0 || vectorTargets.Count > 0
        || partitions.Any(partition => partition.SpecId == manifest.PartitionSpecId)
        || (change.Removes && IsOutdated(manifest.MinSequenceNumber, leastSequenceNumber));

    /// <exception cref="LakehouseException">Conflict: others deleted rows of the file since.</exception>
    public bool RemovesData(ManifestEntry entry)
    {
        var file = entry.DataFile;
        var location = TableLocations.Normalize(file.FilePath);
        var removes = missingData.Remove(location) || change.RemovesAll || partitions.Contains(PartitionKey.Of(file));
        if (removes)
        {
            removedData.Add(location);
            conflicts?.CheckRemoval(entry);
        }

        return removes;
    }

    /// <exception cref="LakehouseException">Conflict: the data file of a new deletion vector has one that the change does not know.</exception>
    public bool RemovesDeletes(ManifestEntry entry, long leastSequenceNumber)
    {
        var file = entry.DataFile;
        if (missingDeletes.Remove(DeleteScope.KeyOf(file)) || change.RemovesAll || partitions.Contains(PartitionKey.Of(file)))
        {
            return true;
        }

        // Deletes of a file that goes have nothing left to apply to, nor have those that are older than every data file.
        var only = DeleteScope.OnlyFile(file);
        if ((only is not null && removedData.Contains(only)) || (change.Removes && IsOutdated(entry.SequenceNumber ?? 0, leastSequenceNumber)))
        {
            return true;
        }

        return only is not null && DeleteScope.IsVector(file) && vectorTargets.Contains(only)
            ? throw new LakehouseException(LakehouseErrorKind.Conflict, $"data file {file.ReferencedDataFile} has a deletion vector already, {file.FilePath} at {file.ContentOffset}, of snapshot {entry.SnapshotId}")
            : false;
    }

    /// <summary>Throws when a file that was to be removed was not there.</summary>
    public void CheckAllFound(string branch)
    {
        var missing = missingData.Count + missingDeletes.Count;
        if (missing > 0)
        {
            var example = missingData.Count > 0 ? missingData.First() : missingDeletes.First().Location;
            throw new LakehouseException(LakehouseErrorKind.Conflict, $"{missing} of the files to remove are not part of branch {branch} any more, among them {example}");
        }
    }

    // Number 0 is of v1, where there were no deletes.
    private static bool IsOutdated(long sequenceNumber, long leastSequenceNumber) => sequenceNumber > 0 && sequenceNumber < leastSequenceNumber;
}
