using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The summary of a snapshot (specification, "Snapshots", and Appendix F, "Optional Snapshot Summary Fields").</summary>
internal static class SnapshotSummary
{
    public static Dictionary<string, string> Build(SummaryCounts counts, Snapshot? parent, IReadOnlyList<ManifestFile> manifests, IReadOnlyDictionary<string, string> custom)
    {
        var summary = new Dictionary<string, string>(custom, StringComparer.Ordinal) { ["operation"] = Operation(counts) };
        Set(summary, "added-data-files", counts.AddedFiles);
        Set(summary, "added-records", counts.AddedRecords);
        Set(summary, "added-files-size", counts.AddedSize);
        Set(summary, "deleted-data-files", counts.RemovedFiles);
        Set(summary, "deleted-records", counts.RemovedRecords);
        Set(summary, "removed-files-size", counts.RemovedSize);
        Set(summary, "removed-delete-files", counts.RemovedPositionDeleteFiles + counts.RemovedEqualityDeleteFiles);
        Set(summary, "removed-position-delete-files", counts.RemovedPositionDeleteFiles);
        Set(summary, "removed-position-deletes", counts.RemovedPositionDeletes);
        Set(summary, "removed-equality-delete-files", counts.RemovedEqualityDeleteFiles);
        Set(summary, "removed-equality-deletes", counts.RemovedEqualityDeletes);
        Set(summary, "changed-partition-count", counts.ChangedPartitions);

        Set(summary, "manifests-created", counts.ManifestsCreated);
        Set(summary, "manifests-kept", counts.ManifestsKept);
        Set(summary, "manifests-replaced", counts.ManifestsReplaced);

        // What the manifests count is certain; sizes and deletes are only known by adding up from snapshot to snapshot.
        var data = manifests.Where(manifest => manifest.Content == ManifestContent.Data).ToList();
        var deletes = manifests.Where(manifest => manifest.Content == ManifestContent.Deletes).ToList();
        SetTotal(summary, "total-data-files", data.Sum(LiveFiles));
        SetTotal(summary, "total-delete-files", deletes.Sum(LiveFiles));
        SetTotal(summary, "total-records", data.Sum(manifest => (manifest.AddedRowsCount ?? 0) + (manifest.ExistingRowsCount ?? 0)));
        SetTotal(summary, "total-files-size", Carry(parent, "total-files-size", counts.AddedSize - counts.RemovedSize));
        SetTotal(summary, "total-position-deletes", Carry(parent, "total-position-deletes", -counts.RemovedPositionDeletes));
        SetTotal(summary, "total-equality-deletes", Carry(parent, "total-equality-deletes", -counts.RemovedEqualityDeletes));
        return summary;
    }

    private static string Operation(SummaryCounts counts)
    {
        var removes = counts.RemovedFiles + counts.RemovedPositionDeleteFiles + counts.RemovedEqualityDeleteFiles > 0;
        return (removes, counts.AddedFiles > 0) switch
        {
            (false, _) => "append",
            (true, false) => "delete",
            _ => "overwrite",
        };
    }

    private static long LiveFiles(ManifestFile manifest) => (long)(manifest.AddedFilesCount ?? 0) + (manifest.ExistingFilesCount ?? 0);

    private static long? Carry(Snapshot? parent, string name, long change) => (parent is null ? 0 : parent.SummaryNumber(name)) + change is { } total and >= 0 ? total : null;

    private static void Set(Dictionary<string, string> summary, string name, long count)
    {
        if (count > 0)
        {
            summary[name] = count.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static void SetTotal(Dictionary<string, string> summary, string name, long? total)
    {
        if (total is { } number)
        {
            summary[name] = number.ToString(CultureInfo.InvariantCulture);
        }
    }
}
