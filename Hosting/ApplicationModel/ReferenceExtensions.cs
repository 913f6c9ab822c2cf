using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Gives the connection string of another resource, as <c>ConnectionStrings__{name}</c> and in parts as <c>{NAME}_{PART}</c>.</summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false) where T : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder
            .WithAnnotation(new ResourceRelationshipAnnotation(resource, "Reference"))
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] = resource;
                foreach (var (part, value) in resource.GetConnectionProperties())
                {
                    context.EnvironmentVariables[$"{EnvironmentName(name)}_{part.ToUpperInvariant()}"] = value;
                }
            });
    }

    /// <summary>Tells where another service listens, as <c>services__{name}__{endpoint}__0</c> and <c>{NAME}_{ENDPOINT}</c>.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source) where T : IResourceWithEnvironment =>
        builder
            .WithAnnotation(new ResourceRelationshipAnnotation(source.Resource, "Reference"))
            .WithEnvironment(context =>
            {
                foreach (var endpoint in source.Resource.GetEndpoints())
                {
                    AddEndpoint(context, endpoint);
                }
            });

    /// <summary>Tells where an endpoint of another resource is.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, EndpointReference endpointReference) where T : IResourceWithEnvironment =>
        builder
            .WithAnnotation(new ResourceRelationshipAnnotation(endpointReference.Resource, "Reference"))
            .WithEnvironment(context => AddEndpoint(context, endpointReference));

    /// <summary>Tells where a service outside of the application is.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, string name, Uri uri) where T : IResourceWithEnvironment =>
        builder.WithVariable($"services__{name}__default__0", uri.ToString());

    static void AddEndpoint(EnvironmentCallbackContext context, EndpointReference endpoint)
    {
        context.EnvironmentVariables[$"services__{endpoint.Resource.Name}__{endpoint.EndpointName}__0"] = endpoint;
        context.EnvironmentVariables[$"{EnvironmentName(endpoint.Resource.Name)}_{EnvironmentName(endpoint.EndpointName)}"] = endpoint;
    }

    static string EnvironmentName(string name) => name.Replace('-', '_').ToUpperInvariant();
}
