using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access.Grants;

/// <summary><c>/api/grants</c>, and <c>/api/access/check</c>: what the caller, or for administrators anybody, may do with something.</summary>
internal static class GrantEndpoints
{
    public static void MapGrants(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/grants", async (
            Caller caller, string? principal, string? @namespace, long? after, int? limit, GrantStore store, CancellationToken cancellationToken) =>
        {
            var count = ApiBodies.Limit(limit, standard: 200);
            var found = await store.ListAsync(caller, principal, @namespace, after ?? 0, count + 1, cancellationToken);
            return Results.Json(new { grants = found.Take(count), next = found.Count > count ? found[count - 1].Id : (long?)null });
        }).ForPrincipals();
        routes.MapPost("/api/grants", async (Caller caller, HttpRequest request, GrantStore store, CancellationToken cancellationToken) =>
            Results.Json(await store.AddAsync(caller, await ApiBodies.ReadAsync<GrantRequest>(request, cancellationToken), cancellationToken), statusCode: 201)).ForPrincipals();
        routes.MapDelete("/api/grants/{id:long}", async (long id, Caller caller, GrantStore store, CancellationToken cancellationToken) =>
        {
            await store.RemoveAsync(caller, id, cancellationToken);
            return Results.NoContent();
        }).ForPrincipals();
        routes.MapGet("/api/access/check", CheckAsync).ForPrincipals();
    }

    static async Task<IResult> CheckAsync(
        Caller caller, string? principal, string? @namespace, string? table, string? branch, string? asOf, IAccess access, TableLookup lookup, LakeViews views, CancellationToken cancellationToken)
    {
        var asked = principal is null || principal == caller.Name ? caller
            : !caller.IsOperator ? throw CatalogErrors.Forbidden("Only administrators may ask what others may do.")
            : await access.FindCallerAsync(principal, cancellationToken) ?? throw Principals.PrincipalStore.NoSuchPrincipal(principal);
        var rights = await access.RightsAsync(asked, cancellationToken);
        var view = await access.ResolveAsync(asked, views, LakeRef.OfQuery(branch, asOf), cancellationToken);
        var securable = Securable.Lake;
        TablePolicy? policy = null;
        if (!string.IsNullOrEmpty(@namespace))
        {
            var space = NamespaceName.ParseDotted(@namespace);
            var pointer = string.IsNullOrEmpty(table) ? await lookup.FindNamespaceAsync(view, space, cancellationToken) : await lookup.FindAsync(view, TableName.Parse(space, table), cancellationToken);
            securable = pointer?.AsSecurable() ?? (string.IsNullOrEmpty(table) ? Securable.Namespace(space) : Securable.Object(TableName.Parse(space, table), Guid.Empty, owner: null));
            if (pointer is null || !rights.May(Privilege.Describe, securable, view.Branch))
            {
                return Results.Json(new CheckBody(asked.Name, securable.Text, view.Branch, [], Filtered: false));
            }

            policy = await access.PolicyAsync(asked, pointer.TableId, cancellationToken);
        }

        var held = rights.On(securable, view.Branch);
        return Results.Json(new CheckBody(asked.Name, securable.Text, view.Branch, held.Texts(), policy is not null));
    }

    sealed record CheckBody(string Principal, string Securable, string Branch, IReadOnlyList<string> Privileges, bool Filtered);
}
