using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Access;

/// <summary>The session is over: signed out elsewhere, or the installation's key is another one now.</summary>
internal sealed class SessionEndedException() : Exception("This session has ended. Run 'lake open' for a new sign-in link.");

/// <summary>
/// Who a session is, and what the portal presents to the services for it: the key of the installation for the operator, who came by a one-time link, and a token of their own for everybody else.
/// Neither leaves this process but to the services.
/// </summary>
internal sealed class Sessions(IOptionsMonitor<LakeAuthOptions> keys, People people)
{
    public const string Scheme = "Session";
    const string IdClaim = "lake:session";
    const string KeyClaim = "lake:key";
    const string PersonClaim = "lake:person";

    readonly ConcurrentDictionary<string, bool> ended = new(StringComparer.Ordinal);

    /// <summary>Tells this installation's cookies from those of others on the same host, since cookies know no ports. A digest of a random key tells nothing about it.</summary>
    public static string CookieSuffix(string userKey) => Fingerprint("cookie", userKey)[..8];

    /// <summary>A session of the operator.</summary>
    public ClaimsPrincipal Create() => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, LakeRoles.User),
            new Claim(ClaimTypes.Role, LakeRoles.User),
            new Claim(IdClaim, RandomNumberGenerator.GetHexString(32, lowercase: true)),
            new Claim(KeyClaim, Fingerprint("session", keys.CurrentValue.UserKey)),
        ],
        Scheme));

    /// <summary>The session of somebody who signed in as a user.</summary>
    public ClaimsPrincipal Create(Person person) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, person.Name),
            new Claim(ClaimTypes.Role, LakeRoles.Principal),
            new Claim(IdClaim, person.Session.ToString("N")),
            new Claim(PersonClaim, person.Session.ToString()),
            new Claim(KeyClaim, Fingerprint("session", keys.CurrentValue.UserKey)),
        ],
        Scheme));

    /// <summary>Whether this is the operator, who has the installation's key.</summary>
    public static bool IsOperator(ClaimsPrincipal user) => user.IsInRole(LakeRoles.User) && LakePrincipal.Of(user) is null && PersonOf(user) is null;

    public async Task EndAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.FindFirstValue(IdClaim) is { } id)
        {
            ended[id] = true;
        }

        if (PersonOf(user) is { } session)
        {
            await people.EndAsync(session, cancellationToken);
        }
    }

    /// <summary>Whether a session is still one, as far as is known here.</summary>
    public bool IsValid(ClaimsPrincipal? user) =>
        user?.FindFirstValue(IdClaim) is { } id && !ended.ContainsKey(id)
        && string.Equals(user.FindFirstValue(KeyClaim), Fingerprint("session", keys.CurrentValue.UserKey), StringComparison.Ordinal);

    /// <summary>What is presented to the services for a signed-in user, or for a caller who has the installation's key.</summary>
    /// <exception cref="SessionEndedException">There is nothing.</exception>
    public async ValueTask<string> CredentialOfAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.Identity is not { IsAuthenticated: true })
        {
            throw new SessionEndedException();
        }

        if (user.Identity.AuthenticationType == Scheme && !IsValid(user))
        {
            throw new SessionEndedException();
        }

        if (PersonOf(user) is { } session)
        {
            return await people.TokenAsync(session, cancellationToken) ?? throw Ended(user);
        }

        return IsOperator(user) ? keys.CurrentValue.UserKey : throw new SessionEndedException();
    }

    /// <summary>The catalog ended the session: its cookie is worth nothing from now on, else the sign-in page would send the person back.</summary>
    SessionEndedException Ended(ClaimsPrincipal user)
    {
        if (user.FindFirstValue(IdClaim) is { } id)
        {
            ended[id] = true;
        }

        return new SessionEndedException();
    }

    /// <summary>The services refuse what was presented: another one is asked for the next time.</summary>
    public void Refused(ClaimsPrincipal user)
    {
        if (PersonOf(user) is { } session)
        {
            people.Forget(session);
        }
    }

    static Guid? PersonOf(ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(PersonClaim), out var session) ? session : null;

    static string Fingerprint(string purpose, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(purpose + "\0" + key)))[..32];
}
