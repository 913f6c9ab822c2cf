using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Processes;

namespace LakeAspire.Hosting.Running;

/// <summary>The properties of a resource that the dashboard knows by name.</summary>
internal static class SnapshotProperties
{
    public const string ProcessId = "executable.pid";

    public static ImmutableArray<ResourcePropertySnapshot> Of(IResource resource, LaunchSpec spec, int processId)
    {
        var properties = new List<ResourcePropertySnapshot>
        {
            new("executable.path", spec.FileName),
            new("executable.workDir", spec.WorkingDirectory),
            new("executable.args", spec.Arguments.ToArray()),
            new(ProcessId, processId.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        };
        if (resource.TryGetLastAnnotation<ProjectMetadataAnnotation>(out var project))
        {
            properties.Add(new("project.path", project.Metadata.ProjectPath));
        }

        if (resource is PostgresServerResource)
        {
            properties.Add(new("resource.source", spec.FileName));
        }

        return [.. properties];
    }
}
