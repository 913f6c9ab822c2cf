using LakeAspire.Transform.Pipelines;
using Lakehouse.Formats;
using Lakehouse.Tables;
using Lakehouse.Tables.Upkeep;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Upkeep;

/// <summary>Looks after tables, one at a time: those that had commits lately, and those that somebody asks for.</summary>
internal sealed class UpkeepLoop(
    UpkeepClient client, UpkeepRound round, Lake lake, IOptions<UpkeepServiceOptions> options, TimeProvider time, ILogger<UpkeepLoop> logger) : BackgroundService
{
    internal const int LeaseSeconds = 60;

    readonly string worker = $"transform-worker-{Guid.CreateVersion7():n}";
    readonly Dictionary<TableIdentifier, Seen> seen = [];

    /// <summary>What was last seen of a table: its newest commit, and when its folder was searched.</summary>
    sealed record Seen(long Commit, DateTimeOffset OrphansAt);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var next = time.GetUtcNow() + options.Value.Delay;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAsync(stoppingToken) is { } wish)
                {
                    await ServeAsync(wish, stoppingToken);
                    continue;
                }

                if (options.Value.Enabled && time.GetUtcNow() >= next)
                {
                    await RoundsAsync(stoppingToken);
                    next = time.GetUtcNow() + options.Value.Interval;
                }
            }
            catch (HttpRequestException error)
            {
                UpkeepLog.CatalogAway(logger, error.Message);
            }

            await Task.Delay(options.Value.PollInterval, time, stoppingToken);
        }
    }

    async Task<ClaimedUpkeep?> ClaimAsync(CancellationToken cancellationToken)
    {
        using var quiet = Unsampled.Start();
        return await client.ClaimAsync(worker, cancellationToken);
    }

    /// <summary>One round over the tables that had commits since the last one.</summary>
    async Task RoundsAsync(CancellationToken stoppingToken)
    {
        IReadOnlyList<ListedTable> tables;
        using (Unsampled.Start())
        {
            tables = await client.TablesAsync(stoppingToken);
        }

        foreach (var listed in tables)
        {
            var table = new TableIdentifier(listed.Namespace, listed.Name);
            var now = time.GetUtcNow();
            var known = seen.GetValueOrDefault(table);
            var orphans = known is null || now - known.OrphansAt >= options.Value.OrphanInterval;
            var commit = listed.LastCommit?.Id ?? 0;
            if (known?.Commit == commit && !orphans)
            {
                continue;
            }

            seen[table] = new Seen(commit, orphans ? now : known!.OrphansAt);
            await TryAsync(table, async () =>
            {
                if (UpkeepPolicy.Of((await lake.LoadTableAsync(table, stoppingToken)).Metadata).IsOn)
                {
                    await round.RunAsync(table, request: null, dryRun: false, orphans, stoppingToken);
                }
            });
        }

        foreach (var gone in seen.Keys.Except(tables.Select(listed => new TableIdentifier(listed.Namespace, listed.Name))).ToList())
        {
            seen.Remove(gone);
        }
    }

    async Task ServeAsync(ClaimedUpkeep wish, CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var holding = HoldAsync(wish.Id, ended.Token);
        string? problem = null;
        try
        {
            foreach (var table in wish.Table is { } one ? [TableIdentifier.Parse(one)] : (await client.TablesAsync(stoppingToken)).Select(listed => new TableIdentifier(listed.Namespace, listed.Name)))
            {
                problem = await TryAsync(table, () => round.RunAsync(table, wish.Id, wish.DryRun, orphans: true, stoppingToken)) ?? problem;
            }

            if (wish is { Table: null, DryRun: true })
            {
                await round.TellPurgesAsync(wish.Id, stoppingToken);
            }
        }
        catch (LakehouseException error)
        {
            problem = error.Message;
        }

        await ended.CancelAsync();
        await holding;
        await client.PatchAsync(wish.Id, worker, problem is null ? "succeeded" : "failed", problem, CancellationToken.None);
    }

    async Task<string?> TryAsync(TableIdentifier table, Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.NotFound)
        {
            return error.Message;
        }
        catch (Exception error) when (error is not OperationCanceledException and not HttpRequestException)
        {
            UpkeepLog.TableFailed(logger, error, table.ToString());
            return error is LakehouseException ? error.Message : "unexpected error; the worker's log has it";
        }
    }

    /// <summary>Holds a wish while it is served. Losing it costs work done twice, and nothing else.</summary>
    async Task HoldAsync(long id, CancellationToken cancellationToken)
    {
        using var quiet = Unsampled.Start();
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(LeaseSeconds / 3.0), time, cancellationToken);
                await client.PatchAsync(id, worker, state: null, error: null, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // It is done.
        }
        catch (HttpRequestException error)
        {
            UpkeepLog.CatalogAway(logger, error.Message);
        }
    }
}
