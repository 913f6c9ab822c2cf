using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Signing;

/// <summary>
/// Which files something still needs: any snapshot in the metadata of a table as any branch or tag has it, dropped tables that may come back among them. Manifests never change, so that what one names is kept as digests of eight bytes
/// each; two files of one digest keep each other.
/// </summary>
internal sealed class NeededFiles(CatalogReads reads, MetadataFiles files, IObjectStore store, IOptions<DelegationOptions> options) : IDisposable
{
    const int Readers = 8;

    readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = options.Value.NeededFilesBytes });

    /// <summary>The first of some files that is needed; null when none is.</summary>
    /// <param name="tables">The tables that may need them.</param>
    /// <param name="locations">The files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<string?> FirstAsync(IReadOnlyCollection<Guid> tables, IReadOnlyList<string> locations, CancellationToken cancellationToken)
    {
        var wanted = locations.GroupBy(DigestOf).ToDictionary(group => group.Key, group => group.First());
        var manifests = new ConcurrentDictionary<string, (ManifestFile Manifest, TableMetadata Metadata)>(StringComparer.Ordinal);
        foreach (var location in await MetadataAsync(tables, cancellationToken))
        {
            var metadata = await FoundAsync(() => files.ReadAsync(location, cancellationToken));
            if (metadata is null)
            {
                continue;
            }

            var named = metadata.MetadataLog.Select(entry => entry.MetadataFile).Append(location)
                .Concat(metadata.Statistics.Select(file => file.StatisticsPath)).Concat(metadata.PartitionStatistics.Select(file => file.StatisticsPath)).Concat(metadata.Snapshots.Select(snapshot => snapshot.ManifestList).OfType<string>());
            if (FirstOf(wanted, named.Select(DigestOf)) is { } found)
            {
                return found;
            }

            await Parallel.ForEachAsync(metadata.Snapshots, Limited(cancellationToken), async (snapshot, stop) =>
            {
                foreach (var manifest in await ListAsync(snapshot, stop))
                {
                    manifests.TryAdd(manifest.ManifestPath, (manifest, metadata));
                }
            });
        }

        if (FirstOf(wanted, manifests.Keys.Select(DigestOf)) is { } inList)
        {
            return inList;
        }

        string? needed = null;
        await Parallel.ForEachAsync(manifests.Values, Limited(cancellationToken), async (item, stop) =>
        {
            if (needed is null && FirstIn(wanted, await DigestsAsync(item.Manifest, item.Metadata, stop)) is { } found)
            {
                needed = found;
            }
        });
        return needed;
    }

    public void Dispose() => cache.Dispose();

    /// <summary>The metadata files of tables that a branch or tag has as it is now, or that one started from.</summary>
    Task<List<string>> MetadataAsync(IReadOnlyCollection<Guid> tables, CancellationToken cancellationToken) => reads.QueryAsync(
        db => db.Database.SqlQuery<string>(
            $"""
            WITH RECURSIVE alive AS (
                SELECT id, parent_id, parent_commit FROM branches WHERE dropped_at IS NULL
                UNION
                SELECT b.id, b.parent_id, b.parent_commit FROM alive a JOIN branches b ON b.id = a.parent_id)
            SELECT DISTINCT p.metadata_location AS "Value" FROM pointers p
            WHERE p.table_id = ANY ({tables.ToArray()}) AND p.kind = 0 AND (
                (p.to_commit IS NULL AND EXISTS (SELECT 1 FROM branches b WHERE b.id = p.branch_id AND b.dropped_at IS NULL))
                OR EXISTS (SELECT 1 FROM alive a WHERE a.parent_id = p.branch_id AND p.from_commit <= a.parent_commit AND (p.to_commit IS NULL OR p.to_commit > a.parent_commit)))
            """).ToListAsync(cancellationToken),
        cancellationToken);

    async Task<IReadOnlyList<ManifestFile>> ListAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        var key = "list " + snapshot.ManifestList;
        if (snapshot.ManifestList is not null && cache.TryGetValue(key, out IReadOnlyList<ManifestFile>? cached))
        {
            return cached!;
        }

        var read = await FoundAsync(() => ManifestListReader.ReadAsync(store, snapshot, cancellationToken)) ?? [];

        // Partition summaries are of no use here.
        IReadOnlyList<ManifestFile> kept = [.. read.Select(manifest => manifest with { Partitions = null })];
        return snapshot.ManifestList is null ? kept : cache.Set(key, kept, new MemoryCacheEntryOptions { Size = 100 + kept.Sum(manifest => 200 + (2L * manifest.ManifestPath.Length)) });
    }

    async Task<ulong[]> DigestsAsync(ManifestFile manifest, TableMetadata metadata, CancellationToken cancellationToken)
    {
        var key = "manifest " + manifest.ManifestPath;
        if (cache.TryGetValue(key, out ulong[]? cached))
        {
            return cached!;
        }

        var digests = await FoundAsync(async () =>
        {
            var found = new List<ulong>();
            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken))
            {
                if (entry.IsLive)
                {
                    found.Add(DigestOf(entry.DataFile.FilePath));
                }
            }

            var sorted = found.ToArray();
            Array.Sort(sorted);
            return sorted;
        }) ?? [];
        return cache.Set(key, digests, new MemoryCacheEntryOptions { Size = 100 + (8L * digests.Length) });
    }

    static string? FirstIn(Dictionary<ulong, string> wanted, ulong[] sorted) => wanted.FirstOrDefault(pair => Array.BinarySearch(sorted, pair.Key) >= 0).Value;

    static string? FirstOf(Dictionary<ulong, string> wanted, IEnumerable<ulong> digests) => digests.Select(digest => wanted.GetValueOrDefault(digest)).FirstOrDefault(found => found is not null);

    /// <summary>What is read; null where it is not there any more: it was deleted after it was expired, and keeps nothing.</summary>
    static async Task<T?> FoundAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.NotFound)
        {
            return null;
        }
    }

    static ParallelOptions Limited(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = Readers, CancellationToken = cancellationToken };

    /// <summary>What a file is known by.</summary>
    public static ulong DigestOf(string location) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(LocationKey.Of(location))));
}
