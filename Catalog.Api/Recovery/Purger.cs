using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using LakeAspire.Catalog.Commits;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Recovery;

/// <summary>
/// Deletes the files of tables that were dropped with a purge, or with all branches that they were on, when their retention is over and no branch and no tag shows them or may have them back, nor another table below or
/// around. One instance takes a purge at a time; what it leaves when it dies, the next one finishes.
/// </summary>
internal sealed class Purger(NpgsqlDataSource database, IObjectStore store, LeftTables left, MigrationState state, IOptions<CatalogOptions> options, TimeProvider time, ILogger<Purger> logger) : BackgroundService
{
    const int LooksSeldom = 10;
    static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Later = TimeSpan.FromMinutes(10);

    // Under this lock nothing comes back to a location: a commit that brings a table takes it, too.
    const string LockLocations = "SELECT pg_advisory_xact_lock(7272)";
    const string Candidate = """
        SELECT id, table_id, commit_id, branch_id, location, state FROM purges
        WHERE state IN ('waiting', 'running') AND due_at <= $1 AND (held_until IS NULL OR held_until <= $1)
        ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        """;
    // What became of the table: whether it was dropped, or its branch was; whether a branch that is there ever had it; and when the last of those went that had it, or began at one that had.
    const string Standing = """
        WITH RECURSIVE showed AS (
            SELECT l.id, l.dropped_at FROM branches l WHERE EXISTS (SELECT 1 FROM pointers k WHERE k.table_id = $2 AND k.branch_id = l.id)
            UNION SELECT c.id, c.dropped_at FROM showed h JOIN branches c ON c.parent_id = h.id)
        SELECT p.dropped, b.dropped_at IS NOT NULL, EXISTS (SELECT 1 FROM pointers k JOIN branches l ON l.id = k.branch_id WHERE k.table_id = $2 AND l.dropped_at IS NULL),
            (SELECT max(h.dropped_at) FROM showed h)
        FROM pointers p JOIN branches b ON b.id = p.branch_id WHERE p.branch_id = $1 AND p.table_id = $2 AND p.from_commit = $3 AND p.to_commit IS NULL
        """;

    // Whoever shows the table, or another one that lies in its folder or around it; and where it was dropped besides and may still come back.
    static readonly string IsNeeded = $"""
        WITH RECURSIVE {ShownTables.Levels}, {ShownTables.Pointers("p.kind < 2 AND (p.table_id = $1 OR p.location = $2 OR starts_with(p.location, $2 || '/') OR starts_with($2, p.location || '/'))")}
        SELECT EXISTS (
            SELECT 1 FROM shown s WHERE NOT s.dropped OR (
                NOT (s.table_id = $1 AND s.from_commit = $3) AND EXISTS (SELECT 1 FROM branches r WHERE r.id = s.root AND r.kind = 0)
                AND coalesce(
                    (SELECT max(u.due_at) FROM purges u WHERE u.table_id = s.table_id AND u.commit_id = s.from_commit AND u.state <> 'void'),
                    (SELECT c.at FROM commits c WHERE c.id = s.from_commit) + $5) > $4))
        """;
    const string Take = "UPDATE purges SET state = $2, held_until = $3, finished_at = $4 WHERE id = $1";
    const string Finish = "UPDATE purges SET state = 'done', files = files + $2, error = NULL, finished_at = $3 WHERE id = $1 AND state = 'running'";
    const string Fail = "UPDATE purges SET files = files + $2, error = $3, held_until = $4 WHERE id = $1 AND state = 'running'";
    const string Renew = "UPDATE purges SET held_until = $2 WHERE id = $1 AND state = 'running'";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PurgeInterval, time);
        for (var round = 0; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            if (!state.IsCurrent)
            {
                continue;
            }

            try
            {
                if (round % LooksSeldom == 0)
                {
                    await FindLeftAsync(stoppingToken);
                }

                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or LakehouseException)
            {
                Log.PurgeLookFailed(logger, exception);
            }
        }
    }

    /// <summary>Finds tables that were only on branches which are dropped.</summary>
    public Task FindLeftAsync(CancellationToken cancellationToken) => left.FindAsync(cancellationToken);

    /// <summary>Does all purges that are due and that nobody else does.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await TakeAsync(cancellationToken) is { } purge)
        {
            if (purge.Runs)
            {
                await DeleteAsync(purge, cancellationToken);
            }
        }
    }

    /// <summary>Decides about the next purge; null when none is due.</summary>
    async Task<Purge?> TakeAsync(CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await Backup.StoredTables.QueryAsync(
            connection, Candidate, r => new Wish(r.GetInt64(0), r.GetGuid(1), r.GetInt64(2), r.GetInt32(3), r.GetString(4), r.GetString(5)), cancellationToken, now);
        if (found is not [var purge])
        {
            return null;
        }

        await Backup.StoredTables.QueryAsync(connection, LockLocations, _ => 0, cancellationToken);
        var (next, held) = await DecideAsync(connection, purge, now, cancellationToken);
        await Backup.StoredTables.QueryAsync(connection, Take, _ => 0, cancellationToken, purge.Id, next, held, next == PurgeStates.Void ? now : null);
        await transaction.CommitAsync(cancellationToken);
        return new Purge(purge.Id, purge.Location, next == PurgeStates.Running);
    }

    async Task<(string State, DateTimeOffset Held)> DecideAsync(NpgsqlConnection connection, Wish purge, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (purge.State == PurgeStates.Running)
        {
            return (PurgeStates.Running, now + Hold);
        }

        var found = await Backup.StoredTables.QueryAsync(
            connection,
            Standing,
            r => (IsDropped: r.GetBoolean(0), IsBranchGone: r.GetBoolean(1), IsElsewhere: r.GetBoolean(2), LastGone: r.IsDBNull(3) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(3)),
            cancellationToken,
            purge.Branch,
            purge.TableId,
            purge.Commit);
        if (found is not [var standing] || !(standing.IsDropped || (standing.IsBranchGone && !standing.IsElsewhere)))
        {
            return (PurgeStates.Void, now);
        }

        if (!standing.IsDropped && standing.LastGone + options.Value.DropRetention is { } due && due > now)
        {
            return (PurgeStates.Waiting, due);
        }

        var needed = (await Backup.StoredTables.QueryAsync(connection, IsNeeded, r => r.GetBoolean(0), cancellationToken, purge.TableId, purge.Location, purge.Commit, now, options.Value.DropRetention))[0];
        return needed ? (PurgeStates.Waiting, now + Later) : (PurgeStates.Running, now + Hold);
    }

    /// <summary>Everything below the location goes. What goes wrong is tried again: there is no way back.</summary>
    async Task DeleteAsync(Purge purge, CancellationToken cancellationToken)
    {
        long files = 0;
        var held = time.GetTimestamp();
        try
        {
            await foreach (var item in store.ListAsync(purge.Location + "/", cancellationToken))
            {
                await store.DeleteAsync(item.Location, cancellationToken);
                files++;
                if (time.GetElapsedTime(held) > Hold / 2)
                {
                    held = time.GetTimestamp();
                    await ExecuteAsync(Renew, purge.Id, StoredTime.Now(time) + Hold);
                }
            }

            await ExecuteAsync(Finish, purge.Id, files, StoredTime.Now(time));
            Log.Purged(logger, files, purge.Location);
        }
        catch (LakehouseException exception)
        {
            Log.PurgeFailed(logger, exception, purge.Location);
            await ExecuteAsync(Fail, purge.Id, files, exception.Kind.ToString(), StoredTime.Now(time) + Later);
        }
    }

    async Task ExecuteAsync(string statement, params object[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(statement, parameters) } };
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    sealed record Wish(long Id, Guid TableId, long Commit, int Branch, string Location, string State);

    sealed record Purge(long Id, string Location, bool Runs);
}
