using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using LakeAspire.Hosting.Dashboard.Wire;
using HealthOutcome = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;
using Resource = LakeAspire.Hosting.Dashboard.Wire.Resource;

namespace LakeAspire.Hosting.Dashboard;

/// <summary>A resource as the dashboard takes it. It breaks on a missing creation time, value or display properties of a URL, so these are always there.</summary>
internal static class ResourceMapping
{
    public static Resource ToWire(ResourceEvent change)
    {
        var (resource, state) = (change.Resource, change.Snapshot);
        var wire = new Resource
        {
            Name = change.ResourceId,
            DisplayName = resource.Name,
            Uid = change.ResourceId,
            ResourceType = state.ResourceType,
            CreatedAt = Time(state.CreationTimeStamp ?? DateTime.UnixEpoch),
            SupportsDetailedTelemetry = true,
            IsHidden = state.IsHidden,
        };
        if (state.State is { } now)
        {
            wire.State = now.Text;
            if (now.Style is { } style)
            {
                wire.StateStyle = style;
            }
        }

        if (state.StartTimeStamp is { } started)
        {
            wire.StartedAt = Time(started);
        }

        if (state.StopTimeStamp is { } stopped)
        {
            wire.StoppedAt = Time(stopped);
        }

        wire.Environment.Add(state.EnvironmentVariables.Select(v => new EnvironmentVariable { Name = v.Name, Value = v.Value ?? "", IsFromSpec = v.IsFromSpec }));
        wire.Urls.Add(state.Urls.Select((url, index) => new Url
        {
            EndpointName = url.Name,
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = state.State?.Text != KnownResourceStates.Running,
            DisplayProperties = new UrlDisplayProperties { SortOrder = -index, DisplayName = "" },
        }));
        wire.Relationships.Add(state.Relationships.Select(r => new ResourceRelationship { ResourceName = r.ResourceName, Type = r.Type }));
        wire.HealthReports.Add(state.HealthReports.Select(ToWire));
        wire.Properties.Add(PropertiesOf(resource, state));
        wire.Commands.Add(resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => new ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            IconName = command.IconName ?? "",
            IconVariant = IconVariant.Filled,
            IsHighlighted = true,
            State = (Wire.ResourceCommandState)command.UpdateState(state),
        }));
        return wire;
    }

    static HealthReport ToWire(HealthReportSnapshot report)
    {
        var wire = new HealthReport { Key = report.Name, Description = report.Description ?? "", Exception = report.ExceptionText ?? "" };
        if (report.Status is { } status)
        {
            wire.Status = status switch { HealthOutcome.Healthy => HealthStatus.Healthy, HealthOutcome.Degraded => HealthStatus.Degraded, _ => HealthStatus.Unhealthy };
        }

        if (report.LastRunAt is { } at)
        {
            wire.LastRunAt = Time(at);
        }

        return wire;
    }

    static IEnumerable<ResourceProperty> PropertiesOf(IResource resource, CustomResourceSnapshot state)
    {
        foreach (var property in state.Properties)
        {
            yield return new() { Name = property.Name, Value = ToValue(property.Value), IsSensitive = property.IsSensitive };
        }

        if (state.ExitCode is { } code)
        {
            yield return new() { Name = "resource.exitCode", Value = Value.ForNumber(code) };
        }

        if (state.Restarts > 0)
        {
            yield return new() { Name = "restarts", DisplayName = "Restarts", Value = Value.ForNumber(state.Restarts) };
        }

        if (resource is IResourceWithParent child)
        {
            yield return new() { Name = "resource.parentName", Value = Value.ForString(child.Parent.Name) };
        }
    }

    static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        IEnumerable<string> texts => Value.ForList([.. texts.Select(Value.ForString)]),
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    static Timestamp Time(DateTime utc) => Timestamp.FromDateTime(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
}
