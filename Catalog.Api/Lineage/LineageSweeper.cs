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
                await SweepRunsAsync(database, time.GetUtcNow() - options.Value.KeepRuns, stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.LineageSweepFailed(logger, exception);
            }
        }
    }

    /// <summary>Removes events that came before a time, in batches.</summary>
    public static Task SweepAsync(NpgsqlDataSource database, DateTimeOffset before, CancellationToken cancellationToken) => DeleteAsync(
        database, "DELETE FROM lineage_events WHERE id IN (SELECT id FROM lineage_events WHERE received_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)", before, cancellationToken);

    /// <summary>
    /// Removes builds from before a time that only repeat the one before them, and runs that have none left. One that replaced all rows is kept where other jobs make the dataset too.
    /// </summary>
    public static async Task SweepRunsAsync(NpgsqlDataSource database, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await DeleteAsync(
            database,
            """
            DELETE FROM lineage_builds WHERE id IN (
                SELECT b.id FROM lineage_builds b
                CROSS JOIN LATERAL (
                    SELECT p.flow_id FROM lineage_builds p WHERE p.dataset_id = b.dataset_id AND p.job_id = b.job_id AND p.branch = b.branch AND (p.at, p.id) < (b.at, b.id) ORDER BY p.at DESC, p.id DESC LIMIT 1) p
                WHERE b.at < $1 AND p.flow_id = b.flow_id
                    AND (NOT b.replaces OR NOT EXISTS (SELECT 1 FROM lineage_flows f WHERE f.dataset_id = b.dataset_id AND f.job_id <> b.job_id))
                ORDER BY b.at LIMIT $2)
            """,
            before, cancellationToken);
        await DeleteAsync(
            database,
            """
            WITH old AS (
                SELECT r.id FROM lineage_runs r WHERE r.ended_at < $1 AND NOT EXISTS (SELECT 1 FROM lineage_builds b WHERE b.run_id = r.id) LIMIT $2),
            datasets AS (DELETE FROM lineage_run_datasets WHERE run_id IN (SELECT id FROM old))
            DELETE FROM lineage_runs WHERE id IN (SELECT id FROM old)
            """,
            before, cancellationToken);
    }

    static async Task DeleteAsync(NpgsqlDataSource database, string statement, DateTimeOffset before, CancellationToken cancellationToken)
    {
        int swept;
        do
        {
            await using var command = database.CreateCommand(statement);
            command.Parameters.Add(new NpgsqlParameter { Value = before });
            command.Parameters.Add(new NpgsqlParameter { Value = BatchSize });
            swept = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (swept == BatchSize);
    }
}
