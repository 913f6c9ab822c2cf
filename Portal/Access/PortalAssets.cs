using Microsoft.AspNetCore.Authorization;

namespace LakeAspire.Portal.Access;

/// <summary>Static files: the sign-in page's own are open, all others are for those who are signed in.</summary>
internal static class PortalAssets
{
    static readonly string[] Open = ["favicon.svg", "lib/theme.js", "lib/signin.css", "lib/signin.js"];

    public static void MapPortalAssets(this WebApplication app) => app.MapStaticAssets().Add(endpoint =>
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } route } && Open.Contains(route, StringComparer.Ordinal))
        {
            endpoint.Metadata.Add(new AllowAnonymousAttribute());
        }
    });
}
