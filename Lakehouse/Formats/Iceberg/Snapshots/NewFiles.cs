namespace Lakehouse.Formats.Iceberg;

/// <summary>What has to hold for files that are added to a table.</summary>
internal static class NewFiles
{
    public static void Check(TableMetadata metadata, IReadOnlyList<DataFile> files)
    {
        if (metadata.FormatVersion != 2)
        {
            throw LakehouseException.Unsupported($"writing to a table of format version {metadata.FormatVersion} is not supported, only 2");
        }

        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (file.FilePath.Length == 0 || !paths.Add(file.FilePath))
            {
                throw LakehouseException.InvalidData($"file \"{file.FilePath}\" is added twice, or has no location");
            }

            if (file.Content != FileContent.Data)
            {
                throw LakehouseException.InvalidData($"{file.FilePath}: only data files can be added, not delete files");
            }

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
    }
}
