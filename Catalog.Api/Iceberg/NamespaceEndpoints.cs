using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Idempotency;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Namespaces of Iceberg REST.</summary>
internal static class NamespaceEndpoints
{
    public static void MapNamespaces(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/namespaces", async (string? parent, Pages.Page page, LakeView view, Caller caller, NamespaceStore store, VisibleNames visible, IAccess access, CancellationToken cancellationToken) =>
        {
            var around = string.IsNullOrEmpty(parent) ? (NamespaceName?)null : NamespaceName.ParseRoute(parent);
            if (around is { } existing)
            {
                await access.DemandAsync(caller, Privilege.Describe, Securable.Namespace(existing), view, cancellationToken);
                await store.PropertiesAsync(view, existing, cancellationToken);
            }

            var (names, next) = page.Cut(await visible.ListAsync(caller, view, around?.Text ?? "", PointerKind.Namespace, page, cancellationToken));
            return Results.Json(new ListNamespacesResponse(names.Select(n => NamespaceName.Within(around?.Text ?? "", n).Levels).ToList(), next), IcebergBodies.Json);
        }).ForPrincipals();

        routes.MapPost("/namespaces", async (HttpRequest request, LakeView view, Caller caller, NamespaceStore store, CommitRights rights, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<CreateNamespaceRequest>(request, cancellationToken);
            var name = NamespaceName.Parse(body.Namespace);
            var properties = body.Properties ?? [];
            await rights.DemandCreateWithinAsync(caller, view, name.Parent, cancellationToken);
            await store.CreateAsync(view, name, properties, Author.Of(request.HttpContext), cancellationToken);
            return Results.Json(new NamespaceResponse(name.Levels, properties), IcebergBodies.Json);
        }).ForPrincipals().Idempotent(AnswerForm.Namespace);

        routes.MapGet("/namespaces/{ns}", async (string ns, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var name = NamespaceName.ParseRoute(ns);
            return Results.Json(new NamespaceResponse(name.Levels, await store.PropertiesAsync(view, name, cancellationToken)), IcebergBodies.Json);
        }).OnNamespace(Privilege.Describe);

        routes.MapMethods("/namespaces/{ns}", [HttpMethods.Head], async (string ns, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            await store.PropertiesAsync(view, NamespaceName.ParseRoute(ns), cancellationToken);
            return Results.NoContent();
        }).OnNamespace(Privilege.Describe);

        routes.MapDelete("/namespaces/{ns}", async (HttpContext context, string ns, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            await store.DropAsync(view, NamespaceName.ParseRoute(ns), Author.Of(context), cancellationToken);
            return Results.NoContent();
        }).OnNamespace(Privilege.Manage).Idempotent();

        routes.MapPost("/namespaces/{ns}/properties", async (string ns, HttpRequest request, LakeView view, NamespaceStore store, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<UpdateNamespacePropertiesRequest>(request, cancellationToken);
            return Results.Json(await store.UpdateAsync(view, NamespaceName.ParseRoute(ns), body, Author.Of(request.HttpContext), cancellationToken), IcebergBodies.Json);
        }).OnNamespace(Privilege.Modify).Idempotent(AnswerForm.Kept);
    }
}
