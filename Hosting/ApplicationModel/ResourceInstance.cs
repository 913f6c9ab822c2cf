using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Tells one run of a resource from another: telemetry carries it, and the dashboard joins the two by it.</summary>
internal static class ResourceInstance
{
    public static string InstanceId(this IResource resource)
    {
        lock (resource.Annotations)
        {
            if (!resource.TryGetLastAnnotation<InstanceIdAnnotation>(out var annotation))
            {
                annotation = new(RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 8));
                resource.Annotations.Add(annotation);
            }

            return annotation.Id;
        }
    }

    sealed record InstanceIdAnnotation(string Id) : IResourceAnnotation;
}
