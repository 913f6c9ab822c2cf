using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Finds what each snapshot changed, by comparing it with its parent: data files added and removed, and data files that other deletes apply to than before. Manifests that both have
/// are read only when deletes changed. Snapshots of operation <c>replace</c> change no rows.
/// </summary>
public static class ChangePlanner
{
    /// <summary>The changes after one snapshot and up to another, oldest first.</summary>
    /// <param name="store">Where the manifests lie.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="fromExclusive">Id of the snapshot after which the range begins; null = the table's beginning.</param>
    /// <param name="to">The last snapshot of the range.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: the range is not there; InvalidData: a manifest is malformed; Unsupported: a parent that is needed has expired.</exception>
    public static async IAsyncEnumerable<SnapshotFileChanges> PlanAsync(
        IObjectStore store, TableMetadata metadata, long? fromExclusive, Snapshot to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var ordinal = 0;
        foreach (var snapshot in SnapshotRange.Between(metadata, fromExclusive, to).Where(snapshot => snapshot.Operation != "replace"))
        {
            var manifests = await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
            SnapshotRange.CheckFirst(snapshot, manifests);
            if (snapshot.ParentSnapshotId is { } parentId && metadata.SnapshotById(parentId) is null)
            {
                yield return new SnapshotFileChanges(snapshot, ordinal++, await ByStatusAsync(store, metadata, snapshot, manifests, cancellationToken).ConfigureAwait(false));
                continue;
            }

            var parent = snapshot.ParentSnapshotId is { } id ? metadata.SnapshotById(id) : null;
            var before = parent is null ? [] : await ManifestListReader.ReadAsync(store, parent, cancellationToken).ConfigureAwait(false);
            yield return new SnapshotFileChanges(snapshot, ordinal++, await CompareAsync(store, metadata, before, manifests, cancellationToken).ConfigureAwait(false));
        }
    }

    private static async Task<List<FileChange>> CompareAsync(
        IObjectStore store, TableMetadata metadata, IReadOnlyList<ManifestFile> before, IReadOnlyList<ManifestFile> after, CancellationToken cancellationToken)
    {
        var (old, fresh, same) = (new List<ManifestFile>(), new List<ManifestFile>(), new List<ManifestFile>());
        var known = before.Select(manifest => manifest.ManifestPath).ToHashSet(StringComparer.Ordinal);
        var kept = after.Select(manifest => manifest.ManifestPath).ToHashSet(StringComparer.Ordinal);
        old.AddRange(before.Where(manifest => !kept.Contains(manifest.ManifestPath)));
        fresh.AddRange(after.Where(manifest => !known.Contains(manifest.ManifestPath)));
        same.AddRange(after.Where(manifest => known.Contains(manifest.ManifestPath)));

        var deletesBefore = await Changed.DeletesAsync(store, metadata, before, cancellationToken).ConfigureAwait(false);
        var deletesAfter = await Changed.DeletesAsync(store, metadata, after, cancellationToken).ConfigureAwait(false);
        var gone = new Dictionary<string, ManifestEntry>(StringComparer.Ordinal);
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, old.Where(Changed.IsLiveData), cancellationToken).ConfigureAwait(false))
        {
            gone[TableLocations.Normalize(entry.DataFile.FilePath)] = entry;
        }

        var changes = new List<FileChange>();
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, fresh.Where(Changed.IsLiveData), cancellationToken).ConfigureAwait(false))
        {
            var now = Changed.File(metadata, entry, deletesAfter);
            if (gone.Remove(TableLocations.Normalize(entry.DataFile.FilePath), out var then))
            {
                AddWhenDeletesDiffer(changes, Changed.File(metadata, then, deletesBefore), now);
            }
            else
            {
                changes.Add(new FileChange(null, now));
            }
        }

        changes.AddRange(gone.Values.Select(entry => new FileChange(Changed.File(metadata, entry, deletesBefore), null)));
        if (old.Concat(fresh).Any(manifest => manifest.Content == ManifestContent.Deletes))
        {
            await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, same.Where(Changed.IsLiveData), cancellationToken).ConfigureAwait(false))
            {
                AddWhenDeletesDiffer(changes, Changed.File(metadata, entry, deletesBefore), Changed.File(metadata, entry, deletesAfter));
            }
        }

        return changes;
    }

    private static void AddWhenDeletesDiffer(List<FileChange> changes, ScanFile before, ScanFile after)
    {
        if (before.Deletes.Count + after.Deletes.Count > 0 && !FileChange.Keys(before).SetEquals(FileChange.Keys(after)))
        {
            changes.Add(new FileChange(before, after));
        }
    }

    /// <summary>Without its parent, a snapshot's own entries say what it added and removed. Which rows of a removed file were deleted before, or of which rows deletes are, they do not say.</summary>
    private static async Task<List<FileChange>> ByStatusAsync(
        IObjectStore store, TableMetadata metadata, Snapshot snapshot, IReadOnlyList<ManifestFile> manifests, CancellationToken cancellationToken)
    {
        if (manifests.Any(manifest => manifest.Content == ManifestContent.Deletes))
        {
            throw LakehouseException.Unsupported($"changes of snapshot {snapshot.SnapshotId}, which has delete files: its parent {snapshot.ParentSnapshotId} has expired");
        }

        var changes = new List<FileChange>();
        foreach (var manifest in manifests.Where(manifest => manifest.AddedSnapshotId == snapshot.SnapshotId))
        {
            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).ConfigureAwait(false))
            {
                if (entry.SnapshotId == snapshot.SnapshotId && entry.Status != ManifestEntryStatus.Existing)
                {
                    var file = Changed.File(metadata, entry, null);
                    changes.Add(entry.IsLive ? new FileChange(null, file) : new FileChange(file, null));
                }
            }
        }

        return changes;
    }
}
