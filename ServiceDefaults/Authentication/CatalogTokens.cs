using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>The form of the catalog's tokens: JWTs signed with ECDSA over P-256 and nothing else, for minutes.</summary>
public static class CatalogTokens
{
    /// <summary>Who issues them.</summary>
    public const string Issuer = "lakeaspire-catalog";

    /// <summary>Who they are for.</summary>
    public const string Audience = "lakeaspire";

    /// <summary>The type in their header.</summary>
    public const string Type = "at+jwt";

    /// <summary>The claim that names the API key or session which the token hangs on.</summary>
    public const string CredentialClaim = "cid";

    const int MaxLength = 4096;
    static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
    static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    /// <summary>Whether a credential has the form of a token.</summary>
    public static bool IsToken(string credential) => credential.Length <= MaxLength && credential.Count(c => c == '.') == 2;

    /// <summary>The id of the key that a token says it is signed with; null when it cannot be read.</summary>
    public static string? KeyIdOf(string token)
    {
        try
        {
            return Handler.ReadJsonWebToken(token).Kid;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or JsonException)
        {
            return null;
        }
    }

    /// <summary>What a token says, when its signature, issuer, audience and times are right; null otherwise.</summary>
    public static async Task<CheckedToken?> CheckAsync(string token, SecurityKey key, TimeProvider time)
    {
        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [Type],
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) => Holds(from, until, time.GetUtcNow().UtcDateTime),
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken jwt }
            && Guid.TryParse(jwt.Subject, out var principal)
            && jwt.TryGetPayloadValue<string>(CredentialClaim, out var text) && Guid.TryParse(text, out var credential)
            ? new CheckedToken(principal, credential, new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero))
            : null;
    }

    static bool Holds(DateTime? from, DateTime? until, DateTime now) => until is { } end && now < end && (from is not { } begin || begin <= now + Skew);
}

/// <summary>What a token says that was found to be genuine.</summary>
/// <param name="PrincipalId">Whose it is.</param>
/// <param name="CredentialId">The API key or session which it hangs on.</param>
/// <param name="ExpiresAt">Until when it is valid.</param>
public sealed record CheckedToken(Guid PrincipalId, Guid CredentialId, DateTimeOffset ExpiresAt);
