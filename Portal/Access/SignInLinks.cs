using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace LakeAspire.Portal.Access;

/// <summary>The one-time tokens of sign-in links. Only their digests are kept, and only in memory.</summary>
internal sealed class SignInLinks(TimeProvider time, IOptions<PortalOptions> options)
{
    /// <summary>Links that may be open at once; more push the oldest out.</summary>
    const int Capacity = 1000;

    readonly ConcurrentDictionary<string, DateTimeOffset> open = new(StringComparer.Ordinal);

    public (string Token, DateTimeOffset ExpiresAt) Create()
    {
        Tidy();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var expiresAt = time.GetUtcNow() + options.Value.SignInLinkLifetime;
        open[Digest(token)] = expiresAt;
        return (token, expiresAt);
    }

    /// <summary>True exactly once for each token, and only before it expires.</summary>
    public bool Redeem(string token) => open.TryRemove(Digest(token), out var expiresAt) && time.GetUtcNow() < expiresAt;

    static string Digest(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    void Tidy()
    {
        var now = time.GetUtcNow();
        foreach (var (digest, expiresAt) in open)
        {
            if (expiresAt <= now)
            {
                open.TryRemove(digest, out _);
            }
        }

        while (open.Count >= Capacity)
        {
            open.TryRemove(open.MinBy(link => link.Value).Key, out _);
        }
    }
}
