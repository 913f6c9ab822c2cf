using LakeAspire.Catalog.Database;
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
        "POST /v1/{prefix}/transactions/commit",
    ];

    public static void MapConfig(this IEndpointRouteBuilder routes) => routes.MapGet("/iceberg/v1/config", (string? warehouse, IObjectStore store) =>
    {
        // The warehouse names the branch; clients also send the location that they were given, or nothing.
        if (warehouse is not (null or "" or BranchRow.Main) && warehouse.TrimEnd('/') != store.Root)
        {
            throw new ApiException(404, "There is no such warehouse: the only one is 'main'.", "NoSuchWarehouseException");
        }

        var overrides = new Dictionary<string, string>(StringComparer.Ordinal) { ["prefix"] = BranchRow.Main };
        return Results.Json(new CatalogConfig(new Dictionary<string, string>(StringComparer.Ordinal), overrides, Endpoints), IcebergBodies.Json);
    });
}
