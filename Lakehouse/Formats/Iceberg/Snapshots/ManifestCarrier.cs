namespace Lakehouse.Formats.Iceberg;

/// <summary>Takes the manifests of the parent snapshot over into the new one, less what is removed.</summary>
internal sealed class ManifestCarrier(SnapshotDraft draft, FileRemoval removal)
{
    private const int ManifestsAtOnce = 4;

    /// <param name="parent">The parent.</param>
    /// <param name="leastAdded">Least data sequence number of the added data files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<List<ManifestFile>> CarryAsync(Snapshot parent, long leastAdded, CancellationToken cancellationToken)
    {
        // What has no live file says nothing of the new snapshot.
        var manifests = (await ManifestListReader.ReadAsync(draft.Store, parent, cancellationToken).ConfigureAwait(false)).Where(manifest => manifest.MayHaveLiveFiles).ToList();
        var data = await CarryAsync(
            [.. manifests.Where(manifest => manifest.Content == ManifestContent.Data)],
            removal.ConcernsData,
            removal.RemovesData,
            cancellationToken).ConfigureAwait(false);

        var least = data.Where(manifest => manifest.MayHaveLiveFiles).Select(manifest => manifest.MinSequenceNumber).Append(leastAdded).Min();
        var deletes = await CarryAsync(
            [.. manifests.Where(manifest => manifest.Content == ManifestContent.Deletes)],
            manifest => removal.ConcernsDeletes(manifest, least),
            entry => removal.RemovesDeletes(entry, least),
            cancellationToken).ConfigureAwait(false);
        removal.CheckAllFound(draft.Branch);
        return [.. data, .. deletes];
    }

    /// <summary>Some manifests are read ahead, as the store may be far; what they hold is looked at in their order.</summary>
    private async Task<List<ManifestFile>> CarryAsync(List<ManifestFile> manifests, Func<ManifestFile, bool> concerns, Func<ManifestEntry, bool> removes, CancellationToken cancellationToken)
    {
        var carried = new List<ManifestFile>(manifests.Count);
        var ahead = new Queue<Task<List<ManifestEntry>>>();
        var next = 0;
        try
        {
            foreach (var manifest in manifests)
            {
                ManifestFile? rewritten = null;
                if (ahead.Count > 0 || concerns(manifest))
                {
                    for (next = Math.Max(next, carried.Count); next < manifests.Count && ahead.Count < ManifestsAtOnce && concerns(manifests[next]); next++)
                    {
                        ahead.Enqueue(LiveEntriesAsync(manifests[next], cancellationToken));
                    }

                    rewritten = await RemoveAsync(manifest, await ahead.Dequeue().ConfigureAwait(false), removes, cancellationToken).ConfigureAwait(false);
                }

                carried.Add(rewritten ?? await CompleteAsync(manifest, cancellationToken).ConfigureAwait(false));
                draft.Counts.ManifestsReplaced += rewritten is null ? 0 : 1;
                draft.Counts.ManifestsKept += rewritten is null ? 1 : 0;
            }
        }
        finally
        {
            await ((Task)Task.WhenAll(ahead)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return carried;
    }

    private async Task<List<ManifestEntry>> LiveEntriesAsync(ManifestFile manifest, CancellationToken cancellationToken)
    {
        var entries = new List<ManifestEntry>();
        await foreach (var entry in ManifestReader.ReadAsync(draft.Store, manifest, draft.Metadata, cancellationToken).ConfigureAwait(false))
        {
            if (entry.IsLive)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>A new manifest in which the removed files are marked so, or null when there are none.</summary>
    private async Task<ManifestFile?> RemoveAsync(ManifestFile manifest, List<ManifestEntry> entries, Func<ManifestEntry, bool> removes, CancellationToken cancellationToken)
    {
        var removed = entries.ConvertAll(entry => removes(entry));
        if (!removed.Contains(true))
        {
            return null;
        }

        var specId = entries[0].DataFile.SpecId;
        var spec = draft.Metadata.SpecById(specId) ?? throw LakehouseException.InvalidData($"manifest {manifest.ManifestPath}: the table has no partition spec {specId}");
        var writer = draft.StartManifest(spec, manifest.Content);
        foreach (var (entry, isRemoved) in entries.Zip(removed))
        {
            writer.Add(isRemoved
                ? entry with { Status = ManifestEntryStatus.Deleted, SnapshotId = draft.SnapshotId }
                : entry with { Status = ManifestEntryStatus.Existing });
            if (isRemoved)
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
