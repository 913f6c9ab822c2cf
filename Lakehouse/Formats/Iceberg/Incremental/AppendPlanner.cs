using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Finds the files of an append scan: what snapshots of operation <c>append</c> added. Those of other operations count for nothing, as for the reference implementation: a rewrite adds no
/// row, and who wants to know of deletes asks <see cref="ChangePlanner"/>.
/// </summary>
public static class AppendPlanner
{
    /// <summary>The data files that were appended after one snapshot and up to another, in the order of commits; without deletes, since all appended rows count.</summary>
    /// <param name="store">Where the manifests lie.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="fromExclusive">Id of the snapshot after which the range begins; null = the table's beginning.</param>
    /// <param name="to">The last snapshot of the range.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: the range is not there; InvalidData: a manifest is malformed.</exception>
    public static async IAsyncEnumerable<ScanFile> PlanAsync(
        IObjectStore store, TableMetadata metadata, long? fromExclusive, Snapshot to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var snapshot in SnapshotRange.Between(metadata, fromExclusive, to).Where(snapshot => snapshot.Operation is "append" or null))
        {
            var added = new List<ScanFile>();
            var removes = false;
            var manifests = await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
            SnapshotRange.CheckFirst(snapshot, manifests);
            foreach (var manifest in manifests)
            {
                if (manifest.Content == ManifestContent.Data && manifest.AddedSnapshotId == snapshot.SnapshotId)
                {
                    await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).ConfigureAwait(false))
                    {
                        var isOwn = entry.SnapshotId == snapshot.SnapshotId;
                        removes |= isOwn && !entry.IsLive;
                        if (isOwn && entry.Status == ManifestEntryStatus.Added)
                        {
                            added.Add(Changed.File(metadata, entry, null));
                        }
                    }
                }
            }

            // Where a v1 writer named no operation, one that removed files was no append.
            foreach (var file in snapshot.Operation is null && removes ? [] : added)
            {
                yield return file;
            }
        }
    }
}
