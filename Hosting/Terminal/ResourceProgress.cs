using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Running;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Hosting.Terminal;

internal enum NewsKind
{
    Neutral,
    Good,
    Bad,
}

/// <summary>A change worth a line.</summary>
internal sealed record ResourceNews(NewsKind Kind, string Text);

/// <summary>Tells changes worth a line from the others.</summary>
internal sealed class ResourceProgress
{
    readonly Dictionary<string, (string State, HealthStatus? Health)> last = new(StringComparer.Ordinal);

    public ResourceNews? Describe(ResourceEvent change)
    {
        var (state, health) = (change.Snapshot.State?.Text ?? "", change.Snapshot.HealthStatus);
        var before = last.GetValueOrDefault(change.Resource.Name, ("", null));
        last[change.Resource.Name] = (state, health);
        var code = change.Snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
        if (state == before.State)
        {
            return (before.Health, health) switch
            {
                (not HealthStatus.Healthy, HealthStatus.Healthy) => new(NewsKind.Good, change.Snapshot.Restarts > 0 ? "healthy again" : "healthy"),
                (HealthStatus.Healthy, not HealthStatus.Healthy) => new(NewsKind.Bad, $"unhealthy: {string.Join("; ", change.Snapshot.HealthReports.Select(r => r.Description))}"),
                _ => null,
            };
        }

        return state switch
        {
            RestartState.Text => new(NewsKind.Bad, RestartState.Describe(change.Snapshot)),
            _ when state == KnownResourceStates.FailedToStart => new(NewsKind.Bad, $"failed to start: {RestartState.ReasonOf(change.Snapshot)}"),
            _ when state == KnownResourceStates.Exited => new(NewsKind.Bad, $"ended with exit code {code}"),
            _ when state == KnownResourceStates.Finished => new(NewsKind.Neutral, before.State == KnownResourceStates.Running ? "finished" : "stopped"),
            _ when state == KnownResourceStates.Running && health == HealthStatus.Healthy => new(NewsKind.Neutral, "running"),
            _ when state == KnownResourceStates.Starting && change.Snapshot.Restarts > 0 => new(NewsKind.Neutral, "starting again"),
            _ => null,
        };
    }
}
