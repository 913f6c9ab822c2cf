namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Merges small manifests, so that a table of many small commits keeps few of them. Manifests of one partition spec are packed into bins of the target size, oldest first;
/// the bin that holds new manifests waits until it has the number of manifests that is worth a merge.
/// </summary>
internal sealed class ManifestMerger(SnapshotDraft draft)
{
    private readonly bool enabled = TableProperties.Bool(draft.Metadata, "commit.manifest-merge.enabled", fallback: true);
    private readonly long minCount = TableProperties.Long(draft.Metadata, "commit.manifest.min-count-to-merge", 100);

    /// <summary>The manifests of the snapshot, new ones first.</summary>
    public async Task<IReadOnlyList<ManifestFile>> MergeAsync(IReadOnlyList<ManifestFile> all, CancellationToken cancellationToken)
    {
        if (!enabled)
        {
            return all;
        }

        var merged = new List<ManifestFile>();
        foreach (var group in all.GroupBy(manifest => (manifest.Content, manifest.PartitionSpecId)))
        {
            var isMergeable = draft.Metadata.SpecById(group.Key.PartitionSpecId) is { } spec
                && ManifestWriter.PartitionTypes(draft.Metadata, spec) is not null;
            merged.AddRange(isMergeable ? await MergeGroupAsync(group.ToList(), cancellationToken).ConfigureAwait(false) : group);
        }

        return merged;
    }

    private async Task<IEnumerable<ManifestFile>> MergeGroupAsync(List<ManifestFile> newestFirst, CancellationToken cancellationToken)
    {
        var result = new List<ManifestFile>();
        foreach (var bin in Pack(newestFirst))
        {
            var isNewest = bin.Contains(newestFirst[0]);
            if (bin.Count == 1 || (isNewest && bin.Count < minCount))
            {
                result.AddRange(Enumerable.Reverse(bin));
            }
            else
            {
                result.Add(await MergeBinAsync(bin, cancellationToken).ConfigureAwait(false));
            }
        }

        return Enumerable.Reverse(result);
    }

    /// <summary>Bins from the oldest on, each in the order newest first.</summary>
    private List<List<ManifestFile>> Pack(List<ManifestFile> newestFirst)
    {
        var bins = new List<List<ManifestFile>>();
        var size = 0L;
        for (var i = newestFirst.Count - 1; i >= 0; i--)
        {
            var manifest = newestFirst[i];
            if (bins.Count == 0 || size + manifest.ManifestLength > draft.TargetSize)
            {
                bins.Add([]);
                size = 0;
            }

            bins[^1].Insert(0, manifest);
            size += manifest.ManifestLength;
        }

        return bins;
    }

    private async Task<ManifestFile> MergeBinAsync(List<ManifestFile> bin, CancellationToken cancellationToken)
    {
        var writer = draft.StartManifest(draft.Metadata.SpecById(bin[0].PartitionSpecId)!, bin[0].Content);
        foreach (var manifest in bin)
        {
            await foreach (var entry in ManifestReader.ReadAsync(draft.Store, manifest, draft.Metadata, cancellationToken).ConfigureAwait(false))
            {
                var isOfThisSnapshot = entry.SnapshotId == draft.SnapshotId;
                if (entry.Status == ManifestEntryStatus.Added && isOfThisSnapshot)
                {
                    // Its numbers stay open, as the new manifest's will be the same; one that the change gave stays.
                    writer.Add(entry with { SequenceNumber = entry.SequenceNumber == draft.SequenceNumber ? null : entry.SequenceNumber, FileSequenceNumber = null });
                }
                else if (entry.IsLive)
                {
                    writer.Add(entry with { Status = ManifestEntryStatus.Existing });
                }
                else if (isOfThisSnapshot)
                {
                    writer.Add(entry);
                }
            }
        }

        draft.Counts.ManifestsCreated++;
        draft.Counts.ManifestsReplaced += bin.Count;
        return await draft.WriteAsync(writer, cancellationToken).ConfigureAwait(false);
    }
}
