using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Database;

/// <summary>Whether the database has every migration that this version of the service knows.</summary>
internal sealed class MigrationState
{
    volatile bool current;

    public bool IsCurrent => current;

    public void MarkCurrent() => current = true;
}

/// <summary>Migrates the database, or waits for it to be migrated, as <see cref="CatalogOptions.MigrateOnStart"/> says. The service answers meanwhile, and is not healthy.</summary>
internal sealed class MigrationService(
    IDbContextFactory<CatalogDb> databases, MigrationState state, IOptions<CatalogOptions> options, TimeProvider time, ILogger<MigrationService> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!state.IsCurrent)
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(stoppingToken);
                if (await ReachAsync(db, options.Value.MigrateOnStart, logger, stoppingToken))
                {
                    state.MarkCurrent();
                    return;
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException { InnerException: NpgsqlException })
            {
                Log.DatabaseAway(logger, exception);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    /// <summary>Brings the database to this version if it may; whether it is there.</summary>
    public static async Task<bool> ReachAsync(CatalogDb db, bool mayMigrate, ILogger logger, CancellationToken cancellationToken)
    {
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
        if (pending > 0 && mayMigrate)
        {
            await db.Database.MigrateAsync(cancellationToken);
            Log.Migrated(logger, pending);
            pending = 0;
        }

        return pending == 0;
    }
}

/// <summary>Healthy when the database is migrated and answers.</summary>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource database, MigrationState state) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!state.IsCurrent)
        {
            return HealthCheckResult.Unhealthy("the database is not migrated");
        }

        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException exception)
        {
            return HealthCheckResult.Unhealthy("the database cannot be reached", exception);
        }
    }
}
