using System.Text;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Metrics;

/// <summary>Reports of engines: kept, bounded in number for each table and in age.</summary>
internal sealed class MetricsStore(NpgsqlDataSource database, CatalogReads reads, IOptions<MetricsOptions> options, TimeProvider time)
{
    const string Insert = "INSERT INTO metrics_reports (table_id, at, principal, branch, kind, snapshot_id, report) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)";
    const string Trim = """
        DELETE FROM metrics_reports WHERE table_id = $1 AND id <= (SELECT id FROM metrics_reports WHERE table_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)
        """;

    /// <summary>Keeps a report, in place of the oldest of the table when there are too many.</summary>
    public async Task AddAsync(Guid tableId, string branch, string principal, MetricsReport report, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(Insert, tableId, StoredTime.Now(time), principal, branch, report.ReportType, report.SnapshotId, Encoding.UTF8.GetString(MetricsReportJson.Write(report))),
                Sql.Command(Trim, tableId, options.Value.ReportsPerTable),
            },
        };
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.InvalidTextRepresentation)
        {
            // NUL, and halves of surrogate pairs.
            throw CatalogErrors.BadRequest("the report contains text that is no valid Unicode, or a NUL character");
        }
    }

    /// <summary>The newest reports of a table that are young enough.</summary>
    public Task<List<MetricsReportRow>> ListAsync(Guid tableId, int limit, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - options.Value.Retention;
        return reads.QueryAsync(
            db => db.Set<MetricsReportRow>().Where(r => r.TableId == tableId && r.At > since).OrderByDescending(r => r.Id).Take(limit).ToListAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Removes the reports that are too old.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM metrics_reports WHERE at <= $1");
        command.Parameters.Add(new NpgsqlParameter { Value = time.GetUtcNow() - options.Value.Retention });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
