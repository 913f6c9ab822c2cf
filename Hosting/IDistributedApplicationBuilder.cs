using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application under construction.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Configuration of the application host: environment and arguments.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Folder of the AppHost project.</summary>
    string AppHostDirectory { get; }

    /// <summary>Name and kind of the environment.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>Services of the application host.</summary>
    IServiceCollection Services { get; }

    /// <summary>Whether the application is run or published.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>Events of the application.</summary>
    IDistributedApplicationEventing Eventing { get; }

    /// <summary>The resources so far.</summary>
    IReadOnlyList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

    /// <summary>A builder for a resource that is not, or not yet, part of the application.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource;

    /// <summary>Completes the application.</summary>
    DistributedApplication Build();
}

/// <summary>What is done with an application.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>It is run here.</summary>
    Run,

    /// <summary>It is described for somewhere else.</summary>
    Publish,
}

/// <summary>What is being done with the application.</summary>
public sealed class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationOperation Operation { get; } = operation;

    /// <summary>It is run here.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    /// <summary>It is described for somewhere else.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;
}

/// <summary>How to make an application.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>Arguments of the program.</summary>
    public string[]? Args { get; set; }

    /// <summary>No dashboard.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>The assembly that the project metadata is in, if not the entry assembly.</summary>
    public string? AssemblyName { get; set; }
}

/// <summary>The application cannot be built or started as it is described.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>Without a reason.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>With a reason, one line that says what to do.</summary>
    public DistributedApplicationException(string message) : base(message)
    {
    }

    /// <summary>With a reason and what caused it.</summary>
    public DistributedApplicationException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>A project that can be a resource; the build generates one for each project reference, in the namespace <c>Projects</c>.</summary>
public interface IProjectMetadata
{
    /// <summary>Absolute path of the project file.</summary>
    string ProjectPath { get; }
}
