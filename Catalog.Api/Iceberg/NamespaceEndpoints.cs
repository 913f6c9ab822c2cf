using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Namespaces of Iceberg REST.</summary>
internal static class NamespaceEndpoints
{
    public static void MapNamespaces(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/namespaces", async (string? parent, string? pageToken, int? pageSize, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var page = Pages.Parse(pageToken, pageSize);
            var around = string.IsNullOrEmpty(parent) ? (NamespaceName?)null : NamespaceName.ParseRoute(parent);
            var (names, next) = page.Cut(await store.ListAsync(around, page, cancellationToken));
            return Results.Json(new ListNamespacesResponse(names.Select(n => NamespaceName.FromDatabase(n).Levels).ToList(), next), IcebergBodies.Json);
        });

        routes.MapPost("/namespaces", async (HttpRequest request, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<CreateNamespaceRequest>(request, cancellationToken);
            var name = NamespaceName.Parse(body.Namespace);
            var properties = body.Properties ?? [];
            await store.CreateAsync(name, properties, cancellationToken);
            return Results.Json(new NamespaceResponse(name.Levels, properties), IcebergBodies.Json);
        });

        routes.MapGet("/namespaces/{ns}", async (string ns, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var name = NamespaceName.ParseRoute(ns);
            return Results.Json(new NamespaceResponse(name.Levels, await store.PropertiesAsync(name, cancellationToken)), IcebergBodies.Json);
        });

        routes.MapMethods("/namespaces/{ns}", [HttpMethods.Head], async (string ns, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            await store.PropertiesAsync(NamespaceName.ParseRoute(ns), cancellationToken);
            return Results.NoContent();
        });

        routes.MapDelete("/namespaces/{ns}", async (string ns, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            await store.DropAsync(NamespaceName.ParseRoute(ns), cancellationToken);
            return Results.NoContent();
        });

        routes.MapPost("/namespaces/{ns}/properties", async (string ns, HttpRequest request, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<UpdateNamespacePropertiesRequest>(request, cancellationToken);
            return Results.Json(await store.UpdateAsync(NamespaceName.ParseRoute(ns), body, cancellationToken), IcebergBodies.Json);
        });
    }
}
