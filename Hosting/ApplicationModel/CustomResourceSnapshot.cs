using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource as it is at a moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>Project, Executable, Parameter, …</summary>
    public required string ResourceType { get; init; }

    /// <summary>What is shown of it.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>When it was made.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When it was started last.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When it ended last.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>Its state.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>What it ended with.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Healthy if running and all reports are.</summary>
    public HealthStatus? HealthStatus =>
        State?.Text != KnownResourceStates.Running ? null
        : HealthReports.IsEmpty ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
        : HealthReports.Min(report => report.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);

    /// <summary>The results of its health checks.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; init; } = [];

    /// <summary>Its environment.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    /// <summary>Its addresses.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>Its relations.</summary>
    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>How often it was started again because it had crashed.</summary>
    public int Restarts { get; init; }

    /// <summary>Not shown.</summary>
    public bool IsHidden { get; init; }
}

/// <summary>A state, and how it is shown.</summary>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>A state without style.</summary>
    public static implicit operator ResourceStateSnapshot?(string? text) => text is null ? null : new(text, Style: null);
}

/// <summary>Something shown of a resource.</summary>
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>Masked.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>An environment variable.</summary>
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec);

/// <summary>An address.</summary>
public sealed record UrlSnapshot(string Name, string Url, bool IsInternal);

/// <summary>A relation.</summary>
public sealed record RelationshipSnapshot(string ResourceName, string Type);

/// <summary>The result of a health check.</summary>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    /// <summary>When it was found.</summary>
    public DateTime? LastRunAt { get; init; }
}

/// <summary>The states.</summary>
public static class KnownResourceStates
{
    /// <summary>Not started yet.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>Waits for others.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>Is being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>Runs.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>Is being stopped.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>Ended as it should.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>Ended.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>Could not be started.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>Has no value yet.</summary>
    public static readonly string ValueMissing = nameof(ValueMissing);

    /// <summary>The states that nothing leaves by itself.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>The styles of states.</summary>
public static class KnownResourceStateStyles
{
    /// <summary>Good.</summary>
    public static readonly string Success = "success";

    /// <summary>Bad.</summary>
    public static readonly string Error = "error";

    /// <summary>For information.</summary>
    public static readonly string Info = "info";

    /// <summary>Worth a look.</summary>
    public static readonly string Warn = "warning";
}
