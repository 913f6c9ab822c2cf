using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.Extensions.Configuration;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>
/// Credentials as every service but the catalog knows them: the signature of a token is checked here, and whether it, or an API key, still holds is asked of the catalog at most once a
/// second. So what was taken back is refused within about that time; and when the catalog does not answer nobody is let in.
/// </summary>
internal sealed class RemoteCredentials(IHttpClientFactory clients, CatalogKeySet keys, IConfiguration configuration, TimeProvider time) : ICredentials
{
    public const string Service = "catalog-api";

    /// <summary>Name of the client that carries this service's key, whatever other clients of the catalog do.</summary>
    public const string Client = "catalog-credentials";

    const int MaxEntries = 10_000;
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, (long At, LakePrincipal? Principal)> answers = new(StringComparer.Ordinal);

    public async Task<LakePrincipal?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        if (configuration[$"services:{Service}:http:0"] is null)
        {
            return null;
        }

        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(credential)));
        if (answers.TryGetValue(digest, out var answer) && time.GetElapsedTime(answer.At) < Fresh)
        {
            return answer.Principal is { ExpiresAt: { } end } && end <= time.GetUtcNow() ? null : answer.Principal;
        }

        // The moment before it was asked: an answer is never taken to be newer than it is.
        var at = time.GetTimestamp();
        var principal = await IsGenuineAsync(credential, cancellationToken) ? await AskAsync(credential, cancellationToken) : null;
        if (answers.Count >= MaxEntries)
        {
            answers.Clear();
        }

        answers[digest] = (at, principal);
        return principal;
    }

    async Task<bool> IsGenuineAsync(string credential, CancellationToken cancellationToken)
    {
        if (!CatalogTokens.IsToken(credential))
        {
            return ApiKeyText.TryParse(credential, out _, out _);
        }

        return CatalogTokens.KeyIdOf(credential) is { } id
            && await keys.FindAsync(id, cancellationToken) is { } key
            && await CatalogTokens.CheckAsync(credential, key, time) is not null;
    }

    async Task<LakePrincipal?> AskAsync(string credential, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await clients.CreateClient(Client).PostAsJsonAsync("api/access/introspect", new { credential }, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<LakePrincipal>(cancellationToken) : throw NotAnswered();
        }
        catch (HttpRequestException)
        {
            throw NotAnswered();
        }
    }

    public static ApiException NotAnswered() => new(503, "The catalog, which knows whose this credential is, does not answer; try again.", "ServiceUnavailableException");
}
