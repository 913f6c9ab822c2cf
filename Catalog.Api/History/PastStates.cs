using System.Collections.Concurrent;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.History;

/// <summary>
/// Whether tables can be read as a past state of the lake has them. What nothing points to any more is upkeep's to delete: its files may be gone, or go. Where it is to be kept from now on, pin it first
/// (<see cref="BranchPins"/>), so that upkeep that begins later keeps it; what upkeep has begun before is waited for here.
/// </summary>
internal sealed class PastStates(NpgsqlDataSource database, SnapshotFiles files, IOptions<CatalogOptions> options, TimeProvider time) : IDisposable
{
    const int LooksAtOnce = 8;
    const int NamedTables = 5;
    const int Sample = 64;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Remembers = TimeSpan.FromMinutes(1);

    const string Collected = "SELECT l.name FROM leases l WHERE l.name = ANY ($1) AND l.holder IS NOT NULL AND l.expires_at > clock_timestamp() LIMIT 1";
    const string Purged = "SELECT p.table_id FROM purges p WHERE p.table_id = ANY ($1) AND p.state IN ('running', 'done')";

    readonly MemoryCache readable = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Name of the lease under which upkeep deletes files of a table.</summary>
    public static string LeaseOf(Guid table) => $"collect/{table:D}";

    /// <summary>Looks whether all is there that a state shows, and whether it stays.</summary>
    /// <param name="state">The state, pinned.</param>
    /// <param name="pin">The pin that keeps it.</param>
    /// <param name="tables">Which tables; null = all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ApiException">409: files of it are gone. 503: upkeep goes on for long.</exception>
    public async Task DemandAsync(LakeView state, int pin, IReadOnlyCollection<Guid>? tables, CancellationToken cancellationToken)
    {
        var loose = await LooseAsync(state, pin, tables, cancellationToken);
        if (loose.Count == 0)
        {
            return;
        }

        await CollectedAsync(loose, cancellationToken);
        var purged = (await QueryAsync(Purged, r => r.GetGuid(0), cancellationToken, [loose.Select(table => table.Id).ToArray()])).ToHashSet();
        var gone = new ConcurrentBag<LooseTable>();
        await Parallel.ForEachAsync(loose, new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken }, async (table, stop) =>
        {
            if (purged.Contains(table.Id) || await files.FirstMissingAsync(table.MetadataLocation, stop) is not null)
            {
                gone.Add(table);
            }
        });
        if (!gone.IsEmpty)
        {
            var names = gone.OrderBy(table => table.Name.ToString(), StringComparer.Ordinal).ToList();
            throw new ApiException(
                409,
                $"Files of that state were removed when their snapshots expired, of {names.Count} table{(names.Count == 1 ? "" : "s")}: {string.Join(", ", names.Take(NamedTables).Select(table => $"{table.Name} (as of commit {table.Commit})"))}{(names.Count > NamedTables ? ", …" : "")}",
                "ExpiredException",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["tables"] = names.ConvertAll(table => table.Name.ToString()) });
        }
    }

    /// <summary>Says of a table of the past that it can't be read any more, rather than let the reader find out which file is missing.</summary>
    /// <exception cref="ApiException">404 names the table and the commit.</exception>
    public async Task DemandReadableAsync(LakeView view, PointerRow pointer, CancellationToken cancellationToken)
    {
        if (view.Ref.IsHead || pointer.Kind != PointerKind.Table || readable.TryGetValue(pointer.MetadataLocation, out _))
        {
            return;
        }

        if ((await LooseAsync(view, besides: null, [pointer.TableId], cancellationToken)).Count > 0 && await files.FirstMissingOfOldestAsync(pointer.MetadataLocation, Sample, cancellationToken) is { } missing)
        {
            throw new ApiException(
                404,
                $"{Tables.TableLookup.NameOf(pointer)} cannot be read as of {view.Ref.Text}: files of what commit {pointer.FromCommit} made of it were removed when {(pointer.SnapshotId is { } snapshot ? $"snapshot {snapshot}" : "it")} expired ({missing})",
                "ExpiredException");
        }

        readable.Set(pointer.MetadataLocation, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembers });
    }

    public void Dispose() => readable.Dispose();

    /// <summary>The tables of a state that nothing keeps as it has them.</summary>
    async Task<List<LooseTable>> LooseAsync(LakeView state, int? besides, IReadOnlyCollection<Guid>? tables, CancellationToken cancellationToken)
    {
        var held = $"k.table_id = p.table_id AND k.metadata_location = p.metadata_location AND {FileHolders.MayBeWanted("k", "$1")}";
        var rows = ViewSql.Pointers(state.Levels, tables is null ? "p.kind = 0" : "p.kind = 0 AND p.table_id = ANY ($2)", columns: "p.table_id, p.namespace, p.name, p.metadata_location, p.from_commit");
        var sql = $"""
            WITH RECURSIVE {FileHolders.Starts(besides)}
            SELECT p.table_id, p.namespace, p.name, p.metadata_location, p.from_commit FROM ({rows}) AS p
            WHERE NOT EXISTS (SELECT 1 FROM pointers k WHERE {held} AND {FileHolders.IsCurrent("k")})
              AND NOT EXISTS (SELECT 1 FROM starts s JOIN pointers k ON {FileHolders.IsSeenFrom("s", "k")} WHERE {held})
            """;
        var since = time.GetUtcNow() - options.Value.DropRetention;
        return await QueryAsync(
            sql,
            r => new LooseTable(r.GetGuid(0), new TableName(NamespaceName.FromDatabase(r.GetString(1)), r.GetString(2)), r.GetString(3), r.GetInt64(4)),
            cancellationToken,
            tables is null ? [since] : [since, tables.ToArray()]);
    }

    /// <summary>Waits until upkeep that may not know of the pin has deleted what it wanted.</summary>
    async Task CollectedAsync(List<LooseTable> tables, CancellationToken cancellationToken)
    {
        var names = tables.Select(table => LeaseOf(table.Id)).ToArray();
        var since = time.GetTimestamp();
        while ((await QueryAsync(Collected, r => r.GetString(0), cancellationToken, [names])) is [var lease])
        {
            if (time.GetElapsedTime(since) > Patience)
            {
                throw CatalogErrors.Unavailable($"Upkeep is deleting files of {tables.First(table => LeaseOf(table.Id) == lease).Name}: what is left of that state is known when it is done. Try again in a minute.");
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, object[] parameters) => TransientRetry.RunAsync(time, async () =>
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }, cancellationToken);

    sealed record LooseTable(Guid Id, TableName Name, string MetadataLocation, long Commit);
}
