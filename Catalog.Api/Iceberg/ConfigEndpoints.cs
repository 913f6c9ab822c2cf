using LakeAspire.Catalog.Branches;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats.IO;

namespace LakeAspire.Catalog.Iceberg;

/// <summary><c>GET /v1/config</c>.</summary>
internal static class ConfigEndpoints
{
    /// <summary>Every route that is served, as the specification writes it.</summary>
    static readonly string[] Endpoints =
    [
        "GET /v1/{prefix}/namespaces",
        "POST /v1/{prefix}/namespaces",
        "GET /v1/{prefix}/namespaces/{namespace}",
        "HEAD /v1/{prefix}/namespaces/{namespace}",
        "DELETE /v1/{prefix}/namespaces/{namespace}",
        "POST /v1/{prefix}/namespaces/{namespace}/properties",
        "GET /v1/{prefix}/namespaces/{namespace}/tables",
        "POST /v1/{prefix}/namespaces/{namespace}/tables",
        "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}",
        "HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}",
        "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}",
        "DELETE /v1/{prefix}/namespaces/{namespace}/tables/{table}",
        "POST /v1/{prefix}/namespaces/{namespace}/register",
        "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/metrics",
        "POST /v1/{prefix}/tables/rename",
        "GET /v1/{prefix}/namespaces/{namespace}/views",
        "POST /v1/{prefix}/namespaces/{namespace}/views",
        "GET /v1/{prefix}/namespaces/{namespace}/views/{view}",
        "HEAD /v1/{prefix}/namespaces/{namespace}/views/{view}",
        "POST /v1/{prefix}/namespaces/{namespace}/views/{view}",
        "DELETE /v1/{prefix}/namespaces/{namespace}/views/{view}",
        "POST /v1/{prefix}/namespaces/{namespace}/register-view",
        "POST /v1/{prefix}/views/rename",
        "POST /v1/{prefix}/transactions/commit",
        .. Planning.PlanEndpoints.Endpoints,
    ];

    public static void MapConfig(this IEndpointRouteBuilder routes) => routes.MapGet("/iceberg/v1/config", async (
        string? warehouse, LakeViews views, IObjectStore store, CancellationToken cancellationToken) =>
    {
        // The warehouse names the state of the lake; clients also send the location that they were given, or nothing.
        var reference = warehouse is null or "" || warehouse.TrimEnd('/') == store.Root ? LakeRef.Main : await ExistingAsync(views, warehouse, cancellationToken);
        var overrides = new Dictionary<string, string>(StringComparer.Ordinal) { ["prefix"] = reference.Prefix };
        return Results.Json(new CatalogConfig(new Dictionary<string, string>(StringComparer.Ordinal), overrides, Endpoints), IcebergBodies.Json);
    });

    static async Task<LakeRef> ExistingAsync(LakeViews views, string warehouse, CancellationToken cancellationToken)
    {
        try
        {
            return (await views.ResolveAsync(LakeRef.Parse(warehouse), cancellationToken)).Ref;
        }
        catch (ApiException exception) when (exception.Status is 400 or 404)
        {
            throw new ApiException(404, $"There is no such warehouse: {exception.Message} A warehouse is a branch, a tag, @commit or @time.", "NoSuchWarehouseException");
        }
    }
}
