using System.Globalization;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Access.Audit;

/// <summary>Removes entries of the audit log that are older than they have to be kept, and notes that it did. Without a retention none goes.</summary>
internal sealed class AuditSweeper(
    NpgsqlDataSource database, MigrationState state, IOptions<AccessOptions> access, IOptions<CatalogOptions> options, TimeProvider time, ILogger<AuditSweeper> logger) : BackgroundService
{
    const string System = "lakeaspire";
    const string Say = "SET LOCAL lakeaspire.audit_retention = 'on'";
    const string Oldest = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT $2)";
    const int Batch = 10_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (access.Value.AuditRetention is not { } retention)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (state.IsCurrent && await SweepAsync(StoredTime.Now(time) - retention, stoppingToken))
                {
                    // There may be more.
                }
            }
            catch (NpgsqlException exception)
            {
                Log.SweepFailed(logger, exception);
            }
        }
    }

    /// <summary>Removes some of the oldest entries; whether there may be more.</summary>
    async Task<bool> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var say = new NpgsqlCommand(Say, connection, transaction);
        await say.ExecuteNonQueryAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Sql.Command(Oldest, before, Batch) } };
        var removed = await batch.ExecuteNonQueryAsync(cancellationToken);
        if (removed > 0)
        {
            var detail = $$"""{"entries":{{removed.ToString(CultureInfo.InvariantCulture)}},"before":"{{before.ToString("O", CultureInfo.InvariantCulture)}}"}""";
            await using var note = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands = { AuditLog.Command(new AuditEntry(PrincipalId: null, System, "audit.expire", AuditEntry.Changed, "audit", Branch: null, detail), StoredTime.Now(time)) },
            };
            await note.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return removed == Batch;
    }
}
