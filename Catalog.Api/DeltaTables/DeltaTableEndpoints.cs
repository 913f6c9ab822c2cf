using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.DeltaTables;

internal sealed record RegisterDeltaTableRequest(string? Namespace, string? Name, string? Location, bool CreateNamespace);

internal sealed record DeltaTableBody(string Namespace, string Name, Guid Id, string Location, string Format, string Author, DateTimeOffset CreatedAt);

/// <summary><c>/api/delta-tables</c>: Delta tables that others write.</summary>
internal static class DeltaTableEndpoints
{
    public static void MapDeltaTables(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/delta-tables", async (HttpContext context, LakeView view, DeltaTableStore store, NamespaceStore namespaces, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<RegisterDeltaTableRequest>(context.Request, cancellationToken);
            var name = TableName.Parse(NamespaceName.ParseDotted(ApiBodies.Required(body.Namespace, "namespace")), body.Name);
            if (body.CreateNamespace)
            {
                await namespaces.EnsureAsync(view, name.Namespace, Author.Of(context), cancellationToken);
            }

            return Results.Json(await store.RegisterAsync(view, name, body.Location ?? "", Author.Of(context), cancellationToken), statusCode: StatusCodes.Status201Created);
        }).OnLake(Privilege.Manage);

        routes.MapDelete("/api/delta-tables/{ns}/{name}", async (HttpContext context, LakeView view, string ns, string name, DeltaTableStore store, CancellationToken cancellationToken) =>
        {
            await store.UnregisterAsync(view, TableName.Parse(NamespaceName.ParseDotted(ns), name), Author.Of(context), cancellationToken);
            return Results.NoContent();
        }).OnTable(Privilege.Manage);
    }
}
