using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Sources;

internal sealed record LookupRequest(string? Scope, string[]? Keys);

internal sealed record FoundItem(string Key, string Fingerprint, long CommitId);

internal sealed record LookupBody(IReadOnlyList<FoundItem> Items);

internal sealed record CursorBody(string Scope, string Value, long CommitId, DateTimeOffset At);

internal sealed record CursorsBody(IReadOnlyList<CursorBody> Cursors);

/// <summary>How far sources have been committed: <c>/api/items/lookup</c> and <c>/api/positions</c>.</summary>
internal static class PositionEndpoints
{
    const int MaxKeys = 100_000;
    const int MaxCursors = 10_000;

    public static void MapPositions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/items/lookup", async (HttpRequest request, LakeView view, CatalogReads reads, TimeProvider time, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<LookupRequest>(request, cancellationToken);
            var scope = ApiBodies.Required(body.Scope, "scope");
            if (body.Keys is null or { Length: > MaxKeys })
            {
                throw CatalogErrors.BadRequest($"keys must be a list of at most {MaxKeys} texts");
            }

            var keys = body.Keys.Select(key => ApiBodies.Required(key, "keys")).ToArray();
            var now = time.GetUtcNow();
            var found = await reads.QueryAsync(
                db => db.Items.FromSqlRaw(PositionSql.Items(view.Levels, "i.scope = {0} AND i.key = ANY ({1})"), scope, keys)
                    .Where(i => i.ExpiresAt == null || i.ExpiresAt > now)
                    .Select(i => new FoundItem(i.Key, i.Fingerprint, i.CommitId)).ToListAsync(cancellationToken),
                cancellationToken);
            return Results.Json(new LookupBody(found));
        }).OnLake(Privilege.Manage);

        routes.MapPost("/api/positions/reset", PositionReset.RunAsync).OnLake(Privilege.Manage);

        routes.MapGet("/api/positions", async (LakeView view, string? scope, string? prefix, CatalogReads reads, CancellationToken cancellationToken) =>
        {
            var below = scope + "/";
            var found = await reads.QueryAsync(
                db => db.Database.SqlQueryRaw<CursorBody>(PositionSql.SetCursors(view.Levels, "({0} = '' OR c.scope = {0} OR starts_with(c.scope, {1})) AND starts_with(c.scope, {2})"), scope ?? "", below, prefix ?? "")
                    .OrderBy(c => c.Scope).Take(MaxCursors).ToListAsync(cancellationToken),
                cancellationToken);
            return Results.Json(new CursorsBody(found));
        }).OnLake(Privilege.Describe);
    }
}
