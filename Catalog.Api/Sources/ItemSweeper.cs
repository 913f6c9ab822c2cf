using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Sources;

/// <summary>Removes items whose retention is over. They count as absent before that: sweeping only frees their room.</summary>
internal sealed class ItemSweeper(NpgsqlDataSource database, Database.MigrationState state, IOptions<CatalogOptions> options, TimeProvider time, ILogger<ItemSweeper> logger) : BackgroundService
{
    const int BatchSize = 10_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!state.IsCurrent)
            {
                continue;
            }

            try
            {
                await SweepAsync(database, time.GetUtcNow(), logger, stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.SweepFailed(logger, exception);
            }
        }
    }

    /// <summary>Removes what has expired, in batches that commits don't have to wait for.</summary>
    public static async Task<int> SweepAsync(NpgsqlDataSource database, DateTimeOffset now, ILogger logger, CancellationToken cancellationToken)
    {
        var total = 0;
        int swept;
        do
        {
            // A commit that takes in the same item anew holds the row: it is swept the next time.
            await using var command = database.CreateCommand(
                "DELETE FROM items WHERE (scope, key, branch_id, commit_id) IN (SELECT scope, key, branch_id, commit_id FROM items WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)");
            command.Parameters.Add(new NpgsqlParameter { Value = now });
            command.Parameters.Add(new NpgsqlParameter { Value = BatchSize });
            swept = await command.ExecuteNonQueryAsync(cancellationToken);
            total += swept;
        }
        while (swept == BatchSize);

        if (total > 0)
        {
            Log.ItemsSwept(logger, total);
        }

        return total;
    }
}
