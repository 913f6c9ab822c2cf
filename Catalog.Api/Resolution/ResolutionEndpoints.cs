using System.Text.Json;
using System.Text.Json.Serialization;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Resolution;

/// <summary><c>POST /api/resolve</c>: for services that read tables on behalf of others.</summary>
internal static class ResolutionEndpoints
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter() } };

    public static void MapResolution(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/resolve", async (HttpContext context, TableResolution resolution, CancellationToken cancellationToken) =>
            Results.Json(await resolution.ResolveAsync(await ApiBodies.ReadAsync<ResolveRequest>(context.Request, cancellationToken), cancellationToken), Json)).RequireAuthorization(LakeRoles.Service);
}
