using LakeAspire.Catalog.Access.Checks;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LakeAspire.Catalog.Access.Tokens;

/// <summary>A token as it is handed out.</summary>
internal sealed record IssuedToken(string Token, DateTimeOffset ExpiresAt, TimeSpan Lifetime);

/// <summary>Issues tokens. Each hangs on an API key or a session, and is worth nothing once that is taken back.</summary>
internal sealed class TokenIssuer(SigningKeys keys, IOptions<AccessOptions> options, TimeProvider time)
{
    readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public async Task<IssuedToken> IssueAsync(CallerState principal, CredentialState credential, CancellationToken cancellationToken)
    {
        var key = await keys.CurrentAsync(cancellationToken);
        var now = time.GetUtcNow();
        var end = now + options.Value.TokenLifetime;
        end = credential.ExpiresAt is { } last && last < end ? last : end;
        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = CatalogTokens.Issuer,
            Audience = CatalogTokens.Audience,
            TokenType = CatalogTokens.Type,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = end.UtcDateTime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = principal.Id.ToString(),
                [JwtRegisteredClaimNames.Name] = principal.Name,
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N"),
                [CatalogTokens.CredentialClaim] = credential.Id.ToString(),
            },
            SigningCredentials = new SigningCredentials(key.Private, SecurityAlgorithms.EcdsaSha256) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
        });
        return new IssuedToken(token, end, end - now);
    }
}
