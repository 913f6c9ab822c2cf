using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>What the snapshots of a branch did since one of its ancestors.</summary>
internal sealed class BranchHistory(IObjectStore store, TableMetadata metadata, IReadOnlyList<Snapshot> snapshots)
{
    /// <summary>The snapshots, oldest first.</summary>
    public IReadOnlyList<Snapshot> Snapshots => snapshots;

    /// <exception cref="LakehouseException">Conflict: the ancestor is none, or snapshots in between have expired.</exception>
    public static BranchHistory Since(IObjectStore store, TableMetadata metadata, Snapshot? head, long? startingSnapshotId)
    {
        var since = new List<Snapshot>();
        for (var snapshot = head; snapshot?.SnapshotId != startingSnapshotId; snapshot = snapshot.ParentSnapshotId is { } parent ? metadata.SnapshotById(parent) : null)
        {
            if (snapshot is null)
            {
                throw new LakehouseException(
                    LakehouseErrorKind.Conflict,
                    $"snapshot {startingSnapshotId}, which the change started from, is no ancestor of snapshot {head?.SnapshotId.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"} any more: what happened since can't be told");
            }

            since.Add(snapshot);
            if (snapshot.ParentSnapshotId is { } missing && startingSnapshotId is null && metadata.SnapshotById(missing) is null)
            {
                throw new LakehouseException(LakehouseErrorKind.Conflict, $"snapshot {missing} has expired: what happened since the branch was empty can't be told");
            }
        }

        since.Reverse();
        return new BranchHistory(store, metadata, since);
    }

    /// <summary>The files that each snapshot added or removed, by the content of their manifests.</summary>
    /// <param name="content">Data files or delete files.</param>
    /// <param name="status">Added or deleted.</param>
    /// <param name="operations">Operations of the snapshots to look at; one that states none is looked at always.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<(Snapshot Snapshot, ManifestEntry Entry)> FilesAsync(
        ManifestContent content, ManifestEntryStatus status, string[] operations, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var snapshot in snapshots.Where(snapshot => snapshot.Operation is null || operations.Contains(snapshot.Operation)))
        {
            foreach (var manifest in await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false))
            {
                var count = status == ManifestEntryStatus.Added ? manifest.AddedFilesCount : manifest.DeletedFilesCount;
                if (manifest.Content != content || manifest.AddedSnapshotId != snapshot.SnapshotId || count == 0)
                {
                    continue;
                }

                await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).ConfigureAwait(false))
                {
                    if (entry.Status == status && entry.SnapshotId == snapshot.SnapshotId)
                    {
                        yield return (snapshot, entry);
                    }
                }
            }
        }
    }
}
