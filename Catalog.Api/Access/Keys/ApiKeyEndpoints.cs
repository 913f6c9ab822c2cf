using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access.Keys;

/// <summary><c>/api/api-keys</c>.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/api-keys", async (Caller caller, string? principal, ApiKeyStore store, CancellationToken cancellationToken) =>
            Results.Json(new { keys = await store.ListAsync(caller, principal, cancellationToken) })).ForPrincipals();
        routes.MapPost("/api/api-keys", async (Caller caller, HttpContext context, ApiKeyStore store, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return Results.Json(await store.CreateAsync(caller, await ApiBodies.ReadAsync<ApiKeyRequest>(context.Request, cancellationToken), cancellationToken), statusCode: 201);
        }).ForPrincipals();
        routes.MapPost("/api/api-keys/{id:guid}/rotate", async (Guid id, Caller caller, HttpContext context, ApiKeyStore store, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            var body = context.Request.ContentLength is null or 0 ? new RotateRequest(null) : await ApiBodies.ReadAsync<RotateRequest>(context.Request, cancellationToken);
            return Results.Json(await store.RotateAsync(caller, id, body, cancellationToken), statusCode: 201);
        }).ForPrincipals();
        routes.MapDelete("/api/api-keys/{id:guid}", async (Guid id, Caller caller, ApiKeyStore store, CancellationToken cancellationToken) =>
        {
            await store.RevokeAsync(caller, id, cancellationToken);
            return Results.NoContent();
        }).ForPrincipals();
    }
}
