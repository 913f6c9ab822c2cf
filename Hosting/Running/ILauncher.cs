using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Processes;
using LakeAspire.Hosting.Projects;

namespace LakeAspire.Hosting.Running;

/// <summary>Turns a kind of resource into a program to start.</summary>
internal interface ILauncher
{
    bool Handles(IResource resource);

    /// <summary>Does what has to be done before, and says what to start.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be started; the message says why and what to do.</exception>
    Task<LaunchSpec> PrepareAsync(IResource resource, CancellationToken cancellationToken);
}

internal sealed class ProjectLauncher(EnvironmentResolver values) : ILauncher
{
    public bool Handles(IResource resource) => resource is ProjectResource;

    public async Task<LaunchSpec> PrepareAsync(IResource resource, CancellationToken cancellationToken)
    {
        resource.TryGetLastAnnotation<ProjectMetadataAnnotation>(out var annotation);
        var metadata = annotation!.Metadata;
        var assembly = (metadata as IProjectOutput)?.AssemblyPath
            ?? throw new DistributedApplicationException($"{resource.Name}: {metadata.GetType().Name} does not say where its assembly is (IProjectOutput).");
        if (!File.Exists(assembly))
        {
            throw new DistributedApplicationException($"{resource.Name}: {assembly} does not exist; build the AppHost again.");
        }

        var arguments = await EnvironmentResolver.ArgumentsOfAsync(resource, cancellationToken);
        var environment = await values.EnvironmentOfAsync(resource, cancellationToken);
        return new LaunchSpec
        {
            FileName = DotNetHost.Path,
            Arguments = [assembly, .. arguments],
            WorkingDirectory = Path.GetDirectoryName(metadata.ProjectPath) is { } folder && Directory.Exists(folder) ? folder : Path.GetDirectoryName(assembly)!,
            Environment = environment,
        };
    }
}

internal sealed class ExecutableLauncher(EnvironmentResolver values) : ILauncher
{
    public bool Handles(IResource resource) => resource is ExecutableResource;

    public async Task<LaunchSpec> PrepareAsync(IResource resource, CancellationToken cancellationToken)
    {
        var executable = (ExecutableResource)resource;
        if (Path.IsPathRooted(executable.Command) && !File.Exists(executable.Command))
        {
            throw new DistributedApplicationException($"{resource.Name}: {executable.Command} does not exist.");
        }

        return new LaunchSpec
        {
            FileName = executable.Command,
            Arguments = await EnvironmentResolver.ArgumentsOfAsync(resource, cancellationToken),
            WorkingDirectory = executable.WorkingDirectory,
            Environment = await values.EnvironmentOfAsync(resource, cancellationToken),
        };
    }
}
