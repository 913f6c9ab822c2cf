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
            if (file.Deletes.Count > 0)
            {
                var delete = file.Deletes[0].File;
                var kind = delete switch
                {
                    { Content: FileContent.EqualityDeletes } => "equality deletes",
                    { FileFormat: "PUFFIN" } => "deletion vectors",
                    _ => "position deletes",
                };
                throw LakehouseException.Unsupported($"Unsupported: table {target.Name} has {kind} ({delete.FilePath}), which are not applied; compact it with the engine that wrote them.");
            }

            if (file.File.FileFormat != "PARQUET")
            {
                throw LakehouseException.Unsupported($"Unsupported: table {target.Name} has a data file in the format {file.File.FileFormat} ({file.File.FilePath}); only PARQUET is read.");
            }

            if (file.File.KeyMetadata is not null)
            {
                throw LakehouseException.Unsupported($"Unsupported: table {target.Name} has an encrypted data file ({file.File.FilePath}).");
            }
        }

        foreach (var (field, name) in SchemaFields.All(target.Schema))
        {
            if (field.InitialDefault is not null)
            {
                throw LakehouseException.Unsupported($"Unsupported: column {name} of table {target.Name} has a default for rows written before it was added (v3).");
            }
        }
    }
}
