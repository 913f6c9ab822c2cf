using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Tables.Maintenance;

namespace Lakehouse.Tables.Upkeep;

/// <summary>What upkeep may cost, and which acts it may do.</summary>
public sealed record UpkeepOptions
{
    /// <summary>Bytes of data files that one round on one table rewrites at most; 2 GiB by default. What is left is done by the next round.</summary>
    public long MaxBytes { get; init; } = 2L << 30;

    /// <summary>Whether files are looked for that nothing refers to: it lists all of a table's folder.</summary>
    public bool LooksForOrphans { get; init; } = true;
}

/// <summary>
/// Keeps a table in shape: compaction and clustering, position deletes, manifests, expiry, metadata files, orphans, in this order. Each act is a commit of its own that yields to those of others. What each does and when is
/// said by the table's properties (<see cref="UpkeepPolicy"/>).
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="connection">Connection to read and write on; of no other use meanwhile.</param>
/// <param name="parquet">Reads checkpoints of Delta logs.</param>
public sealed class TableUpkeep(Lake lake, DuckDbConnection connection, IParquetReader parquet)
{
    /// <summary>Says what would be done to the table as it is.</summary>
    public async Task<IReadOnlyList<UpkeepAct>> PlanAsync(TableIdentifier table, UpkeepOptions? options = null, CancellationToken cancellationToken = default)
    {
        var acts = new List<UpkeepAct>();
        foreach (var step in Steps(table, options ?? new UpkeepOptions()))
        {
            if (await step.PlanAsync(cancellationToken) is { } act)
            {
                acts.Add(act);
            }
        }

        return acts;
    }

    /// <summary>Does what is to be done. One act that fails or yields does not keep the others from being tried.</summary>
    /// <param name="table">The table.</param>
    /// <param name="report">Hears of each act when it begins and when it ends.</param>
    /// <param name="options">What it may cost.</param>
    /// <param name="cancellationToken">Cancels between and within acts; what is committed stays.</param>
    public async Task RunAsync(TableIdentifier table, Func<UpkeepReport, Task> report, UpkeepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (var step in Steps(table, options ?? new UpkeepOptions()))
        {
            var planned = await step.PlanAsync(cancellationToken);
            if (planned is not null)
            {
                await RunAsync(table, planned, step, report, cancellationToken);
            }
        }
    }

    async Task RunAsync(TableIdentifier table, UpkeepAct planned, UpkeepStep step, Func<UpkeepReport, Task> report, CancellationToken cancellationToken)
    {
        var begun = new UpkeepReport(Guid.CreateVersion7(), table, planned, UpkeepState.Running, Error: null, lake.Time.GetUtcNow(), FinishedAt: null);
        await report(begun);
        try
        {
            var figures = await step.RunAsync(cancellationToken);
            await report(begun with { Act = planned with { Figures = figures }, State = UpkeepState.Succeeded, FinishedAt = lake.Time.GetUtcNow() });
        }
        catch (LakehouseException error) when (error.Kind is LakehouseErrorKind.Conflict)
        {
            await report(begun with { State = UpkeepState.Yielded, Error = error.Message, FinishedAt = lake.Time.GetUtcNow() });
        }
        catch (LakehouseException error)
        {
            await report(begun with { State = UpkeepState.Failed, Error = error.Message, FinishedAt = lake.Time.GetUtcNow() });
        }
    }

    UpkeepStep[] Steps(TableIdentifier table, UpkeepOptions options) =>
    [
        new CompactStep(lake, connection, table, options),
        new RewriteDeletesStep(lake, connection, table),
        new RewriteManifestsStep(lake, table),
        new ExpireStep(lake, table, parquet),
        new LimitMetadataStep(lake, table),
        .. options.LooksForOrphans ? (UpkeepStep[])[new OrphanStep(lake, table, parquet)] : [],
    ];
}
