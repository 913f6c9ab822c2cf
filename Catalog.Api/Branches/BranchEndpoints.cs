using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Branches;

/// <summary><c>/api/branches</c>: branches and tags. A name with slashes is one segment of a route, its slashes written <c>%2F</c>.</summary>
internal static class BranchEndpoints
{
    const string Branch = "/api/branches/{name}";
    const long MaxRetention = 3_153_600_000;

    public static void MapBranches(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/branches", async (string? kind, string? prefix, Pages.Page page, Caller caller, VisibleBranches visible, CancellationToken cancellationToken) =>
        {
            var rows = await visible.ListAsync(caller, KindOf(kind) is { } wanted ? Text(wanted) : null, prefix, page, cancellationToken);
            var (names, next) = page.Cut(rows.Select(row => row.Name).ToList());
            return Results.Json(new BranchListBody(rows.Take(names.Count).ToList(), next));
        }).ForPrincipals();

        routes.MapPost("/api/branches", async (HttpContext context, Caller caller, BranchStore store, VisibleBranches visible, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<CreateBranchRequest>(context.Request, cancellationToken);
            await visible.DemandCreateAsync(caller, body.Name, body.From, body.Protected ?? false, cancellationToken);
            var created = await store.CreateAsync(
                body.Name, LakeRef.Parse(body.From), KindOf(body.Kind) ?? BranchKinds.Branch, body.Protected ?? false, Retention(body.RetentionSeconds), Author.Of(context), cancellationToken);
            return Results.Json(created, statusCode: StatusCodes.Status201Created);
        }).ForPrincipals();

        routes.MapGet(Branch, async (string name, Caller caller, VisibleBranches visible, CancellationToken cancellationToken) =>
            Results.Json(await visible.GetAsync(caller, NameOf(name), Privilege.Describe, cancellationToken))).ForPrincipals();

        routes.MapPatch(Branch, async (string name, Caller caller, HttpRequest request, BranchStore store, VisibleBranches visible, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<PatchBranchRequest>(request, cancellationToken);
            await visible.GetAsync(caller, NameOf(name), Privilege.Manage, cancellationToken);
            return Results.Json(await store.PatchAsync(NameOf(name), body.Protected, body.RetentionSeconds == 0 ? TimeSpan.Zero : Retention(body.RetentionSeconds), cancellationToken));
        }).ForPrincipals();

        routes.MapDelete(Branch, async (string name, long? expectedHead, Caller caller, BranchStore store, VisibleBranches visible, CancellationToken cancellationToken) =>
        {
            await visible.GetAsync(caller, NameOf(name), Privilege.Manage, cancellationToken);
            await store.DropAsync(NameOf(name), expectedHead, cancellationToken);
            return Results.NoContent();
        }).ForPrincipals();
    }

    /// <summary>A name from a route: the server leaves <c>%2F</c> as it is.</summary>
    public static string NameOf(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    static BranchKinds? KindOf(string? text) => text switch
    {
        null or "" => null,
        "branch" => BranchKinds.Branch,
        "tag" => BranchKinds.Tag,
        _ => throw CatalogErrors.BadRequest("kind must be 'branch' or 'tag'"),
    };

    static string Text(BranchKinds kind) => kind == BranchKinds.Tag ? "tag" : "branch";

    static TimeSpan? Retention(long? seconds) => seconds switch
    {
        null => null,
        > 0 and <= MaxRetention => TimeSpan.FromSeconds(seconds.Value),
        _ => throw CatalogErrors.BadRequest("retentionSeconds must be between 1 second and 100 years"),
    };
}
