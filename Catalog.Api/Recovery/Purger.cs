using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using LakeAspire.Catalog.Commits;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Recovery;

/// <summary>
/// Deletes the files of tables that were dropped with a purge, when their retention is over and no branch and no tag shows them, nor another table below or around. One instance takes a purge
/// at a time; what it leaves when it dies, the next one finishes.
/// </summary>
internal sealed class Purger(NpgsqlDataSource database, IObjectStore store, MigrationState state, IOptions<CatalogOptions> options, TimeProvider time, ILogger<Purger> logger) : BackgroundService
{
    static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Later = TimeSpan.FromMinutes(10);

    // Under this lock nothing comes back to a location: a commit that brings a table takes it, too.
    const string LockLocations = "SELECT pg_advisory_xact_lock(7272)";
    const string Candidate = """
        SELECT id, table_id, commit_id, branch_id, location, state FROM purges
        WHERE state IN ('waiting', 'running') AND due_at <= $1 AND (held_until IS NULL OR held_until <= $1)
        ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        """;
    const string IsStillDropped = "SELECT EXISTS (SELECT 1 FROM pointers WHERE branch_id = $1 AND table_id = $2 AND from_commit = $3 AND dropped AND to_commit IS NULL)";
    static readonly string IsNeeded = $"""
        WITH RECURSIVE {ShownTables.Levels}, {ShownTables.Pointers("p.kind < 2 AND (p.table_id = $1 OR p.location = $2 OR starts_with(p.location, $2 || '/') OR starts_with($2, p.location || '/'))")}
        SELECT EXISTS (SELECT 1 FROM shown WHERE NOT dropped)
        """;
    const string Take = "UPDATE purges SET state = $2, held_until = $3, finished_at = $4 WHERE id = $1";
    const string Finish = "UPDATE purges SET state = 'done', files = files + $2, error = NULL, finished_at = $3 WHERE id = $1 AND state = 'running'";
    const string Fail = "UPDATE purges SET files = files + $2, error = $3, held_until = $4 WHERE id = $1 AND state = 'running'";
    const string Renew = "UPDATE purges SET held_until = $2 WHERE id = $1 AND state = 'running'";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PurgeInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!state.IsCurrent)
            {
                continue;
            }

            try
            {
                await RunAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.PurgeLookFailed(logger, exception);
            }
        }
    }

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
            connection, Candidate, r => (Id: r.GetInt64(0), TableId: r.GetGuid(1), Commit: r.GetInt64(2), Branch: r.GetInt32(3), Location: r.GetString(4), State: r.GetString(5)), cancellationToken, now);
        if (found is not [var purge])
        {
            return null;
        }

        await Backup.StoredTables.QueryAsync(connection, LockLocations, _ => 0, cancellationToken);
        var running = purge.State == PurgeStates.Running;
        var dropped = running || (await Backup.StoredTables.QueryAsync(connection, IsStillDropped, r => r.GetBoolean(0), cancellationToken, purge.Branch, purge.TableId, purge.Commit))[0];
        var needed = !running && (await Backup.StoredTables.QueryAsync(connection, IsNeeded, r => r.GetBoolean(0), cancellationToken, purge.TableId, purge.Location))[0];
        var (next, held) = !dropped ? (PurgeStates.Void, now) : needed ? (PurgeStates.Waiting, now + Later) : (PurgeStates.Running, now + Hold);
        await Backup.StoredTables.QueryAsync(connection, Take, _ => 0, cancellationToken, purge.Id, next, held, dropped ? null : now);
        await transaction.CommitAsync(cancellationToken);
        return new Purge(purge.Id, purge.Location, next == PurgeStates.Running);
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

    sealed record Purge(long Id, string Location, bool Runs);
}
