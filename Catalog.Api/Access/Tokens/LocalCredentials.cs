using System.Security.Cryptography;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Access.Keys;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access.Tokens;

/// <summary>A credential that was found to hold.</summary>
internal sealed record FoundCredential(CallerState Principal, CredentialState Credential, DateTimeOffset? ExpiresAt);

/// <summary>Credentials as the catalog itself knows them: at every request it is looked whether they still hold.</summary>
internal sealed class LocalCredentials(AccessCache cache, SigningKeys keys, KeyUse use, TimeProvider time) : ICredentials
{
    public async Task<LakePrincipal?> FindAsync(string credential, CancellationToken cancellationToken) =>
        await ResolveAsync(credential, cancellationToken) is { } found ? new LakePrincipal(found.Principal.Id, found.Principal.Name, found.Principal.IsAdministrator, found.ExpiresAt) : null;

    /// <summary>Whose a token or API key is; null when it does not hold.</summary>
    public Task<FoundCredential?> ResolveAsync(string credential, CancellationToken cancellationToken) =>
        CatalogTokens.IsToken(credential) ? TokenAsync(credential, cancellationToken) : KeyAsync(credential, cancellationToken);

    async Task<FoundCredential?> TokenAsync(string token, CancellationToken cancellationToken)
    {
        if (CatalogTokens.KeyIdOf(token) is not { } id
            || await keys.FindAsync(id, cancellationToken) is not { } key
            || await CatalogTokens.CheckAsync(token, key.Public, time) is not { } said
            || await HoldsAsync(said.CredentialId, cancellationToken) is not { } found
            || found.Principal.Id != said.PrincipalId)
        {
            return null;
        }

        return found with { ExpiresAt = said.ExpiresAt };
    }

    async Task<FoundCredential?> KeyAsync(string text, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.TryParse(text, out var id, out var secret)
            || await HoldsAsync(id, cancellationToken) is not { Credential.Hash: { } hash } found
            || !CryptographicOperations.FixedTimeEquals(hash, ApiKeyText.Hash(secret)))
        {
            return null;
        }

        use.Used(id);
        return found;
    }

    async Task<FoundCredential?> HoldsAsync(Guid credentialId, CancellationToken cancellationToken) =>
        await cache.CredentialAsync(credentialId, cancellationToken) is { } credential && credential.IsValid(time.GetUtcNow())
        && await cache.PrincipalAsync(credential.PrincipalId, cancellationToken) is { IsEnabled: true } principal
            ? new FoundCredential(principal, credential, credential.ExpiresAt)
            : null;
}
