using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using LakeAspire.Hosting.Logging;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace LakeAspire.Hosting.Health;

/// <summary>Runs the health checks of resources that run: often until the first success, then every few seconds.</summary>
internal sealed class HealthMonitor(
    HealthCheckService checks, ResourceNotificationService notifications, ResourceLoggerService logs, IDistributedApplicationEventing eventing, IServiceProvider services, TimeProvider time)
{
    static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan WhileUnhealthy = TimeSpan.FromSeconds(1);
    static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);

    /// <summary>Watches one resource until cancelled.</summary>
    public async Task WatchAsync(IResource resource, CancellationToken cancellationToken)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        var everHealthy = false;
        while (true)
        {
            var healthy = keys.Count == 0 || await CheckAsync(resource, keys, cancellationToken);
            if (healthy && !everHealthy)
            {
                everHealthy = true;
                await AnnounceAsync(resource, cancellationToken);
                if (keys.Count == 0)
                {
                    return;
                }
            }

            await Task.Delay(healthy ? WhileHealthy : everHealthy ? WhileUnhealthy : WhileStarting, time, cancellationToken);
        }
    }

    async Task<bool> CheckAsync(IResource resource, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var reports = report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new HealthReportSnapshot(e.Key, e.Value.Status, e.Value.Description, e.Value.Exception?.Message) { LastRunAt = now })
            .ToList();

        // The time of a check alone is no news: it would send every resource to every viewer every few seconds.
        await notifications.PublishUpdateAsync(resource, state =>
            state.HealthReports.Select(Fact).SequenceEqual(reports.Select(Fact)) ? state : state with { HealthReports = [.. reports] });
        return report.Status == HealthStatus.Healthy;

        static (string, HealthStatus?, string?) Fact(HealthReportSnapshot r) => (r.Name, r.Status, r.Description);
    }

    async Task AnnounceAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            logs.GetLogger(resource).LogError(error, "A subscriber to the readiness of {Resource} failed", resource.Name);
        }
    }
}
