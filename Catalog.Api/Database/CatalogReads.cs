using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Database;

/// <summary>
/// Reads, tried again on PostgreSQL's transient errors. Writes are not: one whose answer was lost may have happened, and saying "exists already" of one's own row would be wrong.
/// </summary>
internal sealed class CatalogReads(IDbContextFactory<CatalogDb> databases, TimeProvider time)
{
    const int Attempts = 3;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a query.</summary>
    public async Task<T> QueryAsync<T>(Func<CatalogDb, Task<T>> query, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(cancellationToken);
                db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
                return await query(db);
            }
            catch (Exception exception) when (attempt < Attempts && IsTransient(exception))
            {
                await Task.Delay(Pause * attempt * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
            }
        }
    }

    /// <summary>EF wraps what the driver threw when it believes that a retry would help.</summary>
    static bool IsTransient(Exception exception) => exception is NpgsqlException { IsTransient: true } or InvalidOperationException { InnerException: NpgsqlException { IsTransient: true } };
}
