using System.Text.Json;
using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Access.Audit;

/// <summary><c>/api/audit</c>: the log, newest first, for administrators.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/api/audit", async (
        string? principal, string? action, string? outcome, string? securable, string? branch, DateTimeOffset? from, DateTimeOffset? to, long? before, int? limit, CatalogReads reads,
        CancellationToken cancellationToken) =>
    {
        var count = ApiBodies.Limit(limit, standard: 100);
        var rows = await reads.QueryAsync(
            db => db.Set<AuditRow>()
                .Where(a => (before == null || a.Id < before) && (principal == null || a.Principal == principal) && (action == null || a.Action == action) && (outcome == null || a.Outcome == outcome)
                    && (securable == null || a.Securable == securable) && (branch == null || a.Branch == branch) && (from == null || a.At >= from) && (to == null || a.At < to))
                .OrderByDescending(a => a.Id).Take(count + 1).ToListAsync(cancellationToken),
            cancellationToken);
        return Results.Json(new
        {
            entries = rows.Take(count).Select(a => new { a.Id, a.At, a.Principal, a.Action, a.Outcome, a.Securable, a.Branch, a.Count, detail = JsonSerializer.Deserialize<JsonElement>(a.Detail) }),
            next = rows.Count > count ? rows[count - 1].Id : (long?)null,
        });
    });
}
