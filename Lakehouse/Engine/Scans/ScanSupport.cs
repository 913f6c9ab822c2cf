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

        CheckNames(target.Name, target.Schema.Fields, "");
        foreach (var (field, name) in SchemaFields.All(target.Schema))
        {
            if (field.Type is StructType structure)
            {
                CheckNames(target.Name, structure.Fields, $" within {name}");
            }

            if (field.Type == IcebergType.TimestampTzNs)
            {
                throw LakehouseException.Unsupported($"Unsupported: column {name} of table {target.Name} is timestamptz_ns, which is read only to the microsecond.");
            }
        }
    }

    static void Check(ScanTarget target, DataFile file, string kind)
    {
        if (file.FileFormat is not ("PARQUET" or "AVRO") && !file.IsDeletionVector())
        {
            throw LakehouseException.Unsupported($"Unsupported: table {target.Name} has a {kind} in the format {file.FileFormat} ({file.FilePath}); PARQUET and AVRO are read.");
        }

        if (file.KeyMetadata is not null)
        {
            throw LakehouseException.Unsupported($"Unsupported: table {target.Name} has an encrypted {kind} ({file.FilePath}).");
        }
    }

    /// <summary>SQL would take one for the other.</summary>
    static void CheckNames(string table, IReadOnlyList<NestedField> fields, string place)
    {
        if (fields.GroupBy(field => field.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw LakehouseException.Unsupported($"Unsupported: columns {string.Join(" and ", same.Select(field => field.Name))} of table {table}{place} differ only in case.");
        }
    }
}
