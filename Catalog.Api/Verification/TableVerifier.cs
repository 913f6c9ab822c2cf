using LakeAspire.Catalog.Database;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Parquet;

namespace LakeAspire.Catalog.Verification;

/// <summary>Looks for the files of one table, in all states that branches show of it; what several states or snapshots share is looked at once.</summary>
/// <param name="store">The store.</param>
/// <param name="footers">How many footers may be read at once; null when none are.</param>
/// <param name="totals">Counts what was looked at.</param>
/// <param name="progress">Tells of progress, now and then.</param>
internal sealed class TableVerifier(IObjectStore store, SemaphoreSlim? footers, VerifyTotals totals, Func<ValueTask> progress)
{
    /// <summary>How many files are looked at between two words of progress.</summary>
    const int ProgressEvery = 1000;

    /// <summary>How many footers of one table wait to be read.</summary>
    const int MaxReading = 64;

    // Digests of names, which are long: a table may have millions of files.
    readonly Dictionary<UInt128, long> listed = [];
    readonly HashSet<UInt128> seen = [];
    readonly List<Task<VerifyLine?>> reading = [];
    bool hasListed;

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

        await ReadFootersAsync(faults, room: 0);
        return faults;
    }

    public static VerifyLine Fault(ShownState state, string location, LakehouseException exception) =>
        Fault(state, location, exception.Kind == LakehouseErrorKind.NotFound ? "missing" : "unreadable", exception.Message);

    async Task ManifestAsync(ShownState state, TableMetadata metadata, ManifestFile manifest, List<VerifyLine> faults, CancellationToken cancellationToken)
    {
        if (seen.Contains(Digest(manifest.ManifestPath))
            || await MissesAsync(state, manifest.ManifestPath, manifest.ManifestLength > 0 ? manifest.ManifestLength : null, "manifest", faults, cancellationToken))
        {
            return;
        }

        await GuardAsync(state, manifest.ManifestPath, faults, async () =>
        {
            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken))
            {
                var file = entry.DataFile;
                if (!entry.IsLive || seen.Contains(Digest(file.FilePath)))
                {
                    continue;
                }

                var misses = await MissesAsync(state, file.FilePath, file.FileSizeInBytes, file.Content == FileContent.Data ? "data file" : "delete file", faults, cancellationToken);
                if (footers is not null && !misses && file.FileFormat.Equals("PARQUET", StringComparison.OrdinalIgnoreCase))
                {
                    await ReadFootersAsync(faults, MaxReading - 1);
                    reading.Add(FooterAsync(state, file, footers, cancellationToken));
                }
            }
        });
    }

    static async Task<VerifyLine?> FooterAsync(ShownState state, DataFile file, IObjectStore store, SemaphoreSlim footers, CancellationToken cancellationToken)
    {
        await footers.WaitAsync(cancellationToken);
        try
        {
            var footer = await ParquetFooter.ReadAsync(store, file.FilePath, file.FileSizeInBytes, cancellationToken);
            return footer.Rows == file.RecordCount ? null : Fault(state, file.FilePath, "different", $"holds {footer.Rows} rows, its manifest says {file.RecordCount}");
        }
        catch (LakehouseException exception) when (exception.Kind is not LakehouseErrorKind.Unavailable)
        {
            return Fault(state, file.FilePath, exception);
        }
        finally
        {
            footers.Release();
        }
    }

    Task<VerifyLine?> FooterAsync(ShownState state, DataFile file, SemaphoreSlim limit, CancellationToken cancellationToken) => FooterAsync(state, file, store, limit, cancellationToken);

    /// <summary>Waits for footers until no more than so many are under way.</summary>
    async Task ReadFootersAsync(List<VerifyLine> faults, int room)
    {
        while (reading.Count > room)
        {
            var read = await Task.WhenAny(reading);
            reading.Remove(read);
            if (await read is { } fault)
            {
                faults.Add(fault);
            }
        }
    }

    static UInt128 Digest(string location) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(TableLocations.Normalize(location))));

    /// <summary>Whether a file is missing or has another size; it is looked for once.</summary>
    async Task<bool> MissesAsync(ShownState state, string location, long? size, string what, List<VerifyLine> faults, CancellationToken cancellationToken)
    {
        var digest = Digest(location);
        if (!seen.Add(digest))
        {
            return false;
        }

        if (totals.AddFile() % ProgressEvery == 0)
        {
            await progress();
        }

        if (!listed.TryGetValue(digest, out var found))
        {
            if (await StatAsync(state, location, faults, cancellationToken) is not { } info)
            {
                faults.Add(Fault(state, location, "missing", $"{what} does not exist"));
                return true;
            }

            found = info.Size;
        }

        totals.AddBytes(found);
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
            listed[Digest(item.Location)] = item.Size;
        }
    }

    /// <summary>A table that others write lies where it lies, which may be another store: whether there is a log is all that is asked, if it can be.</summary>
    async Task<List<VerifyLine>> DeltaAsync(ShownState state, CancellationToken cancellationToken)
    {
        if (!state.Location.StartsWith(store.Root + "/", StringComparison.Ordinal))
        {
            return [];
        }

        var found = false;
        await foreach (var item in store.ListAsync(state.Location + "/_delta_log/", cancellationToken))
        {
            totals.AddFile();
            totals.AddBytes(item.Size);
            found = true;
        }

        return found ? [] : [Fault(state, state.Location + "/_delta_log/", "missing", "the Delta table has no log")];
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
