using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Upkeep;

/// <summary>Requests for upkeep: queued, taken by a worker under a lease, ended.</summary>
internal sealed class UpkeepQueue(IDbContextFactory<CatalogDb> databases, TimeProvider time)
{
    static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(30);

    public async Task<UpkeepRequestRow> AskAsync(string? table, bool dryRun, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var request = new UpkeepRequestRow { Table = table, DryRun = dryRun, State = UpkeepStates.Queued, CreatedAt = StoredTime.Now(time) };
        db.UpkeepRequests.Add(request);
        await db.SaveChangesAsync(cancellationToken);
        return request;
    }

    /// <summary>Takes the oldest request that waits, or whose worker let its lease expire; null when there is none.</summary>
    public async Task<UpkeepRequestRow?> ClaimAsync(string worker, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        var until = now + (lease ?? DefaultLease);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var claimed = await db.UpkeepRequests.FromSql(
            $"""
            UPDATE upkeep_requests SET state = 'running', lease_owner = {worker}, lease_expires_at = {until}
            WHERE id = (
                SELECT r.id FROM upkeep_requests r
                WHERE r.state = 'queued' OR (r.state = 'running' AND r.lease_expires_at <= {now})
                ORDER BY r.id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);
        return claimed is [var request] ? request : null;
    }

    /// <summary>Takes a worker's report and renews its lease.</summary>
    /// <exception cref="ApiException">404: no such request. 409: it is not the worker's, or no longer.</exception>
    public async Task<UpkeepRequestRow> PatchAsync(long id, PatchUpkeepRequest report, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var found = await db.UpkeepRequests.FromSql($"SELECT * FROM upkeep_requests WHERE id = {id} FOR UPDATE").ToListAsync(cancellationToken);
        var request = found is [var one] ? one : throw NoSuchRequest(id);
        if (request.State != UpkeepStates.Running || request.LeaseOwner != report.Worker)
        {
            throw new ApiException(409, $"Upkeep request {id} is {request.State} and not held by this worker.", "UpkeepNotHeldException");
        }

        request.State = report.State ?? request.State;
        request.Error = report.Error ?? request.Error;
        request.LeaseExpiresAt = now + (lease ?? DefaultLease);
        if (request.State != UpkeepStates.Running)
        {
            request.FinishedAt = now;
            request.LeaseOwner = null;
            request.LeaseExpiresAt = null;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return request;
    }

    public static ApiException NoSuchRequest(long id) => new(404, $"There is no upkeep request {id}.", "NoSuchUpkeepRequestException");
}
