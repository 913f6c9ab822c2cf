using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access.People;

/// <summary><c>/api/access/sign-in</c> and <c>/api/access/sessions</c>: for the portal, which tells from where people come.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/access").RequireAuthorization(LakeRoles.Service);
        group.MapPost("/sign-in", async (HttpContext context, PeopleStore people, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            var body = await ApiBodies.ReadAsync<PasswordSignIn>(context.Request, cancellationToken);
            return Results.Json(await people.ByPasswordAsync(body.User ?? "", body.Password ?? "", ApiBodies.Required(body.Address, "address", 64), cancellationToken));
        });
        group.MapPost("/sign-in/provider", async (HttpContext context, PeopleStore people, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            var body = await ApiBodies.ReadAsync<ProviderSignIn>(context.Request, cancellationToken);
            return Results.Json(await people.ByProviderAsync(
                ApiBodies.Required(body.Issuer, "issuer"), ApiBodies.Required(body.Subject, "subject"), body.Name, body.DisplayName, ApiBodies.Required(body.Address, "address", 64), cancellationToken));
        });
        group.MapPost("/sessions/{id:guid}/token", async (Guid id, HttpContext context, PeopleStore people, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return Results.Json(await people.ContinueAsync(id, cancellationToken));
        });
        group.MapDelete("/sessions/{id:guid}", async (Guid id, PeopleStore people, CancellationToken cancellationToken) =>
        {
            await people.EndAsync(id, cancellationToken);
            return Results.NoContent();
        });
    }

    sealed record PasswordSignIn(string? User, string? Password, string? Address);

    sealed record ProviderSignIn(string? Issuer, string? Subject, string? Name, string? DisplayName, string? Address);
}
