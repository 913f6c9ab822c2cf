using System.Runtime.CompilerServices;
using Lakehouse.Formats.Expressions;
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
    public static IAsyncEnumerable<ScanFile> PlanAsync(IObjectStore store, TableMetadata metadata, long? fromExclusive, Snapshot to, CancellationToken cancellationToken = default) =>
        PlanAsync(store, metadata, fromExclusive, to, filter: null, options: null, cancellationToken);

    /// <summary>As without a filter; files none of whose rows pass it may be left out.</summary>
    /// <param name="store">Where the manifests lie.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="fromExclusive">Id of the snapshot after which the range begins; null = the table's beginning.</param>
    /// <param name="to">The last snapshot of the range.</param>
    /// <param name="filter">Which rows are wanted; null = all.</param>
    /// <param name="options">How to plan. A part of the manifests may be asked of a range of one snapshot whose writer named its operation.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: the range is not there; InvalidData: a manifest is malformed.</exception>
    public static async IAsyncEnumerable<ScanFile> PlanAsync(
        IObjectStore store, TableMetadata metadata, long? fromExclusive, Snapshot to, Expression? filter, ScanPlanOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= new ScanPlanOptions();
        var files = filter is null ? null : new FileFilter(filter, metadata, options.Schema);
        foreach (var snapshot in Appends(metadata, fromExclusive, to))
        {
            var (held, removes) = (new List<ScanFile>(), false);
            foreach (var (place, manifest) in await ManifestsAsync(store, snapshot, cancellationToken).ConfigureAwait(false))
            {
                if (options.Manifests?.Holds(place) == false || (snapshot.Operation is not null && files?.MayPass(manifest) == false))
                {
                    continue;
                }

                await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).ConfigureAwait(false))
                {
                    var isOwn = entry.SnapshotId == snapshot.SnapshotId;
                    removes |= isOwn && !entry.IsLive;
                    if (isOwn && entry.Status == ManifestEntryStatus.Added && files?.MayPass(entry.DataFile) != false)
                    {
                        var file = Changed.File(metadata, entry, null);
                        if (snapshot.Operation is not null)
                        {
                            yield return file;
                        }
                        else
                        {
                            held.Add(file);
                        }
                    }
                }
            }

            // Where a v1 writer named no operation, one that removed files was no append.
            foreach (var file in removes ? [] : held)
            {
                yield return file;
            }
        }
    }

    /// <summary>The snapshots of a range whose files count, oldest first.</summary>
    /// <exception cref="LakehouseException">NotFound: the range is not there.</exception>
    public static IReadOnlyList<Snapshot> Appends(TableMetadata metadata, long? fromExclusive, Snapshot to) =>
        [.. SnapshotRange.Between(metadata, fromExclusive, to).Where(snapshot => snapshot.Operation is "append" or null)];

    /// <summary>The manifests of data files that an appending snapshot added.</summary>
    /// <exception cref="LakehouseException">NotFound: what the snapshot added can't be told, since those before it have expired.</exception>
    public static async Task<IReadOnlyList<PlacedManifest>> ManifestsAsync(IObjectStore store, Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        var manifests = await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
        SnapshotRange.CheckFirst(snapshot, manifests);
        return [.. manifests.Where(manifest => manifest.Content == ManifestContent.Data && manifest.AddedSnapshotId == snapshot.SnapshotId).Select((manifest, place) => new PlacedManifest(place, manifest))];
    }
}
