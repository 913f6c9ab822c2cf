using LakeAspire.Catalog.Access.Checks;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access;

/// <summary>Looks up who sends a request, with all groups and roles, before any endpoint asks.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, AccessCache cache)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (LakePrincipal.Of(context.User) is { } principal && await cache.PrincipalAsync(principal.Id, context.RequestAborted) is { IsEnabled: true } state)
        {
            context.Features.Set(state.ToCaller());
        }

        CheckedNames.Begin();
        await next(context);
    }
}
