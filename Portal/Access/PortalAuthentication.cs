using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.Portal.Lake;
using LakeAspire.ServiceDefaults.Discovery;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Access;

/// <summary>People come with a session cookie, tools with a key in the Authorization header; whoever has neither is refused.</summary>
internal static class PortalAuthentication
{
    const string Combined = "Portal";

    /// <summary>The scheme of keys that the service defaults add.</summary>
    public const string Keys = "ApiKey";

    public static void AddPortalAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<PortalOptions>().BindConfiguration(PortalOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SignInLinks>();
        services.AddOptions<OpenIdOptions>().BindConfiguration(OpenIdOptions.SectionName).Validate(
            o => o.Problem is null, "Lake:Portal:OpenId needs Authority (https, or http on this machine), ClientId, and ClientSecret or none").ValidateOnStart();
        services.AddSingleton<People>();
        services.AddSingleton<OpenIdClient>();
        services.AddServiceClient(ServiceCalls.Catalog, client: People.Client);
        services.AddHttpClient(OpenIdClient.Client, client => client.Timeout = TimeSpan.FromSeconds(15));
        services.AddSingleton<Sessions>();

        // A page is for whoever is signed in; what stands on it is decided by the services, for that person.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddAuthentication(Combined)
            .AddCookie(Sessions.Scheme)
            .AddPolicyScheme(Combined, null, options =>
                options.ForwardDefaultSelector = context => context.Request.Headers.Authorization.Count > 0 ? Keys : Sessions.Scheme);
        services.AddOptions<CookieAuthenticationOptions>(Sessions.Scheme).Configure<IOptions<PortalOptions>, IOptions<LakeAuthOptions>, Sessions>(ConfigureSession);
        services.AddOptions<AntiforgeryOptions>().Configure<IOptions<LakeAuthOptions>>((options, auth) =>
        {
            options.Cookie.Name = "lake-forms-" + Sessions.CookieSuffix(auth.Value.UserKey);
            options.SuppressXFrameOptionsHeader = true;
        });
        ProtectData(services, builder.Configuration[PortalOptions.SectionName + ":" + nameof(PortalOptions.KeysDirectory)]);

        // The framework's request log writes whole addresses, and a sign-in link's holds its token.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }

    static void ConfigureSession(CookieAuthenticationOptions options, IOptions<PortalOptions> portal, IOptions<LakeAuthOptions> auth, Sessions sessions)
    {
        options.Cookie.Name = "lake-session-" + Sessions.CookieSuffix(auth.Value.UserKey);
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = portal.Value.SessionLifetime;
        options.SlidingExpiration = true;
        options.LoginPath = SignInEndpoints.Path;
        options.Events.OnRedirectToLogin = context => ChallengeAsync(context.HttpContext);
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
        options.Events.OnValidatePrincipal = context =>
        {
            if (!sessions.IsValid(context.Principal))
            {
                context.RejectPrincipal();
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Pages lead to the sign-in page; everything else is told plainly.</summary>
    static Task ChallengeAsync(HttpContext context)
    {
        var request = context.Request;
        var page = HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            && !request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && !request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal);
        if (page)
        {
            context.Response.Redirect(SignInEndpoints.Path);
            return Task.CompletedTask;
        }

        return context.ChallengeAsync(Keys);
    }

    static void ProtectData(IServiceCollection services, string? folder)
    {
        var protection = services.AddDataProtection().SetApplicationName("LakeAspire.Portal");
        if (string.IsNullOrWhiteSpace(folder))
        {
            protection.UseEphemeralDataProtectionProvider();
            return;
        }

        var keys = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder)
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        protection.PersistKeysToFileSystem(keys);
    }
}
