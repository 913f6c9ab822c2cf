using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Signing;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace LakeAspire.Catalog.History;

/// <summary>Whether the files of a table's current snapshot are all there: metadata file, manifest list, manifests, data and delete files.</summary>
internal sealed class SnapshotFiles(IObjectStore store, MetadataFiles files)
{
    const int LooksAtOnce = 8;

    /// <summary>The first file that is missing; null when all are there. The table's folder is listed once, and only what lies elsewhere is asked for one by one.</summary>
    public Task<string?> FirstMissingAsync(string metadataLocation, CancellationToken cancellationToken) => LookAsync(metadataLocation, ListedAsync, cancellationToken);

    /// <summary>The same of the metadata and of a sample of the files: the oldest, which are the first that upkeep takes.</summary>
    public Task<string?> FirstMissingOfOldestAsync(string metadataLocation, int sample, CancellationToken cancellationToken) => LookAsync(
        metadataLocation,
        async (metadata, manifests, stop) =>
        {
            var oldest = await EntriesAsync([.. manifests.OrderBy(manifest => manifest.SequenceNumber)], metadata, stop).Take(sample).ToListAsync(stop);
            return await FirstAbsentAsync(manifests.Take(sample).Select(manifest => manifest.ManifestPath).Concat(oldest), stop);
        },
        cancellationToken);

    async Task<string?> LookAsync(string metadataLocation, Func<TableMetadata, IReadOnlyList<ManifestFile>, CancellationToken, Task<string?>> look, CancellationToken cancellationToken)
    {
        // What was read once is remembered, whether it is there still or not.
        if (await store.StatAsync(metadataLocation, cancellationToken) is null)
        {
            return metadataLocation;
        }

        var reading = metadataLocation;
        try
        {
            var metadata = await files.ReadAsync(metadataLocation, cancellationToken);
            if (metadata.CurrentSnapshot is not { } snapshot)
            {
                return null;
            }

            reading = snapshot.ManifestList ?? metadataLocation;
            var manifests = await ManifestListReader.ReadAsync(store, snapshot, cancellationToken);
            reading = $"a manifest in {reading}";
            return await look(metadata, manifests, cancellationToken);
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.NotFound)
        {
            return reading;
        }
    }

    async Task<string?> ListedAsync(TableMetadata metadata, IReadOnlyList<ManifestFile> manifests, CancellationToken cancellationToken)
    {
        var wanted = new HashSet<ulong>();
        await foreach (var file in EntriesAsync(manifests, metadata, cancellationToken))
        {
            wanted.Add(NeededFiles.DigestOf(file));
        }

        if (wanted.Count > 0)
        {
            await foreach (var item in store.ListAsync(metadata.Location.TrimEnd('/') + "/", cancellationToken))
            {
                wanted.Remove(NeededFiles.DigestOf(item.Location));
            }
        }

        return wanted.Count == 0 ? null : await FirstAbsentAsync(await EntriesAsync(manifests, metadata, cancellationToken).Where(file => wanted.Contains(NeededFiles.DigestOf(file))).Distinct().ToListAsync(cancellationToken), cancellationToken);
    }

    async IAsyncEnumerable<string> EntriesAsync(IReadOnlyList<ManifestFile> manifests, TableMetadata metadata, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var manifest in manifests)
        {
            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken))
            {
                if (entry.IsLive)
                {
                    yield return entry.DataFile.FilePath;
                }
            }
        }
    }

    async Task<string?> FirstAbsentAsync(IEnumerable<string> locations, CancellationToken cancellationToken)
    {
        string? absent = null;
        await Parallel.ForEachAsync(locations, new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken }, async (location, stop) =>
        {
            if (absent is null && await store.StatAsync(location, stop) is null)
            {
                absent = location;
            }
        });
        return absent;
    }
}
