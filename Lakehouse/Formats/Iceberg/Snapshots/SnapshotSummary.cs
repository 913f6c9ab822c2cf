using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The summary of a snapshot (specification, "Snapshots", and Appendix F, "Optional Snapshot Summary Fields").</summary>
internal static class SnapshotSummary
{
    public static Dictionary<string, string> Build(SummaryCounts counts, SnapshotChange change, Snapshot? parent, IReadOnlyList<ManifestFile> manifests)
    {
        var summary = new Dictionary<string, string>(change.Summary, StringComparer.Ordinal) { ["operation"] = Operation(counts, change) };
        Set(summary, "added-data-files", counts.AddedFiles);
        Set(summary, "added-records", counts.AddedRecords);
        Set(summary, "added-files-size", counts.AddedSize);
        Set(summary, "deleted-data-files", counts.RemovedFiles);
        Set(summary, "deleted-records", counts.RemovedRecords);
        Set(summary, "removed-files-size", counts.RemovedSize);
        SetDeletes(summary, "added", counts.AddedDeletes);
        SetDeletes(summary, "removed", counts.RemovedDeletes);
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
        SetTotal(summary, "total-position-deletes", Carry(parent, "total-position-deletes", counts.AddedDeletes.Positions - counts.RemovedDeletes.Positions));
        SetTotal(summary, "total-equality-deletes", Carry(parent, "total-equality-deletes", counts.AddedDeletes.Equalities - counts.RemovedDeletes.Equalities));
        return summary;
    }

    private static string Operation(SummaryCounts counts, SnapshotChange change)
    {
        if (change.Operation is { } stated)
        {
            return stated switch
            {
                SnapshotOperation.Append => "append",
                SnapshotOperation.Delete => "delete",
                SnapshotOperation.Replace => "replace",
                _ => "overwrite",
            };
        }

        var deletes = counts.RemovedFiles + counts.RemovedDeletes.Files + counts.AddedDeletes.Files > 0;
        return (deletes, counts.AddedFiles > 0) switch
        {
            (false, _) => "append",
            (true, false) => "delete",
            _ => "overwrite",
        };
    }

    private static void SetDeletes(Dictionary<string, string> summary, string what, DeleteCounts counts)
    {
        Set(summary, $"{what}-delete-files", counts.Files);
        Set(summary, $"{what}-position-delete-files", counts.PositionFiles);
        Set(summary, $"{what}-dvs", counts.Vectors);
        Set(summary, $"{what}-position-deletes", counts.Positions);
        Set(summary, $"{what}-equality-delete-files", counts.EqualityFiles);
        Set(summary, $"{what}-equality-deletes", counts.Equalities);
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
