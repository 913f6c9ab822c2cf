using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Upkeep;

/// <summary>The acts of upkeep, as workers report them. They are kept for a month.</summary>
internal sealed class UpkeepActs(IDbContextFactory<CatalogDb> databases, NpgsqlDataSource database, TimeProvider time)
{
    static readonly TimeSpan Retention = TimeSpan.FromDays(30);
    long lastSweep;

    /// <summary>Stores acts; one that is known already is replaced.</summary>
    public async Task StoreAsync(IReadOnlyList<UpkeepActRow> acts, CancellationToken cancellationToken)
    {
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            var ids = acts.Select(act => act.Id).ToArray();
            var known = await db.UpkeepActs.Where(act => ids.Contains(act.Id)).ToDictionaryAsync(act => act.Id, cancellationToken);
            foreach (var act in acts)
            {
                if (known.TryGetValue(act.Id, out var row))
                {
                    db.Entry(row).CurrentValues.SetValues(act);
                }
                else
                {
                    db.UpkeepActs.Add(act);
                }
            }

            await db.SaveChangesAsync(cancellationToken);
        }

        await SweepAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<UpkeepActRow>> ReadAsync(string? @namespace, string? table, int skip, int limit, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // What a dry run only thought of is for who asked.
        return await db.UpkeepActs.AsNoTracking().Where(act => act.State != "planned" && (table == null || (act.Table == table && act.Namespace == @namespace)))
            .OrderByDescending(act => act.StartedAt).ThenBy(act => act.Id).Skip(skip).Take(limit).ToListAsync(cancellationToken);
    }

    public async Task<(UpkeepRequestRow Request, IReadOnlyList<UpkeepActRow> Acts)> OfRequestAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var request = await db.UpkeepRequests.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellationToken) ?? throw UpkeepQueue.NoSuchRequest(id);
        return (request, await db.UpkeepActs.AsNoTracking().Where(act => act.RequestId == id).OrderBy(act => act.StartedAt).ThenBy(act => act.Id).ToListAsync(cancellationToken));
    }

    async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var last = Interlocked.Exchange(ref lastSweep, now.ToUnixTimeSeconds());
        if (now.ToUnixTimeSeconds() - last < 3600)
        {
            Interlocked.Exchange(ref lastSweep, last);
            return;
        }

        await using var command = database.CreateCommand("DELETE FROM upkeep_acts WHERE started_at < $1");
        command.Parameters.Add(new NpgsqlParameter { Value = now - Retention });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var requests = database.CreateCommand("DELETE FROM upkeep_requests WHERE created_at < $1 AND state NOT IN ('queued', 'running')");
        requests.Parameters.Add(new NpgsqlParameter { Value = now - Retention });
        await requests.ExecuteNonQueryAsync(cancellationToken);
    }
}
