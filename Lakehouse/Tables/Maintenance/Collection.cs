using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Whether files of a table may be deleted: not when its property <c>gc.enabled</c> is false, which says that other tables share them.</summary>
static class Collection
{
    public static void Check(TableMetadata metadata)
    {
        if (metadata.Properties.TryGetValue("gc.enabled", out var text) && bool.TryParse(text, out var enabled) && !enabled)
        {
            throw LakehouseException.Unsupported($"table {metadata.Location}: its property gc.enabled is false, so no file of it is deleted and no snapshot expires.");
        }
    }
}
