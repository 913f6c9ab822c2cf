using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Recovery;

/// <summary>
/// Finds tables that were on branches only which are dropped, and wishes their files away once the retention is over. Tables that were registered keep theirs, as do those whose property <c>gc.enabled</c> is false: others may
/// know of them.
/// </summary>
internal sealed class LeftTables(NpgsqlDataSource database, MetadataFiles files, IObjectStore store, IOptions<CatalogOptions> options, TimeProvider time)
{
    // Who looks while another does has nothing to do.
    const string OneLooks = "SELECT pg_try_advisory_xact_lock(7273)";
    const string Find = """
        SELECT DISTINCT ON (p.table_id) p.table_id, p.from_commit, p.branch_id, p.location, p.metadata_location, b.dropped_at
        FROM branches b JOIN pointers p ON p.branch_id = b.id AND p.to_commit IS NULL AND NOT p.dropped AND p.kind = 0
        WHERE b.dropped_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM pointers k JOIN branches l ON l.id = k.branch_id AND l.dropped_at IS NULL WHERE k.table_id = p.table_id)
          AND NOT EXISTS (SELECT 1 FROM purges u WHERE u.table_id = p.table_id AND (u.state <> 'void' OR (u.branch_id = p.branch_id AND u.commit_id = p.from_commit)))
        ORDER BY p.table_id, b.dropped_at DESC LIMIT 1000
        """;
    const string Wish = """
        INSERT INTO purges (table_id, commit_id, branch_id, location, due_at, state, files, error, finished_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)
        """;

    /// <summary>Looks once.</summary>
    /// <returns>How many were found.</returns>
    public async Task<int> FindAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!(await Backup.StoredTables.QueryAsync(connection, OneLooks, r => r.GetBoolean(0), cancellationToken))[0])
        {
            return 0;
        }

        var found = await Backup.StoredTables.QueryAsync(
            connection, Find, r => new Left(r.GetGuid(0), r.GetInt64(1), r.GetInt32(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateTimeOffset>(5)), cancellationToken);
        foreach (var left in found)
        {
            var kept = await KeptAsync(left, cancellationToken);
            await Backup.StoredTables.QueryAsync(
                connection, Wish, _ => 0, cancellationToken,
                left.Table, left.Commit, left.Branch, left.Location, left.DroppedAt + options.Value.DropRetention, kept is null ? PurgeStates.Waiting : PurgeStates.Void, kept, kept is null ? null : StoredTime.Now(time));
        }

        await transaction.CommitAsync(cancellationToken);
        return found.Count;
    }

    /// <summary>Why its files stay; null when they go.</summary>
    async Task<string?> KeptAsync(Left left, CancellationToken cancellationToken)
    {
        try
        {
            var metadata = await files.ReadAsync(left.Metadata, cancellationToken);
            var isOwn = left.Location.StartsWith(store.Root + "/", StringComparison.Ordinal) && left.Location.EndsWith("-" + metadata.TableUuid.ToString("N")[^12..], StringComparison.Ordinal);
            return !isOwn ? "it lies where somebody else put it"
                : metadata.Properties.TryGetValue("gc.enabled", out var text) && bool.TryParse(text, out var isCollected) && !isCollected ? "its property gc.enabled is false"
                : null;
        }
        catch (LakehouseException error) when (error.Kind is LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported)
        {
            return $"its metadata can't be read: {error.Kind}";
        }
    }

    sealed record Left(Guid Table, long Commit, int Branch, string Location, string Metadata, DateTimeOffset DroppedAt);
}
