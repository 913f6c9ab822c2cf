using System.Diagnostics;

namespace LakeAspire.Transform.Pipelines;

/// <summary>Asks the catalog for the runs that have been triggered.</summary>
internal sealed class TriggerSender(TriggerQueue queue, RunsClient runs, RunSignal signal, TimeProvider time, ILogger<TriggerSender> logger) : BackgroundService
{
    static readonly ActivitySource Source = new(RunWorker.SourceName);
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var (pipeline, traceParent) = await queue.TakeAsync(stoppingToken);
            await SendAsync(pipeline, traceParent, stoppingToken);
        }
    }

    async Task SendAsync(string pipeline, string? traceParent, CancellationToken cancellationToken)
    {
        Activity.Current = null;
        using var activity = Source.StartActivity($"request run of {pipeline}", ActivityKind.Producer, traceParent);
        while (true)
        {
            try
            {
                await runs.RequestAsync(pipeline, activity?.Id ?? traceParent, cancellationToken);
                Log.RunRequested(logger, pipeline);
                signal.Set();
                return;
            }
            catch (HttpRequestException error)
            {
                Log.RequestFailed(logger, pipeline, error.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
