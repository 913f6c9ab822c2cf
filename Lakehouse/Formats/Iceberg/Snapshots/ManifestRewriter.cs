namespace Lakehouse.Formats.Iceberg;

/// <summary>Writes manifests anew: the live files of several, ordered by partition, in manifests of the target size. What is known of each file stays.</summary>
internal sealed class ManifestRewriter(SnapshotDraft draft)
{
    /// <param name="manifests">Manifests of the branch.</param>
    /// <param name="locations">Those of them to write anew.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>All manifests, the new ones first.</returns>
    /// <exception cref="LakehouseException">Conflict: one is not part of the branch any more.</exception>
    public async Task<List<ManifestFile>> RewriteAsync(IReadOnlyList<ManifestFile> manifests, IReadOnlyCollection<string> locations, CancellationToken cancellationToken)
    {
        var wanted = locations.Select(TableLocations.Normalize).ToHashSet(StringComparer.Ordinal);
        var chosen = manifests.Where(manifest => wanted.Remove(TableLocations.Normalize(manifest.ManifestPath))).ToList();
        if (wanted.Count > 0)
        {
            throw new LakehouseException(LakehouseErrorKind.Conflict, $"manifest {wanted.First()} is not part of branch {draft.Branch} any more");
        }

        var rewritten = new List<ManifestFile>();
        foreach (var group in chosen.GroupBy(manifest => (manifest.Content, manifest.PartitionSpecId)))
        {
            var spec = draft.Metadata.SpecById(group.Key.PartitionSpecId) ?? throw LakehouseException.InvalidData($"manifest {group.First().ManifestPath}: the table has no partition spec {group.Key.PartitionSpecId}");
            rewritten.AddRange(await WriteAsync(spec, group.Key.Content, await EntriesAsync(group, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
        }

        draft.Counts.ManifestsCreated += rewritten.Count;
        draft.Counts.ManifestsReplaced += chosen.Count;
        draft.Counts.ManifestsKept -= chosen.Count;
        return [.. rewritten, .. manifests.Except(chosen)];
    }

    private async Task<List<ManifestEntry>> EntriesAsync(IEnumerable<ManifestFile> manifests, CancellationToken cancellationToken)
    {
        var entries = new List<ManifestEntry>();
        foreach (var manifest in manifests)
        {
            await foreach (var entry in ManifestReader.ReadAsync(draft.Store, manifest, draft.Metadata, cancellationToken).ConfigureAwait(false))
            {
                if (entry.IsLive)
                {
                    entries.Add(entry);
                }
            }
        }

        // A stable order: files of a partition stay in the order of their snapshots.
        return [.. entries.OrderBy(entry => entry.DataFile.Partition, PartitionOrder.Instance)];
    }

    private async Task<List<ManifestFile>> WriteAsync(PartitionSpec spec, ManifestContent content, List<ManifestEntry> entries, CancellationToken cancellationToken)
    {
        var manifests = new List<ManifestFile>();
        ManifestWriter? writer = null;
        foreach (var entry in entries)
        {
            writer ??= draft.StartManifest(spec, content);
            writer.Add(entry with { Status = ManifestEntryStatus.Existing });
            if (writer.Length >= draft.TargetSize)
            {
                manifests.Add(await draft.WriteAsync(writer, cancellationToken).ConfigureAwait(false));
                writer = null;
            }
        }

        if (writer is not null)
        {
            manifests.Add(await draft.WriteAsync(writer, cancellationToken).ConfigureAwait(false));
        }

        return manifests;
    }
}

/// <summary>Partitions in the order of their values, nulls first.</summary>
internal sealed class PartitionOrder : IComparer<IReadOnlyList<object?>>
{
    public static PartitionOrder Instance { get; } = new();

    public int Compare(IReadOnlyList<object?>? x, IReadOnlyList<object?>? y)
    {
        for (var i = 0; i < Math.Min(x?.Count ?? 0, y?.Count ?? 0); i++)
        {
            var order = (x![i], y![i]) switch
            {
                (null, null) => 0,
                (null, _) => -1,
                (_, null) => 1,
                var (a, b) => SingleValue.Compare(a!, b!),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return (x?.Count ?? 0).CompareTo(y?.Count ?? 0);
    }
}
