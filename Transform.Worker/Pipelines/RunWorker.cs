using System.Diagnostics;
using LakeAspire.Transform.Lineage;
using Lakehouse.Formats;
using Lakehouse.Pipelines;
using Lakehouse.Pipelines.Running;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Pipelines;

/// <summary>Takes runs from the catalog's queue and does them, one at a time.</summary>
internal sealed class RunWorker(
    RunsClient runs, PipelineRegistry registry, PipelineTriggers triggers, RunSignal signal, PipelineRunner runner, PipelineLineage lineages, IOptions<PipelineOptions> options, TimeProvider time, ILogger<RunWorker> logger) : BackgroundService
{
    internal const string SourceName = "LakeAspire.Transform";

    static readonly ActivitySource Source = new(SourceName);
    static readonly TimeSpan ActivePause = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan ActiveFor = TimeSpan.FromSeconds(10);

    /// <summary>Of this process alone: a worker that starts again is another one, and takes the old one's runs when their leases end.</summary>
    readonly string worker = $"transform-worker-{Guid.CreateVersion7():n}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var lastWork = time.GetTimestamp();
        while (registry.Pipelines.Count > 0 && !stoppingToken.IsCancellationRequested)
        {
            if (await ClaimAsync(stoppingToken) is { } run)
            {
                await DoAsync(run, stoppingToken);
                lastWork = time.GetTimestamp();
                continue;
            }

            await signal.WaitAsync(time.GetElapsedTime(lastWork) < ActiveFor ? ActivePause : IdlePause, stoppingToken);
        }
    }

    async Task<RunRecord?> ClaimAsync(CancellationToken cancellationToken)
    {
        using var quiet = Unsampled.Start();
        try
        {
            return await runs.ClaimAsync(registry.Pipelines.Keys, worker, options.Value.LeaseSeconds, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            Log.ClaimFailed(logger, error.Message);
            await Task.Delay(IdlePause, time, cancellationToken);
            return null;
        }
    }

    /// <summary>Does a run, and says how it went.</summary>
    internal async Task DoAsync(RunRecord run, CancellationToken stoppingToken)
    {
        Activity.Current = null;
        using var activity = Source.StartActivity($"pipeline {run.Pipeline}", ActivityKind.Consumer, run.TraceParent);
        activity?.SetTag("lake.run.id", run.Id).SetTag("lake.run.attempt", run.Attempt);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var reporter = new RunReporter(runs, run, worker, options.Value.LeaseSeconds, time, logger);
        var watching = Task.Run(
            async () =>
            {
                await reporter.WatchAsync(lost.Token);
                await lost.CancelAsync();
            },
            CancellationToken.None);
        var last = await EndAsync(run, reporter, lost.Token, stoppingToken);
        await lost.CancelAsync();
        await watching.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (last is not null)
        {
            // Also while the worker stops: the report is what lets the next one go on at once.
            await reporter.FinishAsync(last, CancellationToken.None);
        }
    }

    /// <summary>The run itself, as its last report; null when there is nobody to report to.</summary>
    async Task<RunReport?> EndAsync(RunRecord run, RunReporter reporter, CancellationToken lost, CancellationToken stoppingToken)
    {
        // A lease of a second gives the run back: the next one to take it finds its commit, or does it again.
        var givenBack = new RunReport(worker, LeaseSeconds: 1);
        var ended = new RunReport(worker, options.Value.LeaseSeconds);
        RunLineage? lineage = null;
        try
        {
            var (pipeline, changed) = registry.Reload(run.Pipeline);
            if (changed)
            {
                triggers.Set(registry.Sources());
                await runs.RegisterAsync(pipeline, lost);
            }

            Log.RunStarted(logger, run.Id, run.Pipeline, run.Attempt);
            lineage = lineages.Begin(run, pipeline);
            lineage.Started();
            switch (await runner.RunAsync(pipeline, run.Id, run.Attempt, Report, lost, lineage.Committing))
            {
                case RunResult.Succeeded succeeded:
                    Log.RunSucceeded(logger, run.Id, run.Pipeline, succeeded.CommitId);
                    lineage.Succeeded(succeeded.CommitId);
                    return ended with { State = "succeeded", CommitId = succeeded.CommitId };
                case RunResult.Failed failed:
                    Log.RunFailed(logger, run.Id, run.Pipeline, failed.Error);
                    lineage.Failed(failed.Error);
                    return ended with { State = "failed", Error = failed.Error };
                case RunResult.Undecided undecided:
                    Log.RunUndecided(logger, run.Id, run.Pipeline, undecided.Reason);
                    return givenBack;
                default:
                    throw new UnreachableException();
            }
        }
        catch (PipelineException error)
        {
            Log.RunFailed(logger, run.Id, run.Pipeline, error.Message);
            lineage?.Failed(error.Message);
            return ended with { State = "failed", Error = error.Message };
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return givenBack;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            Log.RunLost(logger, run.Id, run.Pipeline);
            return null;
        }
        catch (Exception error) when (error is HttpRequestException or LakehouseException { IsTransient: true })
        {
            Log.RunUndecided(logger, run.Id, run.Pipeline, error.Message);
            return givenBack;
        }
        catch (Exception error)
        {
            // Whatever it is: a worker that dies of one run would be started again, and take the same run again.
            Log.RunBroke(logger, error, run.Id, run.Pipeline);
            var message = error is LakehouseException ? error.Message : "unexpected error; the worker's log has it";
            lineage?.Failed(message);
            return ended with { State = "failed", Error = message };
        }

        void Report(NodeReport node)
        {
            reporter.Add(node);
            lineage?.Add(node);
        }
    }
}
