using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>A file that a version removes.</summary>
/// <param name="Path">Its path in the log.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="File">Iceberg's entry; null when the log alone knows the file.</param>
internal sealed record RemovedFile(string Path, long Size, DataFile? File);

/// <summary>
/// The data files by which a snapshot differs from the published one, found by the manifests that only one of them has. Reads as many manifests as changed, whatever the size of the table.
/// </summary>
internal sealed class VersionFiles
{
    private readonly IObjectStore store;
    private readonly TableMetadata metadata;
    private readonly Snapshot snapshot;
    private readonly IReadOnlyList<ManifestFile> manifests;
    private readonly IReadOnlyList<ManifestFile> changedManifests;
    private readonly HashSet<string>? added;

    private VersionFiles(
        IObjectStore store, TableMetadata metadata, Snapshot snapshot, IReadOnlyList<ManifestFile> manifests, IReadOnlyList<ManifestFile> changedManifests, HashSet<string>? added, IReadOnlyList<RemovedFile> removed)
    {
        this.store = store;
        this.metadata = metadata;
        this.snapshot = snapshot;
        this.manifests = manifests;
        this.changedManifests = changedManifests;
        this.added = added;
        Removed = removed;
    }

    /// <summary>Files that are no longer there.</summary>
    public IReadOnlyList<RemovedFile> Removed { get; }

    /// <summary>Whether the snapshot has delete files.</summary>
    public bool HasDeletes => manifests.Any(manifest => manifest.Content == ManifestContent.Deletes);

    /// <summary>The differences from what was published.</summary>
    /// <param name="store">Where the manifests lie.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="snapshot">The snapshot to be published.</param>
    /// <param name="published">The snapshot that was published last, if the table still has it; null otherwise.</param>
    /// <param name="live">The published files where <paramref name="published"/> is null; null when nothing is published.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<VersionFiles> ReadAsync(
        IObjectStore store, TableMetadata metadata, Snapshot snapshot, Snapshot? published, IAsyncEnumerable<RemovedFile>? live, CancellationToken cancellationToken)
    {
        var manifests = await LiveAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
        if (published is null && live is null)
        {
            return new VersionFiles(store, metadata, snapshot, manifests, manifests, added: null, []);
        }

        var changed = manifests;
        var gone = new Dictionary<string, RemovedFile>(StringComparer.Ordinal);
        if (published is not null)
        {
            var before = await LiveAsync(store, published, cancellationToken).ConfigureAwait(false);
            var (old, now) = (Paths(before), Paths(manifests));
            changed = [.. manifests.Where(manifest => !old.Contains(manifest.ManifestPath))];
            live = RemovedAsync(store, metadata, before.Where(manifest => manifest.Content == ManifestContent.Data && !now.Contains(manifest.ManifestPath)), cancellationToken);
        }

        await foreach (var file in live!.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            gone[file.Path] = file;
        }

        var added = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, changed.Where(manifest => manifest.Content == ManifestContent.Data), cancellationToken).ConfigureAwait(false))
        {
            var path = PathOf(metadata, entry.DataFile);
            if (!gone.Remove(path))
            {
                added.Add(path);
            }
        }

        return new VersionFiles(store, metadata, snapshot, manifests, changed, added, [.. gone.Values]);
    }

    /// <summary>Whether a file was not there before.</summary>
    public bool IsAdded(string path) => added?.Contains(path) != false;

    /// <summary>The files of the snapshot that were added, or all of it when <paramref name="all"/>; with the delete files that apply to them.</summary>
    public IAsyncEnumerable<ScanFile> FilesAsync(bool all, CancellationToken cancellationToken) =>
        HasDeletes || all ? ScanPlanner.PlanFilesAsync(store, metadata, snapshot, cancellationToken: cancellationToken) : WithoutDeletesAsync(cancellationToken);

    /// <summary>The path of a file in the log.</summary>
    /// <exception cref="PublishStopException">It lies elsewhere.</exception>
    public static string PathOf(TableMetadata metadata, DataFile file) => PublishedPath.Of(metadata.Location, file.FilePath)
        ?? throw new PublishStopException(PublishStopKind.FileLocation, $"{file.FilePath} lies outside of the table's folder {metadata.Location}");

    private async IAsyncEnumerable<ScanFile> WithoutDeletesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var data = changedManifests.Where(manifest => manifest.Content == ManifestContent.Data);
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, data, cancellationToken).ConfigureAwait(false))
        {
            var spec = metadata.SpecById(entry.DataFile.SpecId) ?? throw LakehouseException.InvalidData($"{entry.DataFile.FilePath}: the table has no partition spec {entry.DataFile.SpecId}");
            yield return new ScanFile(entry.DataFile, entry.SequenceNumber ?? 0, entry.FileSequenceNumber ?? 0, entry.SnapshotId, spec, []);
        }
    }

    private static async IAsyncEnumerable<RemovedFile> RemovedAsync(
        IObjectStore store, TableMetadata metadata, IEnumerable<ManifestFile> manifests, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, manifests, cancellationToken).ConfigureAwait(false))
        {
            yield return new RemovedFile(PathOf(metadata, entry.DataFile), entry.DataFile.FileSizeInBytes, entry.DataFile);
        }
    }

    private static async Task<IReadOnlyList<ManifestFile>> LiveAsync(IObjectStore store, Snapshot snapshot, CancellationToken cancellationToken) =>
        [.. (await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false)).Where(manifest => manifest.MayHaveLiveFiles)];

    private static HashSet<string> Paths(IReadOnlyList<ManifestFile> manifests) => manifests.Select(manifest => manifest.ManifestPath).ToHashSet(StringComparer.Ordinal);
}
