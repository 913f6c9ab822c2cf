using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Maintenance;

/// <summary>The files that snapshots need: manifest lists, manifests, and the data and delete files in them. Locations are normalized.</summary>
sealed class ReachableFiles(IObjectStore store)
{
    readonly Dictionary<string, (ManifestFile Manifest, TableMetadata Metadata)> manifests = new(StringComparer.Ordinal);

    /// <summary>Manifest lists by normalized location, with the location as it is spelt.</summary>
    public Dictionary<string, string> Lists { get; } = new(StringComparer.Ordinal);

    /// <summary>Manifests by normalized location.</summary>
    public IReadOnlyDictionary<string, (ManifestFile Manifest, TableMetadata Metadata)> Manifests => manifests;

    /// <summary>Reads the manifest lists of some snapshots.</summary>
    /// <param name="metadata">Their table.</param>
    /// <param name="snapshots">The snapshots.</param>
    /// <param name="mayBeGone">Whether a list that does not exist is passed over: it was deleted before.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task AddAsync(TableMetadata metadata, IEnumerable<Snapshot> snapshots, bool mayBeGone, CancellationToken cancellationToken)
    {
        foreach (var snapshot in snapshots)
        {
            if (snapshot.ManifestList is { } list && !Lists.TryAdd(TableLocations.Normalize(list), list))
            {
                continue;
            }

            try
            {
                foreach (var manifest in await ManifestListReader.ReadAsync(store, snapshot, cancellationToken))
                {
                    manifests.TryAdd(TableLocations.Normalize(manifest.ManifestPath), (manifest, metadata));
                }
            }
            catch (LakehouseException exception) when (mayBeGone && exception.Kind == LakehouseErrorKind.NotFound)
            {
                // Nothing to be learned from it, and nothing to be deleted.
            }
        }
    }

    /// <summary>The data and delete files that manifests name, as they are spelt.</summary>
    /// <param name="chosen">Which manifests; null = all.</param>
    /// <param name="onlyLive">Whether files that a manifest removes are left out.</param>
    /// <param name="mayBeGone">Whether a manifest that does not exist is passed over.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<string> FilesAsync(
        Func<string, bool>? chosen, bool onlyLive, bool mayBeGone, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (location, (manifest, metadata)) in manifests.Where(item => chosen?.Invoke(item.Key) != false))
        {
            await using var entries = ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await entries.MoveNextAsync())
                    {
                        break;
                    }
                }
                catch (LakehouseException exception) when (mayBeGone && exception.Kind == LakehouseErrorKind.NotFound)
                {
                    break;
                }

                if (!onlyLive || entries.Current.IsLive)
                {
                    yield return entries.Current.DataFile.FilePath;
                }
            }
        }
    }
}
