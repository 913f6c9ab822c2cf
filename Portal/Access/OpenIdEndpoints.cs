using System.Security.Cryptography;
using System.Text.Json;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Access;

/// <summary><c>/signin/openid</c>: to the provider and back.</summary>
internal static class OpenIdEndpoints
{
    public const string Path = SignInEndpoints.Path + "/openid";
    const string Callback = Path + "/callback";
    const string Purpose = "LakeAspire.Portal.OpenId";

    public static void MapOpenId(this WebApplication app)
    {
        app.MapGet(Path, BeginAsync).AllowAnonymous();
        app.MapGet(Callback, CompleteAsync).AllowAnonymous();
    }

    static async Task<IResult> BeginAsync(HttpContext context, OpenIdClient client, IDataProtectionProvider protection, IOptions<OpenIdOptions> options, IOptions<LakeAuthOptions> auth)
    {
        SignInEndpoints.Private(context);
        if (!options.Value.IsConfigured)
        {
            return Results.NotFound();
        }

        try
        {
            var (location, attempt) = await client.BeginAsync($"{context.Request.Scheme}://{context.Request.Host}{Callback}", context.RequestAborted);

            // The provider sends the browser back from its own site: a strict cookie would not come along.
            context.Response.Cookies.Append(
                CookieOf(auth.Value),
                protection.CreateProtector(Purpose).Protect(JsonSerializer.Serialize(attempt, AccessJson.Default.OpenIdAttempt)),
                new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = Path, MaxAge = TimeSpan.FromMinutes(10), IsEssential = true });
            return Results.Redirect(location);
        }
        catch (SignInRefusedException refused)
        {
            return SignInPage.Result(SignInPage.Welcome(options.Value, refused.Message), StatusCodes.Status502BadGateway);
        }
    }

    static async Task<IResult> CompleteAsync(
        HttpContext context, string? state, string? code, OpenIdClient client, People people, Sessions sessions, IDataProtectionProvider protection, IOptions<OpenIdOptions> options, IOptions<LakeAuthOptions> auth)
    {
        SignInEndpoints.Private(context);
        var kept = context.Request.Cookies[CookieOf(auth.Value)];
        context.Response.Cookies.Delete(CookieOf(auth.Value), new CookieOptions { Path = Path });
        try
        {
            var attempt = kept is null || !options.Value.IsConfigured ? null : JsonSerializer.Deserialize(protection.CreateProtector(Purpose).Unprotect(kept), AccessJson.Default.OpenIdAttempt);
            var account = attempt is null ? null : await client.CompleteAsync(attempt, state, code, context.RequestAborted);
            if (account is null)
            {
                return Refused(options.Value, "The provider did not sign you in, or this browser did not ask for it. Try again.");
            }

            var person = await people.ByProviderAsync(
                new ProviderSignIn(account.Issuer, account.Subject, account.Name, account.DisplayName, context.Connection.RemoteIpAddress?.ToString() ?? "unknown"), context.RequestAborted);
            await context.SignInAsync(Sessions.Scheme, sessions.Create(person), new AuthenticationProperties { IsPersistent = true });

            // A redirect would still count as coming from the provider's site, and the strict cookie would stay behind.
            return SignInPage.Result(SignInPage.Arrived);
        }
        catch (SignInRefusedException refused)
        {
            return Refused(options.Value, refused.Message);
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException or HttpRequestException)
        {
            return Refused(options.Value, "The provider's answer was not understood. Try again.");
        }
    }

    static IResult Refused(OpenIdOptions options, string why) => SignInPage.Result(SignInPage.Welcome(options, why), StatusCodes.Status403Forbidden);

    static string CookieOf(LakeAuthOptions auth) => "lake-openid-" + Sessions.CookieSuffix(auth.UserKey);
}
