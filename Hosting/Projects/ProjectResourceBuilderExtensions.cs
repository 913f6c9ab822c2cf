using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Projects;

namespace Aspire.Hosting;

/// <summary>How a project becomes a resource.</summary>
public sealed class ProjectResourceOptions
{
    /// <summary>The launch profile to take settings from; none is taken here.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Take nothing from launch profiles.</summary>
    public bool ExcludeLaunchProfile { get; set; }

    /// <summary>Take no endpoints from the project's Kestrel configuration.</summary>
    public bool ExcludeKestrelEndpoints { get; set; }
}

/// <summary>Projects as resources.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the AppHost references.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name) where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, _ => { });

    /// <summary>Adds a project that the AppHost references; here only without a launch profile.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName) where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, options => (options.LaunchProfileName, options.ExcludeLaunchProfile) = (launchProfileName, launchProfileName is null));

    /// <summary>Adds a project that the AppHost references.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new()
    {
        var options = new ProjectResourceOptions();
        configure(options);
        if (options.LaunchProfileName is not null)
        {
            throw new DistributedApplicationException($"The project '{name}' asks for the launch profile '{options.LaunchProfileName}'; this hosting knows none: give its endpoints and environment in the AppHost.");
        }

        return builder.AddResource(new ProjectResource(name))
            .WithAnnotation(new ProjectMetadataAnnotation(new TProject()))
            .WithProjectDefaults();
    }
}
