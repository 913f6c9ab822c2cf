using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Lineage;

/// <summary>Removes events whose time is over. What they said stays: a copy that comes after that is folded into its run once more, which changes nothing.</summary>
internal sealed class LineageSweeper(
    NpgsqlDataSource database, MigrationState state, IOptions<CatalogOptions> catalog, IOptions<LineageOptions> options, TimeProvider time, ILogger<LineageSweeper> logger) : BackgroundService
{
    const int BatchSize = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(catalog.Value.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!state.IsCurrent)
            {
                continue;
            }

            try
            {
                await SweepAsync(database, time.GetUtcNow() - options.Value.KeepEvents, stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.LineageSweepFailed(logger, exception);
            }
        }
    }

    /// <summary>Removes events that came before a time, in batches.</summary>
    public static async Task SweepAsync(NpgsqlDataSource database, DateTimeOffset before, CancellationToken cancellationToken)
    {
        int swept;
        do
        {
            await using var command = database.CreateCommand(
                "DELETE FROM lineage_events WHERE id IN (SELECT id FROM lineage_events WHERE received_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)");
            command.Parameters.Add(new NpgsqlParameter { Value = before });
            command.Parameters.Add(new NpgsqlParameter { Value = BatchSize });
            swept = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (swept == BatchSize);
    }
}
