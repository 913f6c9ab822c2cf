using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Adds to a resource's environment when it is needed.</summary>
public sealed class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Adds the variables.</summary>
    public Func<EnvironmentCallbackContext, Task> Callback { get; } = callback;
}

/// <summary>What an <see cref="EnvironmentCallbackAnnotation"/> sees.</summary>
public sealed class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext, IResource resource, Dictionary<string, object> environmentVariables, CancellationToken cancellationToken = default)
{
    /// <summary>Whether the application is run or published.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>Whose environment it is.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Name → string, or a value that is resolved later.</summary>
    public Dictionary<string, object> EnvironmentVariables { get; } = environmentVariables;

    /// <summary>Cancelled when the start is.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>Adds to a resource's arguments when they are needed.</summary>
public sealed class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Adds the arguments.</summary>
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}

/// <summary>What a <see cref="CommandLineArgsCallbackAnnotation"/> sees.</summary>
public sealed class CommandLineArgsCallbackContext(IList<object> args, CancellationToken cancellationToken = default)
{
    /// <summary>Strings, or values that are resolved later.</summary>
    public IList<object> Args { get; } = args;

    /// <summary>Cancelled when the start is.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>A health check of the resource, by its key in the health check registry.</summary>
public sealed class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>What is waited for.</summary>
public enum WaitType
{
    /// <summary>Running and healthy.</summary>
    WaitUntilHealthy,

    /// <summary>Ended.</summary>
    WaitForCompletion,

    /// <summary>Running.</summary>
    WaitUntilStarted,
}

/// <summary>The resource starts after another one got somewhere.</summary>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The other one.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Where it must have got to.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code that it must have ended with.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>How the resource is related to another, for display.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other one.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Reference, WaitFor or Parent.</summary>
    public string Type { get; } = type;
}

/// <summary>Only started on command.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>The resource is no part of what is deployed.</summary>
internal sealed class ManifestExclusionAnnotation : IResourceAnnotation;

/// <summary>The project that a <see cref="ProjectResource"/> runs.</summary>
internal sealed class ProjectMetadataAnnotation(IProjectMetadata metadata) : IResourceAnnotation
{
    public IProjectMetadata Metadata { get; } = metadata;
}

/// <summary>A command that people can give to a resource.</summary>
public sealed class ResourceCommandAnnotation(
    string name, string displayName, Func<CustomResourceSnapshot, ResourceCommandState> updateState, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, string? iconName)
    : IResourceAnnotation
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its name for people.</summary>
    public string DisplayName { get; } = displayName;

    /// <summary>Whether it can be given in a state.</summary>
    public Func<CustomResourceSnapshot, ResourceCommandState> UpdateState { get; } = updateState;

    /// <summary>Does it.</summary>
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; } = executeCommand;

    /// <summary>Name of a Fluent UI icon.</summary>
    public string? IconName { get; } = iconName;
}

/// <summary>Whether a command can be given.</summary>
public enum ResourceCommandState
{
    /// <summary>Yes.</summary>
    Enabled,

    /// <summary>No, but it is shown.</summary>
    Disabled,

    /// <summary>No, and it is not shown.</summary>
    Hidden,
}

/// <summary>What a command sees.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>Services of the application host.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The resource that it was given to.</summary>
    public required string ResourceName { get; init; }

    /// <summary>The resource's log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Cancelled when the caller goes.</summary>
    public required CancellationToken CancellationToken { get; init; }
}

/// <summary>How a command ended.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it did what it should.</summary>
    public required bool Success { get; init; }

    /// <summary>Why not.</summary>
    public string? ErrorMessage { get; init; }
}

/// <summary>Results of commands.</summary>
public static class CommandResults
{
    /// <summary>It did.</summary>
    public static ExecuteCommandResult Success() => new() { Success = true };

    /// <summary>It did not.</summary>
    public static ExecuteCommandResult Failure(string errorMessage) => new() { Success = false, ErrorMessage = errorMessage };
}
