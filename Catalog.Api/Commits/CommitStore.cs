using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Commits;

/// <summary>
/// The one place where pointers move: a compare-and-swap of all that a commit names, in one database transaction. Commits on a branch queue at its row, so that their ids ascend in
/// the order in which they become visible; the lock is held for two short round trips and never while a file is written.
/// </summary>
internal sealed class CommitStore(NpgsqlDataSource database, IOptions<CatalogOptions> options, TimeProvider time, ILogger<CommitStore> logger)
{
    const int Attempts = 3;
    static readonly TimeSpan ResolvePause = TimeSpan.FromMilliseconds(200);

    /// <summary>Commits, or says exactly why not. A transient failure before the database was asked to commit is tried again: nothing has happened then.</summary>
    public async Task<CommitOutcome> CommitAsync(CommitRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await TryCommitAsync(request, cancellationToken);
            if (outcome is not CommitOutcome.Failed { Reason: NpgsqlException { IsTransient: true } } || attempt == Attempts)
            {
                return outcome;
            }

            await Task.Delay(ResolvePause * Random.Shared.NextDouble(), time, cancellationToken);
        }
    }

    async Task<CommitOutcome> TryCommitAsync(CommitRequest request, CancellationToken cancellationToken)
    {
        long id;
        DateTimeOffset at;
        Exception failure;
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
            var now = StoredTime.Now(time);
            var checks = await CommitChecks.ReadAsync(connection, request, now, cancellationToken);
            if (checks.Refusal(request) is { } refusal)
            {
                return refusal;
            }

            // Times ascend with ids even when the clock was set back, so that "as of" means one thing.
            id = checks.CommitId;
            at = checks.HeadAt is { } head && head > now ? head : now;
            await CommitWrites.ExecuteAsync(connection, request, checks, at, cancellationToken);
            try
            {
                // From here on the caller's going away changes nothing.
                await transaction.CommitAsync(CancellationToken.None);
                return new CommitOutcome.Committed(id, at);
            }
            catch (Exception exception) when (exception is not PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected })
            {
                failure = exception;
            }
        }
        catch (NpgsqlException exception)
        {
            return new CommitOutcome.Failed(exception);
        }

        Log.CommitInDoubt(logger, failure, id);
        return await ResolveAsync(request.View.BranchId, id, at, failure);
    }

    /// <summary>
    /// Asks what became of a commit whose answer was lost. Its transaction holds the branch's lock until it has ended one way or the other, so whoever has the lock next sees the truth.
    /// </summary>
    async Task<CommitOutcome> ResolveAsync(int branchId, long id, DateTimeOffset at, Exception failure)
    {
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < options.Value.ResolveTimeout)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                await using var batch = new NpgsqlBatch(connection)
                {
                    BatchCommands = { Sql.Command("SET LOCAL lock_timeout = '20s'"), Sql.Command("SELECT id FROM branches WHERE id = $1 FOR UPDATE", branchId), Sql.Command("SELECT id FROM commits WHERE id = $1", id) },
                };
                await using var reader = await batch.ExecuteReaderAsync();
                await reader.NextResultAsync();
                return await reader.ReadAsync() ? new CommitOutcome.Committed(id, at) : new CommitOutcome.Failed(failure);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(ResolvePause, time);
            }
        }

        return new CommitOutcome.Unknown(failure);
    }
}
