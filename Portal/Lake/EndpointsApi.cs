using LakeAspire.Portal.Access;

namespace LakeAspire.Portal.Lake;

/// <summary><c>GET /api/endpoints</c>: where the services of this installation are, for tools that know the portal alone.</summary>
internal static class EndpointsApi
{
    static readonly string[] Services = [ServiceCalls.Catalog, "ingest-api", ServiceCalls.Query];

    public static void MapEndpoints(this WebApplication app) => app.MapGet("/api/endpoints", (HttpContext context, IConfiguration configuration) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        var endpoints = new Dictionary<string, string>(StringComparer.Ordinal) { ["portal"] = $"{context.Request.Scheme}://{context.Request.Host}" };
        foreach (var service in Services)
        {
            if (AddressOf(configuration, service) is { } address)
            {
                endpoints[service] = address;
            }
        }

        return Results.Json(endpoints, AccessJson.Default.DictionaryStringString);
    });

    /// <summary>The configured address of a service without a slash at its end, or null.</summary>
    public static string? AddressOf(IConfiguration configuration, string service) => configuration[$"services:{service}:http:0"]?.TrimEnd('/');
}
