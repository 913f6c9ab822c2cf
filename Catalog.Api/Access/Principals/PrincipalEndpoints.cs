using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.Catalog.Access.People;
using LakeAspire.Catalog.Access.Checks;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Access.Principals;

/// <summary><c>/api/principals</c>, <c>/api/groups</c>, <c>/api/roles</c>: for administrators. <c>/api/access/me</c>: for everybody.</summary>
internal static class PrincipalEndpoints
{
    const string One = "/api/principals/{name}";

    public static void MapPrincipals(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/principals", (string? kind, string? after, int? limit, CatalogReads reads, CancellationToken cancellationToken) => ListAsync(kind, after, limit, reads, cancellationToken));
        routes.MapPost("/api/principals", async (Caller caller, HttpRequest request, PrincipalStore store, CatalogReads reads, CancellationToken cancellationToken) =>
            Results.Json(await BodyOfAsync(await store.CreateAsync(caller, await ApiBodies.ReadAsync<PrincipalRequest>(request, cancellationToken), cancellationToken), reads, cancellationToken), statusCode: 201));
        routes.MapGet(One, async (string name, PrincipalStore store, CatalogReads reads, CancellationToken cancellationToken) =>
            Results.Json(await BodyOfAsync(await store.GetAsync(name, cancellationToken), reads, cancellationToken)));
        routes.MapPatch(One, async (string name, Caller caller, HttpRequest request, PrincipalStore store, CatalogReads reads, CancellationToken cancellationToken) =>
            Results.Json(await BodyOfAsync(await store.UpdateAsync(caller, name, await ApiBodies.ReadAsync<PrincipalRequest>(request, cancellationToken), cancellationToken), reads, cancellationToken)));
        routes.MapDelete(One, async (string name, Caller caller, PrincipalStore store, CancellationToken cancellationToken) =>
        {
            await store.DeleteAsync(caller, name, cancellationToken);
            return Results.NoContent();
        });

        foreach (var kind in (string[])[PrincipalKinds.Group, PrincipalKinds.Role])
        {
            var root = $"/api/{kind}s";
            routes.MapGet(root, (string? after, int? limit, CatalogReads reads, CancellationToken cancellationToken) => ListAsync(kind, after, limit, reads, cancellationToken));
            routes.MapPost(root, async (Caller caller, HttpRequest request, PrincipalStore store, CatalogReads reads, CancellationToken cancellationToken) =>
            {
                var body = await ApiBodies.ReadAsync<PrincipalRequest>(request, cancellationToken) with { Kind = kind };
                return Results.Json(await BodyOfAsync(await store.CreateAsync(caller, body, cancellationToken), reads, cancellationToken), statusCode: 201);
            });
            routes.MapGet(root + "/{name}", async (string name, PrincipalStore store, CatalogReads reads, CancellationToken cancellationToken) =>
                Results.Json(await BodyOfAsync(await OfKindAsync(store, name, kind, cancellationToken), reads, cancellationToken)));
            routes.MapDelete(root + "/{name}", async (string name, Caller caller, PrincipalStore store, CancellationToken cancellationToken) =>
            {
                await OfKindAsync(store, name, kind, cancellationToken);
                await store.DeleteAsync(caller, name, cancellationToken);
                return Results.NoContent();
            });
            routes.MapPut(root + "/{name}/members/{member}", async (string name, string member, Caller caller, PrincipalStore store, CancellationToken cancellationToken) =>
            {
                await OfKindAsync(store, name, kind, cancellationToken);
                await store.AddMemberAsync(caller, name, member, cancellationToken);
                return Results.NoContent();
            });
            routes.MapDelete(root + "/{name}/members/{member}", async (string name, string member, Caller caller, PrincipalStore store, CancellationToken cancellationToken) =>
            {
                await OfKindAsync(store, name, kind, cancellationToken);
                await store.RemoveMemberAsync(caller, name, member, cancellationToken);
                return Results.NoContent();
            });
        }

        routes.MapGet("/api/access/me", async (Caller caller, AccessCache cache, IAccess access, CatalogReads reads, CancellationToken cancellationToken) =>
        {
            var state = caller.Id is { } id ? await cache.PrincipalAsync(id, cancellationToken) : null;
            var rights = await access.RightsAsync(caller, cancellationToken);
            return Results.Json(new MeBody(
                caller.Name,
                state?.Kind ?? "key",
                caller.IsOperator,
                [.. (state?.Groups ?? new HashSet<string>(StringComparer.Ordinal)).Order(StringComparer.Ordinal)],
                await reads.QueryAsync(db => db.Set<PrincipalRow>().AnyAsync(p => p.Id == caller.Id && p.Password != null, cancellationToken), cancellationToken),
                rights.On(Securable.Lake, BranchRow.Main).Texts(),
                rights.Anywhere.Texts(),
                rights.HasGrants,
                rights.MayGrantSomething));
        }).ForPrincipals();
        routes.MapPut("/api/access/me/password", async (Caller caller, HttpRequest request, PeopleStore people, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<PasswordBody>(request, cancellationToken);
            await people.ChangePasswordAsync(caller, body.Old ?? "", body.New ?? "", cancellationToken);
            return Results.NoContent();
        }).ForPrincipals();
    }

    static async Task<PrincipalRow> OfKindAsync(PrincipalStore store, string name, string kind, CancellationToken cancellationToken) =>
        await store.GetAsync(name, cancellationToken) is { } found && found.Kind == kind ? found : throw PrincipalStore.NoSuchPrincipal(name);

    static async Task<IResult> ListAsync(string? kind, string? after, int? limit, CatalogReads reads, CancellationToken cancellationToken)
    {
        var count = ApiBodies.Limit(limit, standard: 200);
        var rows = await reads.QueryAsync(
            db => db.Set<PrincipalRow>().Where(p => p.DeletedAt == null && (kind == null || p.Kind == kind) && (after == null || p.Name.CompareTo(after) > 0))
                .OrderBy(p => p.Name).Take(count + 1).ToListAsync(cancellationToken),
            cancellationToken);
        var bodies = new List<PrincipalBody>();
        var shown = rows.Take(count).ToList();
        var ids = shown.Select(p => p.Id).ToList();
        var members = await MembersAsync(ids, reads, cancellationToken);
        bodies.AddRange(shown.Select(p => BodyOf(p, members)));
        return Results.Json(new { principals = bodies, next = rows.Count > count ? shown[^1].Name : null });
    }

    static async Task<PrincipalBody> BodyOfAsync(PrincipalRow row, CatalogReads reads, CancellationToken cancellationToken) => BodyOf(row, await MembersAsync([row.Id], reads, cancellationToken));

    static Task<List<(Guid Group, string GroupName, Guid Member, string MemberName)>> MembersAsync(List<Guid> ids, CatalogReads reads, CancellationToken cancellationToken) => reads.QueryAsync(
        async db => (await db.Set<MembershipRow>().Where(m => ids.Contains(m.GroupId) || ids.Contains(m.MemberId))
            .Join(db.Set<PrincipalRow>(), m => m.GroupId, p => p.Id, (m, g) => new { m.GroupId, Group = g.Name, m.MemberId })
            .Join(db.Set<PrincipalRow>(), m => m.MemberId, p => p.Id, (m, p) => new { m.GroupId, m.Group, m.MemberId, Member = p.Name })
            .ToListAsync(cancellationToken)).ConvertAll(m => (m.GroupId, m.Group, m.MemberId, m.Member)),
        cancellationToken);

    static PrincipalBody BodyOf(PrincipalRow row, List<(Guid Group, string GroupName, Guid Member, string MemberName)> members) => new(
        row.Id, row.Kind, row.Name, row.DisplayName, row.Password is not null, row.Issuer, row.Subject, row.DisabledAt is not null, row.CreatedAt, row.CreatedBy,
        PrincipalKinds.HasMembers(row.Kind) ? members.Where(m => m.Group == row.Id).Select(m => m.MemberName).Order(StringComparer.Ordinal).ToList() : null,
        members.Where(m => m.Member == row.Id).Select(m => m.GroupName).Order(StringComparer.Ordinal).ToList());

    /// <summary>Who asks.</summary>
    /// <param name="Privileges">What it may do with the whole lake on <c>main</c>.</param>
    /// <param name="Anywhere">What it may do with the whole lake on one branch or another.</param>
    /// <param name="HasGrants">Whether anything at all is granted to it, anywhere.</param>
    /// <param name="MayGrant">Whether it may give something to others.</param>
    sealed record MeBody(
        string Name, string Kind, bool Administrator, IReadOnlyList<string> Groups, bool HasPassword, IReadOnlyList<string> Privileges, IReadOnlyList<string> Anywhere, bool HasGrants, bool MayGrant);

    sealed record PasswordBody(string? Old, string? New);

    sealed record PrincipalBody(
        Guid Id, string Kind, string Name, string? DisplayName, bool HasPassword, string? Issuer, string? Subject, bool Disabled, DateTimeOffset CreatedAt, string CreatedBy,
        IReadOnlyList<string>? Members, IReadOnlyList<string> MemberOf);
}
