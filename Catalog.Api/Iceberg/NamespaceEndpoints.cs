using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Namespaces of Iceberg REST.</summary>
internal static class NamespaceEndpoints
{
    public static void MapNamespaces(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/namespaces", async (string? parent, Pages.Page page, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var around = string.IsNullOrEmpty(parent) ? (NamespaceName?)null : NamespaceName.ParseRoute(parent);
            var (names, next) = page.Cut(await store.ListAsync(view, around, page, cancellationToken));
            return Results.Json(new ListNamespacesResponse(names.Select(n => NamespaceName.Within(around?.Text ?? "", n).Levels).ToList(), next), IcebergBodies.Json);
        });

        routes.MapPost("/namespaces", async (HttpRequest request, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<CreateNamespaceRequest>(request, cancellationToken);
            var name = NamespaceName.Parse(body.Namespace);
            var properties = body.Properties ?? [];
            await store.CreateAsync(view, name, properties, Author.Of(request.HttpContext), cancellationToken);
            return Results.Json(new NamespaceResponse(name.Levels, properties), IcebergBodies.Json);
        });

        routes.MapGet("/namespaces/{ns}", async (string ns, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var name = NamespaceName.ParseRoute(ns);
            return Results.Json(new NamespaceResponse(name.Levels, await store.PropertiesAsync(view, name, cancellationToken)), IcebergBodies.Json);
        });

        routes.MapMethods("/namespaces/{ns}", [HttpMethods.Head], async (string ns, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            await store.PropertiesAsync(view, NamespaceName.ParseRoute(ns), cancellationToken);
            return Results.NoContent();
        });

        routes.MapDelete("/namespaces/{ns}", async (HttpContext context, string ns, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            await store.DropAsync(view, NamespaceName.ParseRoute(ns), Author.Of(context), cancellationToken);
            return Results.NoContent();
        });

        routes.MapPost("/namespaces/{ns}/properties", async (string ns, HttpRequest request, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<UpdateNamespacePropertiesRequest>(request, cancellationToken);
            return Results.Json(await store.UpdateAsync(view, NamespaceName.ParseRoute(ns), body, Author.Of(request.HttpContext), cancellationToken), IcebergBodies.Json);
        });
    }
}
