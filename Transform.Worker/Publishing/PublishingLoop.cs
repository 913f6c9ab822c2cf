using LakeAspire.Transform.Lineage;
using LakeAspire.Transform.Pipelines;
using Lakehouse.Formats;
using Lakehouse.Tables;
using Lakehouse.Tables.Publishing;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Publishing;

/// <summary>
/// Publishes tables as Delta, one after the other, as the catalog's commits on <c>main</c> come: never within a commit. The catalog gives each table to one worker at a time; whatever a crash left
/// open is given out again, and the log itself says where to go on.
/// </summary>
internal sealed class PublishingLoop(
    PublicationsClient publications, TablePublishers publishers, Lake lake, TableLineage lineage, IOptions<PublishingOptions> options, TimeProvider time, ILogger<PublishingLoop> logger) : BackgroundService
{
    /// <summary>Of this process alone: a worker that starts again is another one.</summary>
    readonly string worker = $"transform-worker-{Guid.CreateVersion7():n}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (options.Value.Enabled)
        {
            await Task.WhenAll(Enumerable.Range(0, options.Value.Parallel).Select(_ => RunAsync(stoppingToken)));
        }
    }

    async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await ClaimAsync(stoppingToken) is { } claimed)
            {
                await PublishAsync(claimed, stoppingToken);
            }
            else
            {
                await Task.Delay(options.Value.PollInterval, time, stoppingToken);
            }
        }
    }

    async Task<ClaimedPublication?> ClaimAsync(CancellationToken cancellationToken)
    {
        using var quiet = Unsampled.Start();
        try
        {
            return await publications.ClaimAsync(worker, options.Value.LeaseSeconds, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            PublishingLog.CatalogAway(logger, error.Message);
            return null;
        }
    }

    internal async Task PublishAsync(ClaimedPublication claimed, CancellationToken stoppingToken)
    {
        var table = new TableIdentifier(claimed.Namespace, claimed.Name);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var holding = HoldAsync(claimed, ended.Token);
        var report = await ReportOfAsync(claimed, table, stoppingToken);
        await ended.CancelAsync();
        await holding;
        if (report is not null)
        {
            await ReportAsync(claimed, table, report, CancellationToken.None);
        }
    }

    async Task<PublicationReport?> ReportOfAsync(ClaimedPublication claimed, TableIdentifier table, CancellationToken stoppingToken)
    {
        try
        {
            var begun = time.GetUtcNow();
            var metadata = (await lake.LoadTableAsync(table, stoppingToken)).Metadata;
            var result = await publishers.PublishAsync(metadata, stoppingToken);
            if (result?.Stop is { } stop)
            {
                PublishingLog.Stopped(logger, table.ToString(), result.Version, $"{stop.Name}: {stop.Message}");
            }
            else if (result is { Written: > 0 })
            {
                PublishingLog.Published(logger, table.ToString(), result.Version, result.Written, result.SnapshotId);
                lineage.WasPublished(table, metadata, result.Version, result.SnapshotId, result.LeftOut, begun);
            }

            return PublicationReport.Of(worker, claimed, result, metadata.CurrentSnapshot?.SequenceNumber);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            PublishingLog.Failed(logger, error, table.ToString(), options.Value.RetrySeconds);
            var reason = error is LakehouseException ? error.Message : "unexpected error; the worker's log has it";
            return new PublicationReport(worker, claimed.Attempt, State: "failed", Reason: PublicationReport.Shortened(reason), RetrySeconds: options.Value.RetrySeconds);
        }
    }

    async Task ReportAsync(ClaimedPublication claimed, TableIdentifier table, PublicationReport report, CancellationToken cancellationToken)
    {
        try
        {
            await publications.ReportAsync(claimed.TableId, report, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            // The lease ends by itself, and the next look finds everything published.
            PublishingLog.ReportFailed(logger, table.ToString(), error.Message);
        }
    }

    /// <summary>Holds the table while it is published, for instance a first time with a long history. Losing it costs work, and nothing else: versions are written unless they are there.</summary>
    async Task HoldAsync(ClaimedPublication claimed, CancellationToken cancellationToken)
    {
        using var quiet = Unsampled.Start();
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(options.Value.LeaseSeconds / 3.0), time, cancellationToken);
                await publications.ReportAsync(claimed.TableId, new PublicationReport(worker, claimed.Attempt, LeaseSeconds: options.Value.LeaseSeconds), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // It is done.
        }
        catch (HttpRequestException error)
        {
            PublishingLog.CatalogAway(logger, error.Message);
        }
    }
}
