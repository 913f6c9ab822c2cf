using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Serialization;
using LakeAspire.Catalog.Access.Audit;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace LakeAspire.Catalog.Access.Tokens;

/// <summary>
/// <c>POST /iceberg/v1/oauth/tokens</c> (rest-catalog-open-api.yaml, getToken; RFC 6749 section 4.4, RFC 8693): client credentials, which are a principal's name or a key's id and an API key;
/// and exchange of a token that still holds for a fresh one. And the public keys, for those who check tokens themselves.
/// </summary>
internal static class TokenEndpoints
{
    const string ExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
    const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    const string JwtType = "urn:ietf:params:oauth:token-type:jwt";
    const int MaxForm = 16 << 10;

    /// <summary>All that the principal may do; the ways in which clients ask for it.</summary>
    static readonly string[] Scopes = ["catalog", "PRINCIPAL_ROLE:ALL", "offline_access"];

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/iceberg/v1/oauth/tokens", IssueAsync).AllowAnonymous().DisableAntiforgery();
        routes.MapGet("/.well-known/jwks.json", async (HttpContext context, SigningKeys keys, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return Results.Json(new { keys = (await keys.ListAsync(cancellationToken)).Select(BodyOf).ToList() });
        }).AllowAnonymous();
        routes.MapGet("/api/signing-keys", async (SigningKeys keys, CancellationToken cancellationToken) =>
            Results.Json(new { keys = (await keys.ListAsync(cancellationToken)).Select(k => new { k.Id, k.CreatedAt, k.RetiredAt }).ToList() }));
        routes.MapPost("/api/signing-keys/rotate", async (Caller caller, SigningKeys keys, CancellationToken cancellationToken) =>
            Results.Json(new { id = await keys.RotateAsync(caller, force: true, cancellationToken) }));
        routes.MapPost("/api/access/introspect", async (HttpRequest request, LocalCredentials credentials, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<CredentialBody>(request, cancellationToken);
            return await credentials.FindAsync(ApiBodies.Required(body.Credential, "credential", 8192), cancellationToken) is { } found ? Results.Json(found) : Results.NotFound();
        }).RequireAuthorization(LakeRoles.Service);
    }

    static async Task<IResult> IssueAsync(HttpContext context, LocalCredentials credentials, TokenIssuer issuer, AuditLog audit, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.HasFormContentType || context.Request.ContentLength > MaxForm)
        {
            return Error(400, "invalid_request", "the body must be a small form");
        }

        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(new Microsoft.AspNetCore.Http.Features.FormOptions { BufferBodyLengthLimit = MaxForm, ValueLengthLimit = MaxForm, ValueCountLimit = 32 }, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return Error(400, "invalid_request", "the body must be a small form");
        }

        string? Field(string name) => form[name] is [{ Length: > 0 } only] ? only : null;
        var scopes = (Field("scope") ?? Scopes[0]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (scopes.Except(Scopes, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            return Error(400, "invalid_scope", $"the only scope is 'catalog', not '{Naming.NamespaceName.Shown(unknown)}'");
        }

        var (client, secret) = Field("grant_type") switch
        {
            "client_credentials" => ClientOf(context.Request, Field("client_id"), Field("client_secret")),
            ExchangeGrant when Field("subject_token_type") is AccessTokenType or JwtType && Field("actor_token") is null => (null, Field("subject_token")),
            _ => (null, null),
        };
        switch (Field("grant_type"))
        {
            case null:
                return Error(400, "invalid_request", "grant_type is missing");
            case not ("client_credentials" or ExchangeGrant):
                return Error(400, "unsupported_grant_type", "grant_type must be client_credentials or token-exchange");
            case ExchangeGrant when secret is null:
                return Error(400, "invalid_request", "subject_token must be a token of this catalog, of the type access_token or jwt, and without an actor");
            case "client_credentials" when secret is null:
                return Error(400, "invalid_request", "client_id and client_secret are missing");
        }

        var isExchange = client is null;
        var found = CatalogTokens.IsToken(secret) == isExchange ? await credentials.ResolveAsync(secret, cancellationToken) : null;
        if (found is null || (!isExchange && !Is(found, client!)))
        {
            await audit.WriteAsync(new AuditEntry(PrincipalId: null, Naming.NamespaceName.Shown(client ?? "?"), "token.issue", AuditEntry.Denied, "lake", Branch: null), cancellationToken);
            return isExchange ? Error(400, "invalid_grant", "the token does not hold, or not any more") : Error(401, "invalid_client", "client_id and client_secret are not those of a key that holds");
        }

        var token = await issuer.IssueAsync(found.Principal, found.Credential, cancellationToken);
        await audit.WriteAsync(new AuditEntry(found.Principal.Id, found.Principal.Name, "token.issue", AuditEntry.Allowed, "lake", Branch: null), cancellationToken);
        return Results.Json(new TokenBody(token.Token, "bearer", (long)token.Lifetime.TotalSeconds, AccessTokenType, Scopes[0]));
    }

    /// <summary>By the form or, better, by a Basic header (RFC 6749 section 2.3.1), in which both are form-encoded; not by both.</summary>
    static (string? Client, string? Secret) ClientOf(HttpRequest request, string? id, string? secret)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || !string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase))
        {
            return id is null ? (null, null) : (id, secret);
        }

        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header.Parameter ?? "")).Split(':', 2);
            return pair.Length == 2 && secret is null ? (Uri.UnescapeDataString(pair[0].Replace('+', ' ')), Uri.UnescapeDataString(pair[1].Replace('+', ' '))) : (null, null);
        }
        catch (FormatException)
        {
            return (null, null);
        }
    }

    static bool Is(FoundCredential found, string client) =>
        client == found.Principal.Name || (Guid.TryParse(client, out var id) && (id == found.Credential.Id || id == found.Principal.Id));

    static object BodyOf(SigningKey key)
    {
        var web = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(key.Public);
        return new { kty = web.Kty, crv = web.Crv, x = web.X, y = web.Y, kid = key.Id, use = "sig", alg = SecurityAlgorithms.EcdsaSha256 };
    }

    static IResult Error(int status, string error, string description) => Results.Json(new { error, error_description = description }, statusCode: status);

    sealed record CredentialBody(string? Credential);

    sealed record TokenBody(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] long ExpiresIn,
        [property: JsonPropertyName("issued_token_type")] string IssuedTokenType,
        [property: JsonPropertyName("scope")] string Scope);
}
