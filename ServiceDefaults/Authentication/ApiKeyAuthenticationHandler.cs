using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>Authenticates <c>Authorization: Bearer &lt;credential&gt;</c>: against the installation's keys, in constant time, then as a token or API key of the catalog.</summary>
internal sealed class ApiKeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> scheme, ILoggerFactory loggers, UrlEncoder encoder, IOptionsMonitor<LakeAuthOptions> keys, ICredentials credentials)
    : AuthenticationHandler<AuthenticationSchemeOptions>(scheme, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    const int MaxLength = 8192;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || header.Length > MaxLength)
        {
            return AuthenticateResult.NoResult();
        }

        var presented = header["Bearer ".Length..].Trim();
        if (RoleOf(presented, keys.CurrentValue) is { } role)
        {
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, role), new Claim(ClaimTypes.Role, role)], SchemeName);
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
        }

        return await credentials.FindAsync(presented, Context.RequestAborted) is { } principal
            ? AuthenticateResult.Success(new AuthenticationTicket(principal.ToClaims(SchemeName), SchemeName))
            : AuthenticateResult.Fail("unknown credential");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Errors.ErrorResponses.WriteAsync(
            Context, StatusCodes.Status401Unauthorized, "A key or token is needed, and must be valid: send 'Authorization: Bearer <key or token>'.", "NotAuthorizedException");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Errors.ErrorResponses.WriteAsync(Context, StatusCodes.Status403Forbidden, "This caller may not do that.", "ForbiddenException");

    /// <summary>The role of a key, or null. Digests are compared, so that neither length nor content leaks by time.</summary>
    static string? RoleOf(string presented, LakeAuthOptions keys)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        var service = CryptographicOperations.FixedTimeEquals(digest, SHA256.HashData(Encoding.UTF8.GetBytes(keys.ServiceKey)));
        var user = CryptographicOperations.FixedTimeEquals(digest, SHA256.HashData(Encoding.UTF8.GetBytes(keys.UserKey)));
        return service ? LakeRoles.Service : user ? LakeRoles.User : null;
    }
}
