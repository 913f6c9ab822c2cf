using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Upkeep;

/// <summary><c>/api/upkeep</c>: what workers do to keep tables in shape, and requests that they do it now.</summary>
internal static class UpkeepEndpoints
{
    const int MaxActs = 1000;
    const int MaxLookedThrough = 20_000;
    const int MaxLeaseSeconds = 3600;

    public static void MapUpkeep(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/upkeep", async (HttpRequest request, UpkeepQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<AskUpkeepRequest>(request, cancellationToken);
            var table = body.Table is null ? null : ApiBodies.Required(body.Table, "table");
            if (table is not null)
            {
                TableName.ParseDotted(table, "table");
            }

            return Results.Json(UpkeepRequestBody.Of(await queue.AskAsync(table, body.DryRun, cancellationToken)), statusCode: StatusCodes.Status202Accepted);
        }).OnLake(Privilege.Manage);

        routes.MapGet("/api/upkeep", async (string? table, int? limit, Caller caller, VisibleTables visible, UpkeepActs acts, CancellationToken cancellationToken) =>
        {
            var count = ApiBodies.Limit(limit);
            var (space, name) = table is not null && DottedName.TrySplit(table, out string? around, out var within) ? (around, within) : (null, table);
            var seen = new List<UpkeepActRow>();
            for (var (skip, more) = (0, true); more && seen.Count < count && skip < MaxLookedThrough; skip += MaxActs)
            {
                var found = await acts.ReadAsync(space, name, skip, MaxActs, cancellationToken);
                var sight = await visible.OfAsync(caller, found.Select(NameOf), cancellationToken);
                seen.AddRange(found.Where(act => sight.Shows(NameOf(act))).Take(count - seen.Count));
                more = found.Count == MaxActs;
            }

            return Results.Json(new UpkeepActsBody([.. seen.Select(UpkeepActBody.Of)]));
        }).ForPrincipals();

        routes.MapGet("/api/upkeep/{id:long}", async (long id, UpkeepActs acts, CancellationToken cancellationToken) =>
        {
            var (request, done) = await acts.OfRequestAsync(id, cancellationToken);
            return Results.Json(UpkeepRequestBody.Of(request, done));
        }).OnLake(Privilege.Describe);

        routes.MapPost("/api/upkeep/claim", async (HttpRequest request, UpkeepQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<ClaimUpkeepRequest>(request, cancellationToken);
            var claimed = await queue.ClaimAsync(ApiBodies.Required(body.Worker, "worker", 255), Lease(body.LeaseSeconds), cancellationToken);
            return claimed is null ? Results.NoContent() : Results.Json(UpkeepRequestBody.Of(claimed));
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPatch("/api/upkeep/{id:long}", async (long id, HttpRequest request, UpkeepQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<PatchUpkeepRequest>(request, cancellationToken);
            ApiBodies.Required(body.Worker, "worker", 255);
            if (body.State is not null && !UpkeepStates.OfRequests.Contains(body.State))
            {
                throw CatalogErrors.BadRequest($"state must be one of {string.Join(", ", UpkeepStates.OfRequests)}");
            }

            return Results.Json(UpkeepRequestBody.Of(await queue.PatchAsync(id, body, Lease(body.LeaseSeconds), cancellationToken)));
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPost("/api/upkeep/acts", async (HttpRequest request, UpkeepActs acts, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<ReportUpkeepRequest>(request, cancellationToken);
            if (body.Acts is null or { Length: > MaxActs })
            {
                throw CatalogErrors.BadRequest($"acts must be a list of at most {MaxActs}");
            }

            await acts.StoreAsync([.. body.Acts.Select(Row)], cancellationToken);
            return Results.NoContent();
        }).RequireAuthorization(LakeRoles.Service);
    }

    static string NameOf(UpkeepActRow act) => DottedName.Within(act.Namespace, act.Table);

    static UpkeepActRow Row(UpkeepActBody? act) => new()
    {
        Id = act?.Id ?? throw CatalogErrors.BadRequest("acts.id is missing"),
        RequestId = act.RequestId,
        Namespace = ApiBodies.Required(act.Namespace, "acts.namespace"),
        Table = ApiBodies.Required(act.Table, "acts.table"),
        Act = ApiBodies.Required(act.Act, "acts.act", 64),
        State = act.State is { } state && UpkeepStates.OfActs.Contains(state) ? state : throw CatalogErrors.BadRequest($"acts.state must be one of {string.Join(", ", UpkeepStates.OfActs)}"),
        Reason = ApiBodies.Required(act.Reason, "acts.reason", 4096),
        Details = act.Details?.ToJsonString() ?? "{}",
        Error = act.Error,
        StartedAt = (act.StartedAt ?? throw CatalogErrors.BadRequest("acts.startedAt is missing")).ToUniversalTime(),
        FinishedAt = act.FinishedAt?.ToUniversalTime(),
    };

    static TimeSpan? Lease(int? seconds) => seconds switch
    {
        null => null,
        >= 1 and <= MaxLeaseSeconds => TimeSpan.FromSeconds(seconds.Value),
        _ => throw CatalogErrors.BadRequest($"leaseSeconds must be between 1 and {MaxLeaseSeconds}"),
    };
}
