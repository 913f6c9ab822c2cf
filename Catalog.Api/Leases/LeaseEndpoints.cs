using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Leases;

internal sealed record LeaseRequest(string? Name, string? Holder, long? Token, double? TtlSeconds);

internal sealed record LeaseBody(string Name, string? Holder, long Token, DateTimeOffset AcquiredAt, DateTimeOffset ExpiresAt)
{
    public static LeaseBody Of(LeaseRow lease) => new(lease.Name, lease.Holder, lease.Token, lease.AcquiredAt, lease.ExpiresAt);
}

internal sealed record LeasesBody(IReadOnlyList<LeaseBody> Leases);

/// <summary><c>/api/leases</c>: who does what only one may do, with a token that a commit carries.</summary>
internal static class LeaseEndpoints
{
    const int MaxName = 255;
    const int MaxLeases = 10_000;
    const double MaxTtl = 86_400;

    public static void MapLeases(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/leases/acquire", async (HttpRequest request, LeaseStore leases, CancellationToken cancellationToken) =>
        {
            var (body, name, holder) = await ReadAsync(request, cancellationToken);
            return Results.Json(LeaseBody.Of(await leases.AcquireAsync(name, holder, TtlOf(body), cancellationToken)));
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPost("/api/leases/renew", async (HttpRequest request, LeaseStore leases, CancellationToken cancellationToken) =>
        {
            var (body, name, holder) = await ReadAsync(request, cancellationToken);
            return Results.Json(LeaseBody.Of(await leases.RenewAsync(name, holder, TokenOf(body), TtlOf(body), cancellationToken)));
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPost("/api/leases/release", async (HttpRequest request, LeaseStore leases, CancellationToken cancellationToken) =>
        {
            var (body, name, holder) = await ReadAsync(request, cancellationToken);
            await leases.ReleaseAsync(name, holder, TokenOf(body), cancellationToken);
            return Results.NoContent();
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapGet("/api/leases", async (string? prefix, CatalogReads reads, CancellationToken cancellationToken) =>
        {
            var found = await reads.QueryAsync(
                db => db.Set<LeaseRow>().Where(l => string.IsNullOrEmpty(prefix) || l.Name.StartsWith(prefix)).OrderBy(l => l.Name).Take(MaxLeases).ToListAsync(cancellationToken), cancellationToken);
            return Results.Json(new LeasesBody([.. found.Select(LeaseBody.Of)]));
        });
    }

    static async Task<(LeaseRequest Body, string Name, string Holder)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await ApiBodies.ReadAsync<LeaseRequest>(request, cancellationToken);
        return (body, ApiBodies.Required(body.Name, "name", MaxName), ApiBodies.Required(body.Holder, "holder", MaxName));
    }

    static long TokenOf(LeaseRequest body) => body.Token ?? throw CatalogErrors.BadRequest("token is missing");

    static TimeSpan TtlOf(LeaseRequest body) => body.TtlSeconds is > 0 and <= MaxTtl and var seconds
        ? TimeSpan.FromSeconds(seconds)
        : throw CatalogErrors.BadRequest($"ttlSeconds must be greater than 0 and at most {MaxTtl}");
}
