using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Logging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Hosting.Running;

/// <summary>Holds a resource back until those that it waits for are where it wants them.</summary>
internal sealed class DependencyWaiter(ResourceNotificationService notifications, ResourceLoggerService logs)
{
    public async Task WaitAsync(IResource resource, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToList();
        var open = waits.Where(wait => !notifications.TryGetCurrentState(wait.Resource.Name, out var state) || !IsMet(wait, state.Snapshot)).ToList();
        if (open.Count == 0)
        {
            return;
        }

        await notifications.PublishUpdateAsync(resource, state => state with { State = KnownResourceStates.Waiting });
        logs.Of(resource.Name).Add($"Waiting for {string.Join(", ", open.Select(w => w.Resource.Name))}", isError: false);
        await Task.WhenAll(open.Select(wait => notifications.WaitForResourceAsync(wait.Resource.Name, change => IsMet(wait, change.Snapshot), cancellationToken)));
    }

    static bool IsMet(WaitAnnotation wait, CustomResourceSnapshot state) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => state.HealthStatus == HealthStatus.Healthy,
        WaitType.WaitUntilStarted => state.State?.Text == KnownResourceStates.Running,
        _ => IsCompleted(wait, state),
    };

    static bool IsCompleted(WaitAnnotation wait, CustomResourceSnapshot state)
    {
        if (state.State is not { } now || !KnownResourceStates.TerminalStates.Contains(now.Text))
        {
            return false;
        }

        return state.ExitCode == wait.ExitCode
            ? true
            : throw new DistributedApplicationException($"{wait.Resource.Name} ended with exit code {state.ExitCode}, not {wait.ExitCode}.");
    }
}
