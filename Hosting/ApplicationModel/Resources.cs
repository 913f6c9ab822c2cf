namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project, run as a process of its own.</summary>
public class ProjectResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;

/// <summary>A program, run as a process.</summary>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>What is started: a path, or a name that is looked up in PATH.</summary>
    public string Command { get; } = command;

    /// <summary>The folder in which it is started.</summary>
    public string WorkingDirectory { get; } = workingDirectory;
}

/// <summary>A value from outside: given at the start when run, asked for when deployed.</summary>
public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : Resource(name), IManifestExpressionProvider, IValueProvider
{
    readonly Lazy<string> value = new(() => callback(null));

    /// <summary>Whether it must not be shown.</summary>
    public bool Secret { get; } = secret;

    /// <summary>Value or generation rule that the manifest carries.</summary>
    public ParameterDefault? Default { get; init; }

    /// <inheritdoc />
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(value.Value);
}

/// <summary>Where the value of a parameter comes from if nobody gives one.</summary>
public abstract class ParameterDefault
{
    /// <summary>A value.</summary>
    public abstract string GetDefaultValue();
}

/// <summary>A constant.</summary>
internal sealed class ConstantParameterDefault(string value) : ParameterDefault
{
    public override string GetDefaultValue() => value;
}

/// <summary>All resources of the application.</summary>
public sealed class DistributedApplicationModel(IEnumerable<IResource> resources)
{
    /// <summary>The resources, in the order in which they were added.</summary>
    public IReadOnlyList<IResource> Resources { get; } = [.. resources];
}
