using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The data files that one snapshot of the source appended, read as they are written to the target.</summary>
internal sealed class AppendedFiles(IObjectStore store, TableMetadata source, TableMetadata target, Snapshot snapshot)
{
    public async IAsyncEnumerable<DataFile> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var manifests = await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
        SnapshotRange.CheckFirst(snapshot, manifests);
        foreach (var manifest in manifests.Where(manifest => manifest.AddedSnapshotId == snapshot.SnapshotId))
        {
            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, source, cancellationToken).ConfigureAwait(false))
            {
                // An append may have merged manifests: those have files of others, too.
                if (entry.SnapshotId != snapshot.SnapshotId || entry.Status == ManifestEntryStatus.Existing)
                {
                    continue;
                }

                if (entry.Status == ManifestEntryStatus.Deleted || manifest.Content == ManifestContent.Deletes)
                {
                    throw LakehouseException.InvalidData($"snapshot {snapshot.SnapshotId} says that it is an append, and deletes: {entry.DataFile.FilePath}");
                }

                Check(entry.DataFile);
                yield return entry.DataFile;
            }
        }
    }

    private void Check(DataFile file)
    {
        Encryption.Refuse(file);
        var (here, there) = (source.SpecById(file.SpecId), target.SpecById(file.SpecId));
        if (here is null || there is null || !here.Fields.SequenceEqual(there.Fields))
        {
            throw new LakehouseException(LakehouseErrorKind.Conflict, $"{file.FilePath}: the target has no partition spec {file.SpecId} as the source has it");
        }
    }
}
