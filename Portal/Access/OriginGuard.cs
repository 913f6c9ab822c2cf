using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Access;

/// <summary>
/// Refuses what comes by a foreign name (DNS rebinding) or from a foreign page (cross-site requests, the websocket included, to which no same-origin policy applies).
/// Cookies do not tell ports apart, SameSite neither: on a developer's machine the origin is what separates the portal from any other server on loopback.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, IOptions<PortalOptions> options)
{
    readonly string[] allowed = options.Value.AllowedHosts.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsOurs(request.Host, context.Connection.LocalPort))
        {
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "This host name is not one of the portal's; set Lake__Portal__AllowedHosts to allow it.");
        }

        return FromOurPages(request) ? next(context) : RefuseAsync(context, StatusCodes.Status403Forbidden, "Requests from other sites are refused.");
    }

    bool IsOurs(HostString host, int port)
    {
        if (!host.HasValue)
        {
            return false;
        }

        var loopback = host.Host is "127.0.0.1" or "[::1]" || string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase);
        return (loopback && (host.Port ?? 80) == port)
            || allowed.Any(name => string.Equals(name, host.Value, StringComparison.OrdinalIgnoreCase)
                || (!HasPort(name) && string.Equals(name, host.Host, StringComparison.OrdinalIgnoreCase)));
    }

    static bool HasPort(string name) => new HostString(name).Port is not null;

    /// <summary>
    /// A browser names the origin on every request that changes something, on every websocket and on every cross-origin call. It says "null" for forms of a page that sends no referrer;
    /// then Sec-Fetch-Site, which no page can set, must say that the page is ours.
    /// </summary>
    static bool FromOurPages(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (origins.Count == 0)
        {
            var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
            return !changes || site is "" or "same-origin";
        }

        var origin = origins.ToString();
        if (origin == "null")
        {
            return site == "same-origin" && !IsSocket(request);
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && string.Equals(uri.Authority, Authority(request.Host, uri), StringComparison.OrdinalIgnoreCase);
    }

    static bool IsSocket(HttpRequest request) => request.Headers.Upgrade.Count > 0 || request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal);

    /// <summary>The Host header without a port that is the scheme's default, as <see cref="Uri.Authority"/> has it.</summary>
    static string Authority(HostString host, Uri origin) => host.Port is { } port && port == (origin.Scheme == "https" ? 443 : 80) ? host.Host : host.Value ?? "";

    static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }
}
