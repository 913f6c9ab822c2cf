using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>Refuses by name what a scan would get wrong.</summary>
internal static class ScanSupport
{
    public static void Check(ScanTarget target)
    {
        foreach (var file in target.Files)
        {
            Check(target, file.File, "data file");
            foreach (var delete in file.Deletes)
            {
                Check(target, delete.File, "delete file");
            }
        }

        foreach (var (field, name) in SchemaFields.All(target.Schema))
        {
            if (field.Type == IcebergType.TimestampTzNs)
            {
                throw LakehouseException.Unsupported($"Unsupported: column {name} of table {target.Name} is timestamptz_ns, which is read only to the microsecond.");
            }
        }
    }

    static void Check(ScanTarget target, DataFile file, string kind)
    {
        if (file.FileFormat is not "PARQUET" && !(file.Content == FileContent.PositionDeletes && (file.FileFormat == "PUFFIN" || file.ContentOffset is not null)))
        {
            throw LakehouseException.Unsupported($"Unsupported: table {target.Name} has a {kind} in the format {file.FileFormat} ({file.FilePath}); only PARQUET is read.");
        }

        if (file.KeyMetadata is not null)
        {
            throw LakehouseException.Unsupported($"Unsupported: table {target.Name} has an encrypted {kind} ({file.FilePath}).");
        }
    }
}
