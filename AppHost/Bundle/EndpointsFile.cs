using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Hosting.Dashboard;

namespace LakeAspire.AppHost.Bundle;

/// <summary>Tells tools where everything listens while the application runs.</summary>
internal static class EndpointsFile
{
    static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static void Write(string folder, IEnumerable<IResource> resources, DashboardAccess? dashboard)
    {
        var content = new JsonObject();
        foreach (var resource in resources.OfType<IResourceWithEndpoints>())
        {
            var endpoint = resource.GetEndpoints().FirstOrDefault();
            if (endpoint is null || resource is not (ProjectResource or PostgresServerResource))
            {
                continue;
            }

            content[resource.Name] = endpoint.Scheme == "tcp" ? $"{endpoint.Host}:{endpoint.Port}" : endpoint.Url;
        }

        if (dashboard is not null)
        {
            content["dashboard"] = dashboard.Frontend.Url;
            content["otlp"] = dashboard.Otlp.Url;
        }

        // Renamed into place: who waits for the file never sees half of it.
        var path = Path.Combine(folder, LakeInstallation.EndpointsFileName);
        File.WriteAllText(path + ".new", content.ToJsonString(Format) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }
}
