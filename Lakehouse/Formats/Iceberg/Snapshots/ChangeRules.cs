namespace Lakehouse.Formats.Iceberg;

/// <summary>What has to hold for a change of files, whatever the branch has.</summary>
internal static class ChangeRules
{
    public static void Check(TableMetadata metadata, SnapshotChange change)
    {
        if (metadata.FormatVersion is < 2 or > 3)
        {
            throw LakehouseException.Unsupported($"writing to a table of format version {metadata.FormatVersion} is not supported, only 2 and 3: upgrade it");
        }

        CheckOperation(change);
        var added = new HashSet<(string, long?)>();
        foreach (var file in change.AddedDataFiles.Concat(change.AddedDeleteFiles))
        {
            if (file.FilePath.Length == 0 || !added.Add((file.FilePath, file.ContentOffset)))
            {
                throw LakehouseException.InvalidData($"file \"{file.FilePath}\" is added twice, or has no location");
            }

            CheckFile(metadata, file);
        }

        if (change.AddedDataFiles.FirstOrDefault(file => file.Content != FileContent.Data) is { } noData)
        {
            throw LakehouseException.InvalidData($"{noData.FilePath}: is a delete file, and among the added data files");
        }

        var vectors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in change.AddedDeleteFiles)
        {
            CheckDeletes(metadata, file);
            if (DeleteScope.IsVector(file) && !vectors.Add(TableLocations.Normalize(file.ReferencedDataFile!)))
            {
                throw LakehouseException.InvalidData($"{file.FilePath}: data file {file.ReferencedDataFile} gets two deletion vectors");
            }
        }
    }

    private static void CheckOperation(SnapshotChange change)
    {
        var problem = change.Operation switch
        {
            SnapshotOperation.Append when !change.OnlyAppends => "an append neither removes files nor adds delete files",
            not SnapshotOperation.Replace when change.RewrittenManifests.Count > 0 => "manifests are written anew by operation replace",
            SnapshotOperation.Replace when change.RewrittenManifests.Count > 0 && (change.Removes || change.AddedDataFiles.Count + change.AddedDeleteFiles.Count > 0) =>
                "a change that writes manifests anew changes no files",
            SnapshotOperation.Delete when change.AddedDataFiles.Count > 0 => "a delete adds no data files",
            _ => null,
        };
        if (problem is not null)
        {
            throw LakehouseException.InvalidData(problem);
        }

        if (change.DataSequenceNumber < 0)
        {
            throw LakehouseException.InvalidData($"the data sequence number {change.DataSequenceNumber} is negative");
        }
    }

    private static void CheckFile(TableMetadata metadata, DataFile file)
    {
        if (metadata.SpecById(file.SpecId) is not { } spec)
        {
            throw LakehouseException.InvalidData($"{file.FilePath}: the table has no partition spec {file.SpecId}");
        }

        if (spec.Fields.Count != file.Partition.Count)
        {
            throw LakehouseException.InvalidData($"{file.FilePath}: has {file.Partition.Count} partition values, partition spec {spec.SpecId} has {spec.Fields.Count} fields");
        }

        if (file.RecordCount < 0 || file.FileSizeInBytes < 0)
        {
            throw LakehouseException.InvalidData($"{file.FilePath}: its record count or size is negative");
        }
    }

    private static void CheckDeletes(TableMetadata metadata, DataFile file)
    {
        switch (file.Content)
        {
            case FileContent.Data:
                throw LakehouseException.InvalidData($"{file.FilePath}: is a data file, and among the added delete files");
            case FileContent.EqualityDeletes when file.EqualityIds is not { Count: > 0 }:
                throw LakehouseException.InvalidData($"{file.FilePath}: equality deletes without equality_ids");
            case FileContent.PositionDeletes when DeleteScope.IsVector(file):
                CheckVector(metadata, file);
                break;
            case FileContent.PositionDeletes when metadata.FormatVersion >= 3:
                throw LakehouseException.Unsupported($"{file.FilePath}: format version 3 takes deletion vectors, no new position delete files");
        }
    }

    private static void CheckVector(TableMetadata metadata, DataFile file)
    {
        if (metadata.FormatVersion < 3)
        {
            throw LakehouseException.Unsupported($"{file.FilePath}: a deletion vector needs format version 3, the table has {metadata.FormatVersion}");
        }

        if (file.FileFormat != "PUFFIN" || file.ReferencedDataFile is not { Length: > 0 } || file.ContentOffset is not >= 0 || file.ContentSizeInBytes is not > 0)
        {
            throw LakehouseException.InvalidData($"{file.FilePath}: a deletion vector is PUFFIN and has referenced_data_file, content_offset and content_size_in_bytes");
        }
    }
}
