namespace Lakehouse.Formats.Iceberg;

/// <summary>Row ids of a v3 table (specification, "Row Lineage"): each data manifest without a first row id gets one, from the table's next row id on, by the rows of its live files.</summary>
internal static class RowIds
{
    /// <summary>The manifests with their first row ids, and how many ids the snapshot takes; null below v3.</summary>
    public static (IReadOnlyList<ManifestFile> Manifests, long? AddedRows) Assign(TableMetadata metadata, IReadOnlyList<ManifestFile> manifests)
    {
        if (metadata.FormatVersion < 3)
        {
            return (manifests, null);
        }

        var first = metadata.NextRowId ?? 0;
        var next = first;
        var numbered = new List<ManifestFile>(manifests.Count);
        foreach (var manifest in manifests)
        {
            if (manifest.Content != ManifestContent.Data || manifest.FirstRowId is not null)
            {
                numbered.Add(manifest);
                continue;
            }

            // Also manifests from before an upgrade: their rows get ids with the first snapshot after it.
            numbered.Add(manifest with { FirstRowId = next });
            next = checked(next + (manifest.AddedRowsCount ?? 0) + (manifest.ExistingRowsCount ?? 0));
        }

        return (numbered, next - first);
    }
}
