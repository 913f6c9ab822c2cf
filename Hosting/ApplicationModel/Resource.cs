using System.Collections.ObjectModel;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something known about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>The annotations of a resource, in the order in which they were added.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

/// <summary>Base of all resources.</summary>
public abstract partial class Resource : IResource
{
    /// <summary>A resource with a valid name.</summary>
    protected Resource(string name)
    {
        if (!NamePattern().IsMatch(name) || name.Length > 64)
        {
            throw new ArgumentException(
                $"Resource name '{name}' is invalid. Name must be 1 to 64 ASCII letters, digits and single hyphens, start with a letter and not end with a hyphen.", nameof(name));
        }

        Name = name;
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public ResourceAnnotationCollection Annotations { get; } = [];

    /// <inheritdoc />
    public override string ToString() => $"{GetType().Name}({Name})";

    [GeneratedRegex("^[A-Za-z](-?[A-Za-z0-9])*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}

/// <summary>Reading of annotations.</summary>
public static class ResourceExtensions
{
    /// <summary>All annotations of a type.</summary>
    public static bool TryGetAnnotationsOfType<T>(this IResource resource, out IEnumerable<T> result) where T : IResourceAnnotation
    {
        var found = resource.Annotations.OfType<T>().ToList();
        result = found;
        return found.Count > 0;
    }

    /// <summary>The annotation of a type that was added last.</summary>
    public static bool TryGetLastAnnotation<T>(this IResource resource, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? annotation) where T : IResourceAnnotation
    {
        annotation = resource.Annotations.OfType<T>().LastOrDefault();
        return annotation is not null;
    }

    /// <summary>References to all endpoints of a resource.</summary>
    public static IEnumerable<EndpointReference> GetEndpoints(this IResourceWithEndpoints resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Select(annotation => new EndpointReference(resource, annotation.Name));

    /// <summary>A reference to one endpoint of a resource.</summary>
    public static EndpointReference GetEndpoint(this IResourceWithEndpoints resource, string endpointName) => new(resource, endpointName);
}
