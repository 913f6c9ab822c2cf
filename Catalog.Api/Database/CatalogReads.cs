using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Database;

/// <summary>
/// Reads, tried again on PostgreSQL's transient errors. Writes are not: one whose answer was lost may have happened, and saying "exists already" of one's own row would be wrong.
/// </summary>
internal sealed class CatalogReads(IDbContextFactory<CatalogDb> databases, TimeProvider time)
{
    /// <summary>Runs a query.</summary>
    public Task<T> QueryAsync<T>(Func<CatalogDb, Task<T>> query, CancellationToken cancellationToken) => TransientRetry.RunAsync(
        time,
        async () =>
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            return await query(db);
        },
        cancellationToken);
}
