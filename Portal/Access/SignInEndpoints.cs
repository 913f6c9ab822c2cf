using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Access;

/// <summary>From a key to a link, from a link to a session, and out of it.</summary>
internal static class SignInEndpoints
{
    public const string Path = "/signin";

    public static void MapSignIn(this WebApplication app)
    {
        app.MapPost("/api/signin-links", CreateLink).RequireAuthorization(new AuthorizeAttribute(LakeRoles.User) { AuthenticationSchemes = PortalAuthentication.Keys }).DisableAntiforgery();
        app.MapGet(Path, ShowAsync).AllowAnonymous();
        // A token that nobody can guess is the proof that the form is ours; the origin is checked before.
        app.MapPost(Path, RedeemAsync).AllowAnonymous().DisableAntiforgery();
        app.MapPost(Path + "/password", ByPasswordAsync).AllowAnonymous().DisableAntiforgery();
        app.MapPost("/signout", SignOutAsync);
    }

    static IResult CreateLink(HttpContext context, SignInLinks links)
    {
        // A link makes an operator: who is an administrator today may be none tomorrow.
        if (!Sessions.IsOperator(context.User))
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        context.Response.Headers.CacheControl = "no-store";
        var (token, expiresAt) = links.Create();
        return Results.Json(new SignInLink($"{context.Request.Scheme}://{context.Request.Host}{Path}?token={token}", expiresAt), AccessJson.Default.SignInLink);
    }

    /// <summary>Only shows: programs that look at a link before its reader does would use it up. The page's script posts the token at once.</summary>
    static async Task<IResult> ShowAsync(HttpContext context, [FromQuery] string? token, [FromQuery] bool? changed, IOptions<OpenIdOptions> openId)
    {
        Private(context);
        var session = await context.AuthenticateAsync(Sessions.Scheme);
        return (string.IsNullOrEmpty(token), session.Succeeded) switch
        {
            (true, true) when changed != true => Results.LocalRedirect("/"),
            (true, _) => SignInPage.Result(SignInPage.Welcome(openId.Value, note: changed == true ? "Your password is changed. Sign in with the new one." : null)),
            _ => SignInPage.Result(SignInPage.Exchange(token!)),
        };
    }

    static async Task<IResult> RedeemAsync(HttpContext context, [FromForm] string? token, SignInLinks links, Sessions sessions)
    {
        Private(context);
        var byScript = context.Request.Headers.Accept == "application/json";
        if (string.IsNullOrEmpty(token) || !links.Redeem(token))
        {
            return byScript ? Results.StatusCode(StatusCodes.Status403Forbidden) : SignInPage.Result(SignInPage.Refused, StatusCodes.Status403Forbidden);
        }

        await context.SignInAsync(Sessions.Scheme, sessions.Create(), new AuthenticationProperties { IsPersistent = true });
        return byScript ? Results.NoContent() : Results.LocalRedirect("/");
    }

    static async Task<IResult> ByPasswordAsync(
        HttpContext context, [FromForm] string? user, [FromForm] string? password, People people, Sessions sessions, IOptions<OpenIdOptions> openId)
    {
        Private(context);
        try
        {
            var person = await people.ByPasswordAsync(user?.Trim().ToLowerInvariant() ?? "", password ?? "", context.Connection.RemoteIpAddress?.ToString() ?? "unknown", context.RequestAborted);
            await context.SignInAsync(Sessions.Scheme, sessions.Create(person), new AuthenticationProperties { IsPersistent = true });
            return Results.LocalRedirect("/");
        }
        catch (SignInRefusedException refused)
        {
            return SignInPage.Result(SignInPage.Welcome(openId.Value, refused.Message, user), StatusCodes.Status401Unauthorized);
        }
    }

    static async Task<IResult> SignOutAsync(HttpContext context, [FromForm] IFormCollection form, Sessions sessions)
    {
        await sessions.EndAsync(context.User, context.RequestAborted);
        await context.SignOutAsync(Sessions.Scheme);
        return Results.LocalRedirect(Path);
    }

    internal static void Private(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
