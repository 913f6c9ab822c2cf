using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LakeAspire.Portal.Access;

/// <summary>What is kept in the browser, sealed, between leaving for the provider and coming back.</summary>
internal sealed record OpenIdAttempt(string State, string Nonce, string Verifier, string RedirectUri, DateTimeOffset ExpiresAt);

/// <summary>Who came back from the provider.</summary>
internal sealed record OpenIdAccount(string Issuer, string Subject, string? Name, string? DisplayName);

/// <summary>
/// Authorization code flow of OpenID Connect Core 1.0 (section 3.1) with PKCE (RFC 7636), and nothing else of it. The id token must be signed with a key of the provider by an asymmetric
/// algorithm, for this client, with the nonce of this browser.
/// </summary>
internal sealed class OpenIdClient(IHttpClientFactory clients, IOptions<OpenIdOptions> options, TimeProvider time)
{
    public const string Client = "openid";

    static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    readonly SemaphoreSlim one = new(1, 1);
    Provider? provider;

    /// <summary>Begins: where the browser is sent, and what it keeps meanwhile.</summary>
    public async Task<(string Location, OpenIdAttempt Attempt)> BeginAsync(string redirectUri, CancellationToken cancellationToken)
    {
        var found = await ProviderAsync(cancellationToken);
        var attempt = new OpenIdAttempt(Random(), Random(), Random(), redirectUri, time.GetUtcNow() + MaxAge);
        var query = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["response_type"] = "code",
            ["client_id"] = options.Value.ClientId!,
            ["redirect_uri"] = redirectUri,
            ["scope"] = "openid profile email",
            ["state"] = attempt.State,
            ["nonce"] = attempt.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier))),
            ["code_challenge_method"] = "S256",
        };
        var separator = found.AuthorizationEndpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return (found.AuthorizationEndpoint + separator + string.Join('&', query.Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value)}")), attempt);
    }

    /// <summary>Ends: who came back, or null when this is not the answer to what the browser began.</summary>
    public async Task<OpenIdAccount?> CompleteAsync(OpenIdAttempt attempt, string? state, string? code, CancellationToken cancellationToken)
    {
        if (state is null || code is null || time.GetUtcNow() > attempt.ExpiresAt || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(attempt.State)))
        {
            return null;
        }

        var found = await ProviderAsync(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, found.TokenEndpoint)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", attempt.RedirectUri), new("client_id", options.Value.ClientId!), new("code_verifier", attempt.Verifier),
            ]),
        };
        if (options.Value.ClientSecret is { Length: > 0 } secret)
        {
            var pair = $"{Uri.EscapeDataString(options.Value.ClientId!)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        using var response = await clients.CreateClient(Client).SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var body = await response.Content.ReadFromJsonAsync(AccessJson.Default.JsonElement, cancellationToken);
        return body.ValueKind == JsonValueKind.Object && body.TryGetProperty("id_token", out var token) && token.ValueKind == JsonValueKind.String
            ? await AccountAsync(token.GetString()!, attempt.Nonce, found, cancellationToken) : null;
    }

    async Task<OpenIdAccount?> AccountAsync(string token, string nonce, Provider found, CancellationToken cancellationToken)
    {
        var keys = new JsonWebKeySet(await clients.CreateClient(Client).GetStringAsync(found.JwksUri, cancellationToken)).GetSigningKeys();
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = Algorithms,
            ValidIssuer = found.Issuer,
            ValidAudience = options.Value.ClientId,
            IssuerSigningKeys = keys,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) => until + Skew > time.GetUtcNow().UtcDateTime && (from is null || from - Skew < time.GetUtcNow().UtcDateTime),
        });
        if (result is not { IsValid: true, SecurityToken: JsonWebToken jwt } || Claim(jwt, "nonce") != nonce || string.IsNullOrEmpty(jwt.Subject)
            || (jwt.Audiences.Count() > 1 && Claim(jwt, "azp") != options.Value.ClientId))
        {
            return null;
        }

        return new OpenIdAccount(found.Issuer, jwt.Subject, Claim(jwt, options.Value.NameClaim) ?? Claim(jwt, "email"), Claim(jwt, "name"));
    }

    static string? Claim(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var value) ? value : null;

    async Task<Provider> ProviderAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            if (provider is { } known && time.GetElapsedTime(known.At) < TimeSpan.FromHours(1))
            {
                return known;
            }

            var authority = options.Value.Authority!.TrimEnd('/');
            var body = await clients.CreateClient(Client).GetFromJsonAsync(authority + "/.well-known/openid-configuration", AccessJson.Default.JsonElement, cancellationToken);
            string Text(string name) => body.GetProperty(name).GetString() ?? throw new SignInRefusedException("The provider's configuration is not understood.");

            // Section 4.3: a configuration that speaks for another issuer speaks for nobody.
            return Text("issuer").TrimEnd('/') == authority
                ? provider = new Provider(Text("issuer"), Text("authorization_endpoint"), Text("token_endpoint"), Text("jwks_uri"), time.GetTimestamp())
                : throw new SignInRefusedException("The provider's configuration names another issuer.");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or KeyNotFoundException)
        {
            throw new SignInRefusedException("The provider does not answer; try again.");
        }
        finally
        {
            one.Release();
        }
    }

    static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    sealed record Provider(string Issuer, string AuthorizationEndpoint, string TokenEndpoint, string JwksUri, long At);
}
