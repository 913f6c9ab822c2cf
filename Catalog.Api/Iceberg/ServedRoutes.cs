namespace LakeAspire.Catalog.Iceberg;

/// <summary>The routes that this service has, as the specification writes them: what the configuration lists can't differ from what is mapped.</summary>
internal static class ServedRoutes
{
    /// <summary>Path below which the routes of Iceberg REST lie.</summary>
    public const string Root = "/iceberg/v1";

    const string WithPrefix = Root + "/{prefix}/";

    /// <summary>Every route below a prefix, with its method.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<Endpoint> endpoints) => endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith(WithPrefix, StringComparison.Ordinal) == true && !endpoint.RoutePattern.RawText.Contains("**", StringComparison.Ordinal))
        .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => $"{method} /v1{Specified(endpoint.RoutePattern.RawText![Root.Length..])}"))
        .Distinct(StringComparer.Ordinal)
        .ToList();

    /// <summary>The names that the specification gives to parameters, which a C# parameter can't always have.</summary>
    static string Specified(string route) => route
        .Replace("{ns}", "{namespace}", StringComparison.Ordinal)
        .Replace("/views/{name}", "/views/{view}", StringComparison.Ordinal)
        .Replace("/plan/{plan}", "/plan/{plan-id}", StringComparison.Ordinal);
}
