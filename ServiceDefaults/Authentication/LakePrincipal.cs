using System.Security.Claims;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>A person or service that the catalog knows, as a credential proves it.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsAdministrator">Whether it may do everything.</param>
/// <param name="ExpiresAt">Until when the credential is valid; null = for good.</param>
public sealed record LakePrincipal(Guid Id, string Name, bool IsAdministrator, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>The principal of a request; null when it came with a key of the installation.</summary>
    public static LakePrincipal? Of(ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id)
        ? new LakePrincipal(id, user.FindFirstValue(ClaimTypes.Name) ?? "", user.IsInRole(LakeRoles.User))
        : null;

    /// <summary>The claims of a request that it sends.</summary>
    /// <param name="scheme">How it was authenticated.</param>
    public ClaimsPrincipal ToClaims(string scheme)
    {
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, Id.ToString()), new Claim(ClaimTypes.Name, Name), new Claim(ClaimTypes.Role, LakeRoles.Principal)], scheme);
        if (IsAdministrator)
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, LakeRoles.User));
        }

        return new ClaimsPrincipal(identity);
    }
}

/// <summary>Tells whose a credential is.</summary>
public interface ICredentials
{
    /// <summary>The principal that a token or API key stands for; null when it stands for nobody, or nobody any more.</summary>
    Task<LakePrincipal?> FindAsync(string credential, CancellationToken cancellationToken);
}
