using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.History;

/// <summary>Drops branches and tags whose retention is over. Each instance of the service may do it: one statement takes each branch once.</summary>
internal sealed class BranchSweeper(NpgsqlDataSource database, MigrationState state, IOptions<CatalogOptions> options, TimeProvider time, ILogger<BranchSweeper> logger) : BackgroundService
{
    // A commit holds the row of its branch: that branch waits for the next round.
    const string Sweep = """
        UPDATE branches SET dropped_at = $1 WHERE id IN (
            SELECT id FROM branches WHERE expires_at <= $1 AND dropped_at IS NULL AND NOT is_protected AND parent_id IS NOT NULL FOR UPDATE SKIP LOCKED)
            AND dropped_at IS NULL RETURNING name
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.BranchSweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!state.IsCurrent)
            {
                continue;
            }

            try
            {
                await SweepAsync(database, StoredTime.Now(time), logger, stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                HistoryLog.SweepFailed(logger, exception);
            }
        }
    }

    /// <summary>Drops what has expired.</summary>
    public static async Task<IReadOnlyList<string>> SweepAsync(NpgsqlDataSource database, DateTimeOffset now, ILogger logger, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sweep);
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
            HistoryLog.Expired(logger, names[^1]);
        }

        return names;
    }
}
