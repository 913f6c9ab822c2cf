using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>The resource is healthy if this health check of the registry says so.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource => builder.WithAnnotation(new HealthCheckAnnotation(key));

    /// <summary>The resource is healthy if a GET of a path answers with a status, 200 by default.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.GetEndpoint(endpointName ?? "http");
        var (target, status) = (path ?? "/", statusCode ?? 200);
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{target}_{status}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks()
            .Add(new HealthCheckRegistration(key, _ => new HttpHealthCheck(() => new Uri(new Uri(endpoint.Url), target), status), failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }
}
