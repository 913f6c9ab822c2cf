using LakeAspire.ServiceDefaults.Errors;
using Microsoft.IdentityModel.Tokens;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>The public keys of the catalog, fetched when a token names one that is not known, but not more often than every few seconds.</summary>
internal sealed class CatalogKeySet(IHttpClientFactory clients, TimeProvider time)
{
    public const string Path = ".well-known/jwks.json";

    static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim one = new(1, 1);
    volatile Fetched? fetched;

    public async Task<SecurityKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (fetched is { } known && time.GetElapsedTime(known.At) < MaxAge && known.Keys.TryGetValue(id, out var key))
        {
            return key;
        }

        await one.WaitAsync(cancellationToken);
        try
        {
            if (fetched is not { } last || time.GetElapsedTime(last.At) > Pause)
            {
                fetched = new Fetched(await FetchAsync(cancellationToken), time.GetTimestamp());
            }
        }
        finally
        {
            one.Release();
        }

        return fetched!.Keys.GetValueOrDefault(id);
    }

    async Task<Dictionary<string, SecurityKey>> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var text = await clients.CreateClient(RemoteCredentials.Client).GetStringAsync(Path, cancellationToken);
            return new JsonWebKeySet(text).Keys.Where(k => k.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve).ToDictionary(k => k.Kid, SecurityKey (k) => k, StringComparer.Ordinal);
        }
        catch (HttpRequestException)
        {
            throw RemoteCredentials.NotAnswered();
        }
    }

    sealed record Fetched(Dictionary<string, SecurityKey> Keys, long At);
}
