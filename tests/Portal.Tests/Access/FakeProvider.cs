using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LakeAspire.Portal.Tests.Access;

/// <summary>A provider of OpenID Connect that signs in whoever comes, and holds the portal to the specification: client, secret, redirect address, code once, PKCE.</summary>
public sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "portal";
    public const string ClientSecret = "secret of the portal";

    readonly WebApplication app;
    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly Dictionary<string, (string Challenge, string RedirectUri, string Nonce)> codes = new(StringComparer.Ordinal);

    FakeProvider(WebApplication app) => this.app = app;

    public string Issuer => app.Urls.Single();

    /// <summary>Whom it signs in next.</summary>
    public string Subject { get; set; } = "grace-123";

    /// <summary>Spoils the next id token: its nonce, audience, issuer, key, algorithm or time.</summary>
    public string? Spoil { get; set; }

    public static async Task<FakeProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new FakeProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = provider.Issuer, authorization_endpoint = provider.Issuer + "/authorize", token_endpoint = provider.Issuer + "/token", jwks_uri = provider.Issuer + "/keys",
        }));
        app.MapGet("/keys", () =>
        {
            var web = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(provider.key) { KeyId = "1" });
            return Results.Json(new { keys = new[] { new { kty = web.Kty, crv = web.Crv, x = web.X, y = web.Y, kid = "1", use = "sig", alg = "ES256" } } });
        });
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", (Delegate)provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    IResult Authorize(string response_type, string client_id, string redirect_uri, string scope, string state, string nonce, string code_challenge, string code_challenge_method)
    {
        if (response_type != "code" || client_id != ClientId || !scope.Split(' ').Contains("openid") || code_challenge_method != "S256")
        {
            return Results.BadRequest();
        }

        var code = Guid.NewGuid().ToString("N");
        codes[code] = (code_challenge, redirect_uri, nonce);
        return Results.Redirect($"{redirect_uri}?code={code}&state={Uri.EscapeDataString(state)}");
    }

    async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var basic = Encoding.UTF8.GetString(Convert.FromBase64String(context.Request.Headers.Authorization.ToString()["Basic ".Length..])).Split(':');
        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (!codes.Remove(form["code"].ToString(), out var known) || known.Challenge != challenge || known.RedirectUri != form["redirect_uri"]
            || basic[0] != ClientId || Uri.UnescapeDataString(basic[1]) != ClientSecret)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        var now = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(Spoil == "time" ? -2 : 0);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SigningCredentials credentials = Spoil switch
        {
            "key" => new SigningCredentials(new ECDsaSecurityKey(other) { KeyId = "1" }, "ES256"),
            "algorithm" => new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(ClientSecret + ClientSecret)) { KeyId = "1" }, "HS256"),
            _ => new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = "1" }, "ES256"),
        };
        credentials.CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false };
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Spoil == "issuer" ? "https://elsewhere.example" : Issuer,
            Audience = Spoil == "audience" ? "another" : ClientId,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(5),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = Subject, ["nonce"] = Spoil == "nonce" ? "another" : known.Nonce, ["preferred_username"] = "grace", ["name"] = "Grace Hopper" },
            SigningCredentials = credentials,
        });
        return Results.Json(new { access_token = "unused", token_type = "Bearer", id_token = token });
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        key.Dispose();
    }
}
