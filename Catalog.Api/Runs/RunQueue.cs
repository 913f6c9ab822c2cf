using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Runs;

/// <summary>
/// Runs of pipelines: queued, taken by a worker under a lease, reported on, ended. A pipeline has at most one run that waits and one that runs, which an index of the database holds to.
/// The attempt is the fencing token: it grows with every worker that takes the run.
/// </summary>
internal sealed class RunQueue(IDbContextFactory<CatalogDb> databases, TimeProvider time, ILogger<RunQueue> logger)
{
    static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(30);

    /// <summary>Asks for a run. One that waits already absorbs the request: it will see whatever caused it.</summary>
    public async Task<RunRow> StartAsync(string pipeline, string trigger, string? traceParent, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var now = StoredTime.Now(time);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO runs (pipeline, state, trigger, created_at, attempt, trace_parent) VALUES ({pipeline}, {RunStates.Queued}, {trigger}, {now}, 0, {traceParent})
                ON CONFLICT (pipeline, state) WHERE state IN ('queued', 'running') DO NOTHING
                """,
                cancellationToken);
            if (await db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.Pipeline == pipeline && r.State == RunStates.Queued, cancellationToken) is { } queued)
            {
                return queued;
            }
        }
    }

    /// <summary>Takes the oldest run that may run: one whose worker let its lease expire, or a waiting one of a pipeline that is not running. Null when there is none.</summary>
    public async Task<RunRow?> ClaimAsync(string[] pipelines, string worker, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        var until = now + (lease ?? DefaultLease);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            var claimed = await db.Runs.FromSql(
                $"""
                UPDATE runs SET state = 'running', started_at = coalesce(started_at, {now}), lease_owner = {worker}, lease_expires_at = {until}, attempt = attempt + 1, error = NULL
                WHERE id = (
                    SELECT r.id FROM runs r
                    WHERE r.pipeline = ANY ({pipelines}) AND ((r.state = 'running' AND r.lease_expires_at <= {now})
                        OR (r.state = 'queued' AND NOT EXISTS (SELECT 1 FROM runs o WHERE o.pipeline = r.pipeline AND o.state = 'running')))
                    ORDER BY r.id LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING *
                """).AsNoTracking().ToListAsync(cancellationToken);
            if (claimed is not [var run])
            {
                return null;
            }

            // What an earlier attempt said of the models no longer holds.
            await db.RunNodes.Where(n => n.RunId == run.Id).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Log.RunClaimed(logger, run.Id, run.Pipeline, worker, run.Attempt);
            return run;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Another worker began a run of the pipeline in between.
            return null;
        }
    }

    /// <summary>Takes a worker's report and renews its lease.</summary>
    /// <exception cref="ApiException">404: no such run. 409: it is not the worker's, or no longer.</exception>
    public async Task<RunRow> PatchAsync(long id, PatchRunRequest report, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var run = await LockAsync(db, id, cancellationToken);
        if (run.State != RunStates.Running || run.LeaseOwner != report.Worker)
        {
            throw new ApiException(409, $"Run {id} is {run.State} and not held by this worker.", "RunNotHeldException");
        }

        await db.Entry(run).Collection(r => r.Nodes).LoadAsync(cancellationToken);
        foreach (var node in report.Nodes ?? [])
        {
            Merge(run, node);
        }

        run.CommitId = report.CommitId ?? run.CommitId;
        run.Error = report.Error ?? run.Error;
        run.State = report.State ?? run.State;
        run.LeaseExpiresAt = now + (lease ?? DefaultLease);
        if (run.State != RunStates.Running)
        {
            End(run, now);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return run;
    }

    /// <summary>Cancels a run that is not over. Its worker learns it from the next report, and its commits are refused from now on.</summary>
    /// <exception cref="ApiException">404: no such run. 409: it is over.</exception>
    public async Task<RunRow> CancelAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var run = await LockAsync(db, id, cancellationToken);
        if (run.State is not (RunStates.Queued or RunStates.Running or RunStates.Cancelled))
        {
            throw new ApiException(409, $"Run {id} is over: it {run.State}.", "RunOverException");
        }

        await db.Entry(run).Collection(r => r.Nodes).LoadAsync(cancellationToken);
        if (run.State != RunStates.Cancelled)
        {
            run.State = RunStates.Cancelled;
            End(run, StoredTime.Now(time));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return run;
    }

    static void End(RunRow run, DateTimeOffset now)
    {
        run.FinishedAt = now;
        run.LeaseOwner = null;
        run.LeaseExpiresAt = null;
    }

    static void Merge(RunRow run, RunNodeBody report)
    {
        var node = run.Nodes.Find(n => n.Model == report.Model);
        if (node is null)
        {
            node = new RunNodeRow { RunId = run.Id, Model = report.Model!, State = report.State!, Position = run.Nodes.Count };
            run.Nodes.Add(node);
        }

        node.State = report.State!;
        node.StartedAt = report.StartedAt?.ToUniversalTime() ?? node.StartedAt;
        node.FinishedAt = report.FinishedAt?.ToUniversalTime() ?? node.FinishedAt;
        node.Rows = report.Rows ?? node.Rows;
        node.Error = report.Error ?? node.Error;
        node.CompiledSql = report.CompiledSql ?? node.CompiledSql;
    }

    static async Task<RunRow> LockAsync(CatalogDb db, long id, CancellationToken cancellationToken) =>
        (await db.Runs.FromSql($"SELECT * FROM runs WHERE id = {id} FOR UPDATE").ToListAsync(cancellationToken)) is [var run] ? run : throw CatalogErrors.NoSuchRun(id);
}
