using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Idempotency;

/// <summary>Removes keys that have expired. They count as absent before that: sweeping only frees their room.</summary>
internal sealed class IdempotencySweeper(IdempotencyKeys keys, MigrationState state, IOptions<CatalogOptions> options, TimeProvider time, ILogger<IdempotencySweeper> logger) : BackgroundService
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
                await keys.SweepAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.SweepFailed(logger, exception);
            }
        }
    }
}

internal static class IdempotencyExtensions
{
    public static void AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IdempotencyKeys>();
        builder.Services.AddSingleton<KeptAnswers>();
        builder.Services.AddHostedService<IdempotencySweeper>();
    }
}
