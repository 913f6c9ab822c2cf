using System.Collections.Concurrent;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Idempotency;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Commits;

/// <summary>
/// The one place where pointers move: a compare-and-swap of all that a commit names, in one database transaction. Commits on a branch queue at its row, so that their ids ascend in
/// the order in which they become visible; the lock is held for short round trips and never while a metadata file is written. Commits that wait in one instance share a transaction.
/// </summary>
internal sealed class CommitStore(NpgsqlDataSource database, IOptions<CatalogOptions> options, TimeProvider time, ILogger<CommitStore> logger)
{
    const int Attempts = 3;
    static readonly TimeSpan ResolvePause = TimeSpan.FromMilliseconds(200);

    readonly ConcurrentDictionary<int, CommitLine> lines = [];

    /// <summary>Commits, or says exactly why not. A transient failure before the database was asked to commit is tried again: nothing has happened then.</summary>
    public async Task<CommitOutcome> CommitAsync(CommitRequest request, CancellationToken cancellationToken)
    {
        request = request with { Claim = IdempotentCall.Current?.Claim() };
        for (var attempt = 1; ; attempt++)
        {
            // Once in line, the caller's going away changes nothing: others may be made together with it.
            cancellationToken.ThrowIfCancellationRequested();
            var outcome = await AddAsync(request);
            if (outcome is not CommitOutcome.Failed { Reason: NpgsqlException { IsTransient: true } } || attempt == Attempts)
            {
                return outcome;
            }

            await Task.Delay(ResolvePause * Random.Shared.NextDouble(), time, cancellationToken);
        }
    }

    /// <summary>How many branches have commits under way.</summary>
    internal int Lines => lines.Count;

    async Task<CommitOutcome> AddAsync(CommitRequest request)
    {
        while (true)
        {
            var line = lines.GetOrAdd(request.View.BranchId, branch => new CommitLine(MakeAsync, ended => lines.TryRemove(new KeyValuePair<int, CommitLine>(branch, ended))));
            if (line.Add(request) is { } waiting)
            {
                return await waiting.Outcome;
            }

            // It ended in between, and is about to be taken away.
            lines.TryRemove(new KeyValuePair<int, CommitLine>(request.View.BranchId, line));
        }
    }

    /// <summary>Makes commits together; if that fails before anything happened, one by one, so that each is answered for its own failure.</summary>
    async Task MakeAsync(IReadOnlyList<WaitingCommit> commits)
    {
        try
        {
            var outcomes = await TryCommitAsync(commits.Select(c => c.Request).ToList());
            for (var i = 0; i < commits.Count; i++)
            {
                commits[i].End(outcomes is null ? (await TryCommitAsync([commits[i].Request]))![0] : outcomes[i]);
            }
        }
        catch (Exception exception)
        {
            foreach (var commit in commits)
            {
                commit.End(new CommitOutcome.Failed(exception));
            }
        }
    }

    /// <summary>Makes commits in one transaction, each on what those before it left. What becomes of each; null when several failed together and nothing happened.</summary>
    async Task<IReadOnlyList<CommitOutcome>?> TryCommitAsync(IReadOnlyList<CommitRequest> requests)
    {
        var outcomes = new List<CommitOutcome>(requests.Count);
        Exception failure;
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted);
            foreach (var request in requests)
            {
                outcomes.Add(await AddAsync(connection, request));
            }

            if (!outcomes.Any(outcome => outcome is CommitOutcome.Committed))
            {
                return outcomes;
            }

            try
            {
                await transaction.CommitAsync();
                return outcomes;
            }
            catch (Exception exception) when (exception is not PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected })
            {
                failure = exception;
            }
        }
        catch (NpgsqlException exception)
        {
            return requests.Count == 1 ? [new CommitOutcome.Failed(exception)] : null;
        }

        var first = outcomes.OfType<CommitOutcome.Committed>().First();
        Log.CommitInDoubt(logger, failure, first.Id);

        // They were made together or not at all. Why one was refused may rest on another of them, and holds only if that was made.
        return await ResolveAsync(requests[0].View.BranchId, first, failure) switch
        {
            CommitOutcome.Committed => outcomes,
            CommitOutcome.Failed failed => outcomes.Select(_ => (CommitOutcome)failed).ToList(),
            var unknown => outcomes.Select(outcome => outcome is CommitOutcome.Committed ? unknown : new CommitOutcome.Failed(failure)).ToList(),
        };
    }

    /// <summary>Checks a commit and writes it, for the transaction to commit.</summary>
    async Task<CommitOutcome> AddAsync(NpgsqlConnection connection, CommitRequest request)
    {
        var now = StoredTime.Now(time);
        var checks = await CommitChecks.ReadAsync(connection, request, now, CancellationToken.None);
        if (checks.Refusal(request) is { } refusal)
        {
            if (checks.HasKey)
            {
                await using var release = new NpgsqlBatch(connection) { BatchCommands = { IdempotencyKeys.Release(request.Claim!) } };
                await release.ExecuteNonQueryAsync();
            }

            return refusal;
        }

        // Times ascend with ids even when the clock was set back, so that "as of" means one thing.
        var at = checks.HeadAt is { } head && head > now ? head : now;
        await CommitWrites.ExecuteAsync(connection, request, checks, at, CancellationToken.None);
        return new CommitOutcome.Committed(checks.CommitId, at);
    }

    /// <summary>
    /// Asks what became of a commit whose answer was lost. Its transaction holds the branch's lock until it has ended one way or the other, so whoever has the lock next sees the truth.
    /// </summary>
    async Task<CommitOutcome> ResolveAsync(int branchId, CommitOutcome.Committed commit, Exception failure)
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
                    BatchCommands = { Sql.Command("SET LOCAL lock_timeout = '20s'"), Sql.Command("SELECT id FROM branches WHERE id = $1 FOR UPDATE", branchId), Sql.Command("SELECT id FROM commits WHERE id = $1", commit.Id) },
                };
                await using var reader = await batch.ExecuteReaderAsync();
                await reader.NextResultAsync();
                return await reader.ReadAsync() ? commit : new CommitOutcome.Failed(failure);
            }
            catch (Exception)
            {
                // Whatever fails here says nothing of the commit: to take it for one that was not made would delete the files that it may show.
                await Task.Delay(ResolvePause, time);
            }
        }

        return new CommitOutcome.Unknown(failure);
    }
}
