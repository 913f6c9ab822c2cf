using System.Runtime.CompilerServices;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Finds the files that a scan of a snapshot reads (specification, "Scan Planning").</summary>
public static class ScanPlanner
{
    /// <summary>
    /// The data files of a snapshot with the delete files that apply to them, in the order of the manifests. Several manifests are read at once. With a filter, files none of whose rows pass it may be left out, and delete files that
    /// apply to none of those that are left.
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
        options ??= new ScanPlanOptions();
        var files = filter is null ? null : new FileFilter(filter, metadata, options.Schema);
        var scan = new ManifestScan(store, metadata, files, options);
        var manifests = await scan.ManifestsAsync(snapshot, cancellationToken).ConfigureAwait(false);
        var (data, deletes) = Selected(manifests, files, options);
        if (data.Count == 0)
        {
            yield break;
        }

        var index = new DeleteIndex();
        await foreach (var entry in ManifestQueue.ReadAsync(deletes, scan.ReadAsync, cancellationToken).ConfigureAwait(false))
        {
            Encryption.Refuse(entry.DataFile);
            index.Add(entry.DataFile, entry.SequenceNumber ?? 0, SpecOf(metadata, entry.DataFile));
        }

        await foreach (var entry in ManifestQueue.ReadAsync(data, scan.ReadAsync, cancellationToken).ConfigureAwait(false))
        {
            Encryption.Refuse(entry.DataFile);
            var sequenceNumber = entry.SequenceNumber ?? 0;
            yield return new ScanFile(
                entry.DataFile, sequenceNumber, entry.FileSequenceNumber ?? sequenceNumber, entry.SnapshotId, SpecOf(metadata, entry.DataFile), index.For(entry.DataFile, sequenceNumber));
        }
    }

    /// <summary>
    /// The manifests that a plan with these arguments would read, with their places among all manifests of data files: how large it is, and how it may be cut (<see cref="ScanPlanOptions.Manifests"/>).
    /// </summary>
    /// <inheritdoc cref="PlanFilesAsync"/>
    public static async Task<ManifestPlan> PlanManifestsAsync(
        IObjectStore store, TableMetadata metadata, Snapshot snapshot, Expression? filter = null, ScanPlanOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ScanPlanOptions();
        var files = filter is null ? null : new FileFilter(filter, metadata, options.Schema);
        var manifests = await new ManifestScan(store, metadata, files, options).ManifestsAsync(snapshot, cancellationToken).ConfigureAwait(false);
        var places = manifests.Where(manifest => manifest.Content == ManifestContent.Data).Select((manifest, place) => new PlacedManifest(place, manifest));
        return new ManifestPlan(
            [.. places.Where(item => options.Manifests?.Holds(item.Place) != false && IsRead(item.Manifest, files))],
            manifests.Any(manifest => manifest.Content == ManifestContent.Deletes && IsRead(manifest, files)));
    }

    /// <summary>The live files of some manifests, in order: for a snapshot's statistics, lists of files, and the like.</summary>
    public static IAsyncEnumerable<ManifestEntry> ReadEntriesAsync(IObjectStore store, TableMetadata metadata, IEnumerable<ManifestFile> manifests, CancellationToken cancellationToken = default) =>
        ManifestQueue.ReadAsync(manifests, new ManifestScan(store, metadata, null, new ScanPlanOptions()).ReadAsync, cancellationToken);

    /// <summary>The manifests to read. Delete files hold for rows of their own partition and spec (or for the whole table, unpartitioned), so that their manifests are ruled out as those of data files are.</summary>
    private static (List<ManifestFile> Data, List<ManifestFile> Deletes) Selected(IReadOnlyList<ManifestFile> manifests, FileFilter? filter, ScanPlanOptions options)
    {
        var (data, deletes) = (new List<ManifestFile>(), new List<ManifestFile>());
        var (report, place) = (options.Report, 0);
        foreach (var manifest in manifests)
        {
            var isElsewhere = manifest.Content == ManifestContent.Data && options.Manifests?.Holds(place++) == false;
            if (isElsewhere || !manifest.MayHaveLiveFiles)
            {
                continue;
            }

            var isKept = filter?.MayPass(manifest) != false;
            if (manifest.Content == ManifestContent.Deletes)
            {
                report?.AddDeleteManifest(isKept);
            }
            else
            {
                report?.AddManifest(isKept);
                report?.AddFiles(isKept ? 0 : (manifest.AddedFilesCount ?? 0) + (manifest.ExistingFilesCount ?? 0), 0);
            }

            if (isKept)
            {
                (manifest.Content == ManifestContent.Deletes ? deletes : data).Add(manifest);
            }
        }

        return (data, deletes);
    }

    private static bool IsRead(ManifestFile manifest, FileFilter? filter) => manifest.MayHaveLiveFiles && filter?.MayPass(manifest) != false;

    private static PartitionSpec SpecOf(TableMetadata metadata, DataFile file) =>
        metadata.SpecById(file.SpecId) ?? throw LakehouseException.InvalidData($"{file.FilePath}: the table has no partition spec {file.SpecId}");
}

/// <summary>The manifests that a plan reads.</summary>
/// <param name="Data">Those of data files.</param>
/// <param name="HasDeletes">Whether it reads any of delete files.</param>
public sealed record ManifestPlan(IReadOnlyList<PlacedManifest> Data, bool HasDeletes);

/// <summary>A manifest of data files.</summary>
/// <param name="Place">Its place among the snapshot's manifests of data files.</param>
/// <param name="Manifest">The manifest.</param>
public sealed record PlacedManifest(int Place, ManifestFile Manifest);
