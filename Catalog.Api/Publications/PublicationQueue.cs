using System.Globalization;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Publications;

/// <summary>
/// Which tables have commits on <c>main</c> that were not looked at yet, given to one worker each under a lease. A commit is done when it is reported on; what a dead worker had is found again when its
/// lease is over, and whatever was missed is found by comparing commits, so that nothing has to be remembered.
/// </summary>
internal sealed class PublicationQueue(IDbContextFactory<CatalogDb> databases, TimeProvider time)
{
    static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(60);

    /// <summary>Takes the table whose unpublished commit is the oldest; null when there is none.</summary>
    public async Task<ClaimedPublicationBody?> ClaimAsync(string worker, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        var until = now + (lease ?? DefaultLease);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO publications (table_id, state, left_out, commit_id, updated_at, attempt)
            SELECT p.table_id, {PublicationStates.Pending}, ARRAY[]::text[], 0, {now}, 0 FROM pointers p JOIN branches b ON b.id = p.branch_id
            WHERE b.name = {BranchRow.Main} AND p.to_commit IS NULL AND p.kind = 0 AND NOT p.dropped AND NOT EXISTS (SELECT 1 FROM publications k WHERE k.table_id = p.table_id)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);
        var claimed = await db.Publications.FromSql(
            $"""
            UPDATE publications SET lease_owner = {worker}, lease_expires_at = {until}, attempt = attempt + 1
            WHERE table_id = (
                SELECT u.table_id FROM publications u JOIN pointers p ON p.table_id = u.table_id AND p.to_commit IS NULL AND NOT p.dropped JOIN branches b ON b.id = p.branch_id AND b.name = {BranchRow.Main}
                WHERE p.from_commit > u.commit_id AND (u.lease_expires_at IS NULL OR u.lease_expires_at <= {now})
                ORDER BY p.from_commit LIMIT 1 FOR UPDATE OF u SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);
        if (claimed is not [var row])
        {
            return null;
        }

        // A table that was dropped since is nobody's.
        var pointer = await TableLookup.Current(db).AsNoTracking().FirstOrDefaultAsync(p => p.TableId == row.TableId, cancellationToken);
        return pointer is null ? null : new ClaimedPublicationBody(row.TableId, NamespaceName.FromDatabase(pointer.Namespace).Dotted, pointer.Name, pointer.FromCommit, row.Attempt);
    }

    /// <summary>Takes a worker's report. One with a state ends its lease.</summary>
    /// <exception cref="ApiException">404: no such table. 409: it is not the worker's, or no longer.</exception>
    public async Task ReportAsync(Guid tableId, PublicationReport report, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = (await db.Publications.FromSql($"SELECT * FROM publications WHERE table_id = {tableId} FOR UPDATE").ToListAsync(cancellationToken)) is [var found]
            ? found
            : throw new ApiException(404, $"There is no publication of a table {tableId}.", "NoSuchTableException");
        if (row.LeaseOwner != report.Worker || row.Attempt != report.Attempt)
        {
            throw new ApiException(409, $"The publication of {tableId} is not held by this worker.", "PublicationNotHeldException");
        }

        if (report.State is null)
        {
            row.LeaseExpiresAt = now + (lease ?? DefaultLease);
        }
        else
        {
            row.State = report.State;
            row.Reason = report.Reason;
            row.Version = report.Version ?? row.Version;
            row.SnapshotId = report.SnapshotId is { } id ? long.Parse(id, CultureInfo.InvariantCulture) : row.SnapshotId;
            row.SequenceNumber = report.SequenceNumber ?? row.SequenceNumber;
            row.CurrentSequenceNumber = report.CurrentSequenceNumber ?? row.CurrentSequenceNumber;
            row.LeftOut = report.LeftOut ?? row.LeftOut;
            row.CommitId = Math.Max(row.CommitId, report.CommitId ?? 0);
            row.UpdatedAt = now;
            row.LeaseOwner = null;
            row.LeaseExpiresAt = report.RetrySeconds is { } pause ? now + TimeSpan.FromSeconds(pause) : null;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
