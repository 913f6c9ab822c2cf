using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats;
using Lakehouse.Storage;
using Lakehouse.Tables;
using Lakehouse.Tables.Upkeep;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Upkeep;

/// <summary>Looks after one table, with an engine of its own that is gone afterwards.</summary>
internal sealed class UpkeepRound(
    UpkeepClient client, Lake lake, IOptions<UpkeepServiceOptions> options, IOptions<StorageOptions> storage, TimeProvider time, ILogger<UpkeepRound> logger)
{
    /// <summary>Does what there is to do, or says it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="request">Who asked for it; null when nobody did.</param>
    /// <param name="dryRun">Whether nothing is done.</param>
    /// <param name="orphans">Whether its folder is searched.</param>
    /// <param name="cancellationToken">Cancels between and within acts.</param>
    /// <exception cref="LakehouseException">The table does not exist, or can't be read.</exception>
    public async Task RunAsync(TableIdentifier table, long? request, bool dryRun, bool orphans, CancellationToken cancellationToken)
    {
        var scratch = Path.Combine(storage.Value.Scratch, "upkeep");
        Directory.CreateDirectory(scratch);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { MemoryLimit = (long)options.Value.MemoryMegabytes << 20, Threads = options.Value.Threads, TempFolder = scratch });
        using var connection = database.Connect();
        using var parquet = new DuckDbParquetReader(lake.Files);
        var upkeep = new TableUpkeep(lake, connection, parquet);
        var budget = new UpkeepOptions { MaxBytes = (long)options.Value.MaxMegabytes << 20, LooksForOrphans = orphans };
        if (dryRun)
        {
            foreach (var act in await upkeep.PlanAsync(table, budget, cancellationToken))
            {
                var now = time.GetUtcNow();
                await client.ReportAsync(new UpkeepReport(Guid.CreateVersion7(), table, act, UpkeepState.Planned, Error: null, now, now), request, cancellationToken);
            }

            return;
        }

        await upkeep.RunAsync(table, report => ReportAsync(report, request), budget, cancellationToken);
    }

    /// <summary>Tells which tables' files the catalog will remove by itself.</summary>
    public async Task TellPurgesAsync(long request, CancellationToken cancellationToken)
    {
        foreach (var purge in await client.PurgesAsync(cancellationToken))
        {
            var why = purge.Reason == "branch" ? $"it was only on branches that are dropped, the last one {purge.Branch}" : $"it was dropped with a purge on {purge.Branch}";
            var act = new UpkeepAct("purge", $"{why}: all files below {purge.Location} go after {purge.DueAt.UtcDateTime:u}, once nothing needs them", new Dictionary<string, long>(StringComparer.Ordinal));
            var now = time.GetUtcNow();
            await client.ReportAsync(new UpkeepReport(Guid.CreateVersion7(), new TableIdentifier(purge.Namespace, purge.Name), act, UpkeepState.Planned, Error: null, now, now), request, cancellationToken);
        }
    }

    async Task ReportAsync(UpkeepReport report, long? request)
    {
        switch (report.State)
        {
            case UpkeepState.Succeeded:
                UpkeepLog.Done(logger, report.Table.ToString(), report.Act.Name, report.Act.Reason);
                break;
            case UpkeepState.Yielded:
                UpkeepLog.Yielded(logger, report.Table.ToString(), report.Act.Name, report.Error);
                break;
            case UpkeepState.Failed:
                UpkeepLog.ActFailed(logger, report.Table.ToString(), report.Act.Name, report.Error);
                break;
        }

        try
        {
            // Also while the worker stops: what is committed is told.
            await client.ReportAsync(report, request, CancellationToken.None);
        }
        catch (HttpRequestException error)
        {
            UpkeepLog.CatalogAway(logger, error.Message);
        }
    }
}
