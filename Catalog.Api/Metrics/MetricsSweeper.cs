using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Metrics;

/// <summary>Removes old reports. They are not shown any more before that: sweeping only frees their room.</summary>
internal sealed class MetricsSweeper(MetricsStore store, MigrationState state, IOptions<CatalogOptions> options, TimeProvider time, ILogger<MetricsSweeper> logger) : BackgroundService
{
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
                await store.SweepAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.MetricsSweepFailed(logger, exception);
            }
        }
    }
}
