using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Access;

/// <summary>The session is over: signed out elsewhere, or the installation's key is another one now.</summary>
internal sealed class SessionEndedException() : Exception("This session has ended. Run 'lake open' for a new sign-in link.");

/// <summary>Who a session is, and the key that the portal presents to the services for it. The key never leaves this process but to them.</summary>
internal sealed class Sessions(IOptionsMonitor<LakeAuthOptions> keys)
{
    public const string Scheme = "Session";
    const string IdClaim = "lake:session";
    const string KeyClaim = "lake:key";

    readonly ConcurrentDictionary<string, bool> ended = new(StringComparer.Ordinal);

    /// <summary>Tells this installation's cookies from those of others on the same host, since cookies know no ports. A digest of a random key tells nothing about it.</summary>
    public static string CookieSuffix(string userKey) => Fingerprint("cookie", userKey)[..8];

    public ClaimsPrincipal Create() => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, LakeRoles.User),
            new Claim(ClaimTypes.Role, LakeRoles.User),
            new Claim(IdClaim, RandomNumberGenerator.GetHexString(32, lowercase: true)),
            new Claim(KeyClaim, Fingerprint("session", keys.CurrentValue.UserKey)),
        ],
        Scheme));

    public void End(ClaimsPrincipal user)
    {
        if (user.FindFirstValue(IdClaim) is { } id)
        {
            ended[id] = true;
        }
    }

    public bool IsValid(ClaimsPrincipal? user) =>
        user?.FindFirstValue(IdClaim) is { } id && !ended.ContainsKey(id)
        && string.Equals(user.FindFirstValue(KeyClaim), Fingerprint("session", keys.CurrentValue.UserKey), StringComparison.Ordinal);

    /// <summary>The key of a signed-in user, or of a caller who presented one.</summary>
    /// <exception cref="SessionEndedException">There is none.</exception>
    public string KeyOf(ClaimsPrincipal user)
    {
        var byKey = user.Identity is { IsAuthenticated: true, AuthenticationType: not Scheme } && user.IsInRole(LakeRoles.User);
        return byKey || IsValid(user) ? keys.CurrentValue.UserKey : throw new SessionEndedException();
    }

    static string Fingerprint(string purpose, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(purpose + "\0" + key)))[..32];
}
