using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Health;
using LakeAspire.Hosting.Logging;
using LakeAspire.Hosting.Processes;

namespace LakeAspire.Hosting.Running;

/// <summary>Keeps one resource running from the order to start until the order to stop: waits for what it needs, starts it, watches it, and starts it again when it crashes.</summary>
internal sealed class ResourceController(
    IResource resource, ILauncher launcher, ProcessStarter starter, DependencyWaiter dependencies, HealthMonitor health, ResourceNotificationService notifications, ResourceLoggerService logs, TimeProvider time)
    : IDisposable
{
    readonly SemaphoreSlim gate = new(1, 1);
    readonly ResourceLog log = logs.Of(resource.Name);
    CancellationTokenSource? stopping;
    Task running = Task.CompletedTask;

    public IResource Resource => resource;

    /// <summary>A service is there to stay; without an endpoint a program may end when its work is done.</summary>
    bool MayFinish => !resource.Annotations.OfType<EndpointAnnotation>().Any();

    /// <summary>Starts it, if it is not started already.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (running.IsCompleted)
            {
                stopping?.Dispose();
                stopping = new();
                running = RunAsync(stopping.Token);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Stops it, and returns when it has ended.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!running.IsCompleted)
            {
                await stopping!.CancelAsync();
                await running;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        stopping?.Dispose();
        gate.Dispose();
    }

    async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        var backoff = new Backoff();
        try
        {
            while (true)
            {
                await dependencies.WaitAsync(resource, stop);
                await PublishAsync(state => state with { State = KnownResourceStates.Starting, ExitCode = null, StopTimeStamp = null, HealthReports = Unknown() });
                var started = time.GetTimestamp();
                var code = await RunOnceAsync(stop);
                if (stop.IsCancellationRequested || (code == 0 && MayFinish))
                {
                    await EndAsync(KnownResourceStates.Finished, style: null, code);
                    return;
                }

                var delay = backoff.Next(time.GetElapsedTime(started));
                var lastWords = log.LastWords();
                log.Add($"Ended with exit code {code}; starting again in {delay.TotalSeconds:0} s", isError: true);
                await EndAsync(RestartState.Text, KnownResourceStateStyles.Error, code, state => RestartState.With(state with { Restarts = state.Restarts + 1 }, delay, lastWords));
                await Task.Delay(delay, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await EndAsync(KnownResourceStates.Finished, style: null, code: null);
        }
        catch (Exception error)
        {
            log.Add(error.Message, isError: true);
            await EndAsync(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error, code: null, state => RestartState.WithReason(state, error.Message));
        }
    }

    async Task<int> RunOnceAsync(CancellationToken stop)
    {
        var spec = await launcher.PrepareAsync(resource, stop);
        using var process = await starter.StartAsync(spec, log.Add, stop);
        await PublishAsync(state => state with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = time.GetUtcNow().UtcDateTime,
            Properties = SnapshotProperties.Of(resource, spec, process.Id),
            EnvironmentVariables = [.. spec.Environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new EnvironmentVariableSnapshot(e.Key, e.Value, IsFromSpec: true))],
        });

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = health.WatchAsync(resource, ended.Token);
        await Task.WhenAny(process.Exited, Task.Delay(Timeout.Infinite, stop));
        if (stop.IsCancellationRequested)
        {
            await PublishAsync(state => state with { State = KnownResourceStates.Stopping });
            await process.StopAsync();
        }

        var code = await process.Exited;
        await ended.CancelAsync();
        try
        {
            await watching;
        }
        catch (OperationCanceledException)
        {
            // It watches until then.
        }

        return code;
    }

    Task EndAsync(string text, string? style, int? code, Func<CustomResourceSnapshot, CustomResourceSnapshot>? more = null) => PublishAsync(state =>
    {
        var ended = state with
        {
            State = new(text, style),
            ExitCode = code,
            StopTimeStamp = time.GetUtcNow().UtcDateTime,
            Properties = [.. state.Properties.Where(p => p.Name != SnapshotProperties.ProcessId)],
            HealthReports = Unknown(),
        };
        return more?.Invoke(ended) ?? ended;
    });

    System.Collections.Immutable.ImmutableArray<HealthReportSnapshot> Unknown() =>
        [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => new HealthReportSnapshot(a.Key, Status: null, Description: null, ExceptionText: null))];

    Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> update) => notifications.PublishUpdateAsync(resource, update);
}
