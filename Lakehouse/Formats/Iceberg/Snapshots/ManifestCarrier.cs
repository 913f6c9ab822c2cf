namespace Lakehouse.Formats.Iceberg;

/// <summary>Takes the manifests of the parent snapshot over into the new one, less what is removed.</summary>
internal sealed class ManifestCarrier(SnapshotDraft draft)
{
    public async Task<List<ManifestFile>> CarryAsync(Snapshot parent, FileRemoval removal, CancellationToken cancellationToken)
    {
        var carried = new List<ManifestFile>();
        foreach (var manifest in await ManifestListReader.ReadAsync(draft.Store, parent, cancellationToken).ConfigureAwait(false))
        {
            // What has no live file says nothing of the new snapshot.
            if (!manifest.MayHaveLiveFiles)
            {
                continue;
            }

            var rewritten = removal.Concerns(manifest) ? await RemoveAsync(manifest, removal, cancellationToken).ConfigureAwait(false) : null;
            carried.Add(rewritten ?? await CompleteAsync(manifest, cancellationToken).ConfigureAwait(false));
            if (rewritten is null)
            {
                draft.Counts.ManifestsKept++;
            }
            else
            {
                draft.Counts.ManifestsReplaced++;
            }
        }

        return carried;
    }

    /// <summary>A new manifest in which the removed files are marked so, or null when there are none.</summary>
    private async Task<ManifestFile?> RemoveAsync(ManifestFile manifest, FileRemoval removal, CancellationToken cancellationToken)
    {
        var entries = new List<(ManifestEntry Entry, bool Removed)>();
        var any = false;
        await foreach (var entry in ManifestReader.ReadAsync(draft.Store, manifest, draft.Metadata, cancellationToken).ConfigureAwait(false))
        {
            if (entry.IsLive)
            {
                var removed = removal.Removes(entry.DataFile);
                any |= removed;
                entries.Add((entry, removed));
            }
        }

        if (!any)
        {
            return null;
        }

        var specId = entries[0].Entry.DataFile.SpecId;
        var spec = draft.Metadata.SpecById(specId) ?? throw LakehouseException.InvalidData($"manifest {manifest.ManifestPath}: the table has no partition spec {specId}");
        var writer = draft.StartManifest(spec, manifest.Content);
        foreach (var (entry, removed) in entries)
        {
            writer.Add(removed
                ? entry with { Status = ManifestEntryStatus.Deleted, SnapshotId = draft.SnapshotId }
                : entry with { Status = ManifestEntryStatus.Existing });
            if (removed)
            {
                draft.Counts.Remove(entry.DataFile);
            }
        }

        return await draft.WriteAsync(writer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The manifest with its counts and length: v1 writers could leave them out, v2 manifest lists need them.</summary>
    private async Task<ManifestFile> CompleteAsync(ManifestFile manifest, CancellationToken cancellationToken)
    {
        if (manifest is
            {
                ManifestLength: > 0, AddedFilesCount: not null, ExistingFilesCount: not null, DeletedFilesCount: not null,
                AddedRowsCount: not null, ExistingRowsCount: not null, DeletedRowsCount: not null,
            })
        {
            return manifest;
        }

        var files = new int[3];
        var rows = new long[3];
        await foreach (var entry in ManifestReader.ReadAsync(draft.Store, manifest, draft.Metadata, cancellationToken).ConfigureAwait(false))
        {
            files[(int)entry.Status]++;
            rows[(int)entry.Status] += entry.DataFile.RecordCount;
        }

        var info = await draft.Store.StatAsync(manifest.ManifestPath, cancellationToken).ConfigureAwait(false);
        return manifest with
        {
            ManifestLength = info?.Size ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"manifest {manifest.ManifestPath} does not exist"),
            AddedFilesCount = files[(int)ManifestEntryStatus.Added],
            ExistingFilesCount = files[(int)ManifestEntryStatus.Existing],
            DeletedFilesCount = files[(int)ManifestEntryStatus.Deleted],
            AddedRowsCount = rows[(int)ManifestEntryStatus.Added],
            ExistingRowsCount = rows[(int)ManifestEntryStatus.Existing],
            DeletedRowsCount = rows[(int)ManifestEntryStatus.Deleted],
        };
    }
}
