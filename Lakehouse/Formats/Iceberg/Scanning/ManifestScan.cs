using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads the live entries of a plan's manifests that its filter can't rule out, from the cache where there is one.</summary>
internal sealed class ManifestScan(IObjectStore store, TableMetadata metadata, FileFilter? filter, ScanPlanOptions options)
{
    private readonly Dictionary<int, (PartitionSpec Spec, IReadOnlyList<IcebergType?> Types)?> specs = [];

    /// <summary>The manifests of a snapshot that may have live files.</summary>
    public async Task<IReadOnlyList<ManifestFile>> ManifestsAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.ManifestList is { } list && options.Cache is { } cache)
        {
            if (!cache.TryGet<IReadOnlyList<ManifestFile>>(list, out var manifests))
            {
                manifests = await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
                cache.Put(list, manifests, manifests.Sum(SizeOf));
            }

            return manifests;
        }

        return await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The entries of one manifest, in order.</summary>
    public async Task<List<ManifestEntry>> ReadAsync(ManifestFile manifest, CancellationToken cancellationToken)
    {
        var entries = new List<ManifestEntry>();
        if (SpecOf(manifest.PartitionSpecId) is not var (spec, types))
        {
            await ReadUnfilteredAsync(manifest, entries, cancellationToken).ConfigureAwait(false);
            return entries;
        }

        var scan = new EntryScan(manifest, spec, types, filter, options.Report);
        var what = $"manifest {manifest.ManifestPath}";
        if (options.Cache is { } cache && cache.TryGet<ManifestBlock[]>(manifest.ManifestPath, out var kept))
        {
            foreach (var block in kept)
            {
                ManifestReader.Named(what, () => scan.Read(block, entries));
            }

            return entries;
        }

        var keep = options.Cache is null ? null : new List<ManifestBlock>();
        var size = 0L;
        await foreach (var block in ManifestReader.ReadBlocksAsync(store, manifest, cancellationToken).ConfigureAwait(false))
        {
            ManifestReader.Named(what, () => scan.Read(block, entries));
            size += block.Size;
            keep = size > options.Cache?.LargestItem ? null : keep;
            keep?.Add(block);
        }

        if (keep is not null)
        {
            options.Cache!.Put(manifest.ManifestPath, keep.ToArray(), size);
        }

        return entries;
    }

    /// <summary>A manifest whose spec the table does not have any more: its own header has it, and no filter is known of it.</summary>
    private async Task ReadUnfilteredAsync(ManifestFile manifest, List<ManifestEntry> entries, CancellationToken cancellationToken)
    {
        await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).ConfigureAwait(false))
        {
            if (entry.IsLive)
            {
                entries.Add(entry);
            }
        }

        if (manifest.Content == ManifestContent.Data)
        {
            options.Report?.AddFiles(entries.Count, entries.Count);
        }
    }

    private (PartitionSpec Spec, IReadOnlyList<IcebergType?> Types)? SpecOf(int id)
    {
        lock (specs)
        {
            if (!specs.TryGetValue(id, out var found))
            {
                specs[id] = found = metadata.SpecById(id) is { } spec ? (spec, spec.ResultTypes(metadata.SchemasByAge())) : null;
            }

            return found;
        }
    }

    private static long SizeOf(ManifestFile manifest) => 300 + (manifest.ManifestPath.Length * 2) + (manifest.Partitions?.Sum(summary => 120 + (summary.LowerBound?.Length ?? 0) + (summary.UpperBound?.Length ?? 0)) ?? 0);

    /// <summary>The way of one manifest's blocks: filter, then decode what is left.</summary>
    private sealed class EntryScan(ManifestFile manifest, PartitionSpec spec, IReadOnlyList<IcebergType?> types, FileFilter? filter, ScanPlanReport? report)
    {
        private ManifestEntryDecoder? decoder;
        private BlockFilter? blocks;
        private long? nextRowId = manifest.FirstRowId;

        public bool Read(ManifestBlock block, List<ManifestEntry> entries)
        {
            decoder ??= ManifestReader.Decoder(block.Layout, manifest, spec, types);
            var selected = (bool[])block.IsLive.Clone();
            if (filter is not null)
            {
                blocks ??= new BlockFilter(filter.Bound, spec.IsUnpartitioned ? null : filter.PartitionsOf(spec.SpecId), decoder, byPartitionOnly: manifest.Content == ManifestContent.Deletes);
                if (manifest.Content == ManifestContent.Data)
                {
                    WithRows(block, selected);
                }

                blocks.Apply(block, selected);
            }

            var kept = entries.Count;
            for (var i = 0; i < selected.Length; i++)
            {
                if (selected[i])
                {
                    entries.Add(decoder.ReadOne(block.Data.AsSpan(block.Starts[i]), nextRowId));
                }

                if (nextRowId is { } first && block.InheritsRowId[i])
                {
                    nextRowId = first + block.Records[i];
                }
            }

            if (manifest.Content == ManifestContent.Data)
            {
                report?.AddFiles(block.IsLive.Count(live => live), entries.Count - kept);
            }

            return true;
        }

        private static void WithRows(ManifestBlock block, bool[] selected)
        {
            for (var i = 0; i < selected.Length; i++)
            {
                selected[i] &= block.Records[i] > 0;
            }
        }
    }
}
