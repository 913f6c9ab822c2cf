using System.Runtime.CompilerServices;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Finds the files that a scan of a snapshot reads (specification, "Scan Planning").</summary>
public static class ScanPlanner
{
    private const int ManifestsAtOnce = 4;

    /// <summary>
    /// The data files of a snapshot with the delete files that apply to them, in the order of the manifests. A few manifests are read at once. With a filter, files none of whose rows pass it may be left out.
    /// </summary>
    /// <param name="store">Where the manifests lie.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="filter">Which rows are wanted; null = all.</param>
    /// <param name="options">How to plan.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">InvalidData: a manifest is malformed; NotFound: one is missing.</exception>
    public static async IAsyncEnumerable<ScanFile> PlanFilesAsync(
        IObjectStore store,
        TableMetadata metadata,
        Snapshot snapshot,
        Expression? filter = null,
        ScanPlanOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var manifests = (await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false)).Where(manifest => manifest.MayHaveLiveFiles).ToList();
        var deletes = new DeleteIndex();
        await foreach (var entry in ReadEntriesAsync(store, metadata, manifests.Where(manifest => manifest.Content == ManifestContent.Deletes), cancellationToken).ConfigureAwait(false))
        {
            deletes.Add(entry.DataFile, entry.SequenceNumber ?? 0, SpecOf(metadata, entry.DataFile));
        }

        await foreach (var entry in ReadEntriesAsync(store, metadata, manifests.Where(manifest => manifest.Content == ManifestContent.Data), cancellationToken).ConfigureAwait(false))
        {
            var sequenceNumber = entry.SequenceNumber ?? 0;
            yield return new ScanFile(
                entry.DataFile, sequenceNumber, entry.FileSequenceNumber ?? sequenceNumber, entry.SnapshotId, SpecOf(metadata, entry.DataFile), deletes.For(entry.DataFile, sequenceNumber));
        }
    }

    /// <summary>The live files of some manifests, in order: for a snapshot's statistics, lists of files, and the like.</summary>
    public static async IAsyncEnumerable<ManifestEntry> ReadEntriesAsync(
        IObjectStore store, TableMetadata metadata, IEnumerable<ManifestFile> manifests, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = new Queue<Task<List<ManifestEntry>>>();
        try
        {
            foreach (var manifest in manifests)
            {
                reading.Enqueue(ReadLiveAsync(store, metadata, manifest, stop.Token));
                if (reading.Count >= ManifestsAtOnce)
                {
                    foreach (var entry in await reading.Dequeue().ConfigureAwait(false))
                    {
                        yield return entry;
                    }
                }
            }

            while (reading.TryDequeue(out var oldest))
            {
                foreach (var entry in await oldest.ConfigureAwait(false))
                {
                    yield return entry;
                }
            }
        }
        finally
        {
            // Who stops early leaves reads behind: they end before their source of cancellation does.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(reading)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<List<ManifestEntry>> ReadLiveAsync(IObjectStore store, TableMetadata metadata, ManifestFile manifest, CancellationToken cancellationToken)
    {
        var entries = new List<ManifestEntry>();
        await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).ConfigureAwait(false))
        {
            if (entry.IsLive)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static PartitionSpec SpecOf(TableMetadata metadata, DataFile file) =>
        metadata.SpecById(file.SpecId) ?? throw LakehouseException.InvalidData($"{file.FilePath}: the table has no partition spec {file.SpecId}");
}
