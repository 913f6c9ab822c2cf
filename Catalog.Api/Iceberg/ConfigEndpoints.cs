using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Idempotency;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats.IO;

namespace LakeAspire.Catalog.Iceberg;

/// <summary><c>GET /v1/config</c>.</summary>
internal static class ConfigEndpoints
{
    public static void MapConfig(this IEndpointRouteBuilder routes)
    {
        // Once the first client asks, every route is mapped.
        var served = new Lazy<IReadOnlyList<string>>(() => ServedRoutes.Of(routes.DataSources.SelectMany(source => source.Endpoints)));
        routes.MapGet(ServedRoutes.Root + "/config", (string? warehouse, Caller caller, IAccess access, LakeViews views, IObjectStore store, IdempotencyKeys keys, CancellationToken cancellationToken) =>
            AnswerAsync(warehouse, caller, access, views, store, served.Value, keys.Lifetime, cancellationToken)).ForPrincipals();
    }

    static async Task<IResult> AnswerAsync(string? warehouse, Caller caller, IAccess access, LakeViews views, IObjectStore store, IReadOnlyList<string> served, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        // The warehouse names the state of the lake; clients also send the location that they were given, or nothing.
        var reference = warehouse is null or "" || warehouse.TrimEnd('/') == store.Root ? LakeRef.Main : await ExistingAsync(caller, access, views, warehouse, cancellationToken);
        var overrides = new Dictionary<string, string>(StringComparer.Ordinal) { ["prefix"] = reference.Prefix };
        return Results.Json(new CatalogConfig(new Dictionary<string, string>(StringComparer.Ordinal), overrides, served, Duration(lifetime)), IcebergBodies.Json);
    }

    /// <summary>ISO 8601, in hours where that is exact: not every client reads days.</summary>
    static string Duration(TimeSpan time) => time.Ticks % TimeSpan.TicksPerHour == 0 ? $"PT{time.Ticks / TimeSpan.TicksPerHour}H" : $"PT{(long)time.TotalSeconds}S";

    static async Task<LakeRef> ExistingAsync(Caller caller, IAccess access, LakeViews views, string warehouse, CancellationToken cancellationToken)
    {
        try
        {
            return (await access.ResolveAsync(caller, views, LakeRef.Parse(warehouse), cancellationToken)).Ref;
        }
        catch (ApiException exception) when (exception.Status is 400 or 404)
        {
            throw new ApiException(404, $"There is no such warehouse: {exception.Message} A warehouse is a branch, a tag, @commit or @time.", "NoSuchWarehouseException");
        }
    }
}
