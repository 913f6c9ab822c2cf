using LakeAspire.Catalog.Database;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Parquet;

namespace LakeAspire.Catalog.Verification;

/// <summary>Looks for the files of one table, in all states that branches show of it; what several states or snapshots share is looked at once.</summary>
internal sealed class TableVerifier(IObjectStore store, bool deep)
{
    readonly Dictionary<string, long> listed = new(StringComparer.Ordinal);
    readonly HashSet<string> seen = new(StringComparer.Ordinal);
    bool hasListed;

    /// <summary>How many files were looked at.</summary>
    public long Files { get; private set; }

    /// <summary>How large they are together.</summary>
    public long Bytes { get; private set; }

    public async Task<List<VerifyLine>> CheckAsync(ShownState state, CancellationToken cancellationToken)
    {
        var faults = new List<VerifyLine>();
        if (state.Kind == PointerKind.Delta)
        {
            return await DeltaAsync(state, cancellationToken);
        }

        await ListAsync(state.Location, cancellationToken);
        if (await MissesAsync(state, state.MetadataLocation, size: null, state.Kind == PointerKind.View ? "view metadata" : "table metadata", faults, cancellationToken) || state.Kind == PointerKind.View)
        {
            return faults;
        }

        var metadata = await ReadAsync(state.MetadataLocation, cancellationToken);
        foreach (var file in metadata.Statistics.Select(s => (s.StatisticsPath, s.FileSizeInBytes)).Concat(metadata.PartitionStatistics.Select(s => (s.StatisticsPath, s.FileSizeInBytes))))
        {
            await MissesAsync(state, file.StatisticsPath, file.FileSizeInBytes, "statistics file", faults, cancellationToken);
        }

        foreach (var snapshot in metadata.Snapshots)
        {
            if (snapshot.ManifestList is { } list && await MissesAsync(state, list, size: null, "manifest list", faults, cancellationToken))
            {
                continue;
            }

            await GuardAsync(state, snapshot.ManifestList ?? state.MetadataLocation, faults, async () =>
            {
                foreach (var manifest in await ManifestListReader.ReadAsync(store, snapshot, cancellationToken))
                {
                    await ManifestAsync(state, metadata, manifest, faults, cancellationToken);
                }
            });
        }

        return faults;
    }

    public static VerifyLine Fault(ShownState state, string location, LakehouseException exception) =>
        Fault(state, location, exception.Kind == LakehouseErrorKind.NotFound ? "missing" : "unreadable", exception.Message);

    async Task ManifestAsync(ShownState state, TableMetadata metadata, ManifestFile manifest, List<VerifyLine> faults, CancellationToken cancellationToken)
    {
        if (seen.Contains(TableLocations.Normalize(manifest.ManifestPath))
            || await MissesAsync(state, manifest.ManifestPath, manifest.ManifestLength > 0 ? manifest.ManifestLength : null, "manifest", faults, cancellationToken))
        {
            return;
        }

        await GuardAsync(state, manifest.ManifestPath, faults, async () =>
        {
            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken))
            {
                var file = entry.DataFile;
                if (!entry.IsLive || seen.Contains(TableLocations.Normalize(file.FilePath)))
                {
                    continue;
                }

                var misses = await MissesAsync(state, file.FilePath, file.FileSizeInBytes, file.Content == FileContent.Data ? "data file" : "delete file", faults, cancellationToken);
                if (deep && !misses && file.FileFormat.Equals("PARQUET", StringComparison.OrdinalIgnoreCase))
                {
                    await FooterAsync(state, file, faults, cancellationToken);
                }
            }
        });
    }

    Task FooterAsync(ShownState state, DataFile file, List<VerifyLine> faults, CancellationToken cancellationToken) => GuardAsync(state, file.FilePath, faults, async () =>
    {
        var footer = await ParquetFooter.ReadAsync(store, file.FilePath, file.FileSizeInBytes, cancellationToken);
        if (footer.Rows != file.RecordCount)
        {
            faults.Add(Fault(state, file.FilePath, "different", $"holds {footer.Rows} rows, its manifest says {file.RecordCount}"));
        }
    });

    /// <summary>Whether a file is missing or has another size; it is looked for once.</summary>
    async Task<bool> MissesAsync(ShownState state, string location, long? size, string what, List<VerifyLine> faults, CancellationToken cancellationToken)
    {
        if (!seen.Add(TableLocations.Normalize(location)))
        {
            return false;
        }

        Files++;
        if (!listed.TryGetValue(TableLocations.Normalize(location), out var found))
        {
            if (await StatAsync(state, location, faults, cancellationToken) is not { } info)
            {
                faults.Add(Fault(state, location, "missing", $"{what} does not exist"));
                return true;
            }

            found = info.Size;
        }

        Bytes += found;
        if (size is { } told && told != found)
        {
            faults.Add(Fault(state, location, "different", $"{what} has {found} bytes, the metadata says {told}"));
            return true;
        }

        return false;
    }

    async Task<ObjectInfo?> StatAsync(ShownState state, string location, List<VerifyLine> faults, CancellationToken cancellationToken)
    {
        ObjectInfo? info = null;
        await GuardAsync(state, location, faults, async () => info = await store.StatAsync(location, cancellationToken));
        return info;
    }

    async Task ListAsync(string location, CancellationToken cancellationToken)
    {
        if (hasListed)
        {
            return;
        }

        hasListed = true;
        await foreach (var item in store.ListAsync(location.TrimEnd('/') + "/", cancellationToken))
        {
            listed[TableLocations.Normalize(item.Location)] = item.Size;
        }
    }

    /// <summary>A table that others write lies where it lies, which may be another store: whether there is a log is all that is asked, if it can be.</summary>
    async Task<List<VerifyLine>> DeltaAsync(ShownState state, CancellationToken cancellationToken)
    {
        if (!state.Location.StartsWith(store.Root + "/", StringComparison.Ordinal))
        {
            return [];
        }

        await foreach (var item in store.ListAsync(state.Location + "/_delta_log/", cancellationToken))
        {
            Files++;
            Bytes += item.Size;
        }

        return Files > 0 ? [] : [Fault(state, state.Location + "/_delta_log/", "missing", "the Delta table has no log")];
    }

    async Task<TableMetadata> ReadAsync(string location, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(location, range: null, cancellationToken);
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken);
        return TableMetadataJson.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    static async Task GuardAsync(ShownState state, string location, List<VerifyLine> faults, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (LakehouseException exception) when (exception.Kind is not LakehouseErrorKind.Unavailable)
        {
            faults.Add(Fault(state, location, exception));
        }
    }

    static VerifyLine Fault(ShownState state, string location, string kind, string message) =>
        new(VerifyLine.FaultLine) { Kind = kind, Table = state.Table, Branch = state.Branch, Location = location, Message = message };
}
