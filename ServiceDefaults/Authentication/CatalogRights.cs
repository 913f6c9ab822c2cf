using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>What principals may do, as the catalog says; an answer is good for a second. For services that act on something themselves, without the catalog having a say otherwise.</summary>
public sealed class CatalogRights(IHttpClientFactory clients, TimeProvider time)
{
    const int MaxEntries = 10_000;
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<(string Principal, string Namespace, string? Table), (long At, IReadOnlyList<string> Privileges)> answers = new();

    /// <summary>Whether a principal has a privilege on a table of <c>main</c>, or, where that table is not there yet, on its namespace.</summary>
    /// <exception cref="Errors.ApiException">503 when the catalog does not answer.</exception>
    public async Task<bool> MayAsync(LakePrincipal principal, string privilege, string space, string table, CancellationToken cancellationToken) =>
        (await AskAsync(principal.Name, space, table, cancellationToken)).Contains(privilege, StringComparer.Ordinal)
        || (await AskAsync(principal.Name, space, table: null, cancellationToken)).Contains(privilege, StringComparer.Ordinal);

    async Task<IReadOnlyList<string>> AskAsync(string principal, string space, string? table, CancellationToken cancellationToken)
    {
        var key = (principal, space, table);
        if (answers.TryGetValue(key, out var known) && time.GetElapsedTime(known.At) < Fresh)
        {
            return known.Privileges;
        }

        var at = time.GetTimestamp();
        var path = $"api/access/check?principal={Uri.EscapeDataString(principal)}&namespace={Uri.EscapeDataString(space)}" + (table is null ? "" : $"&table={Uri.EscapeDataString(table)}");
        try
        {
            using var response = await clients.CreateClient(RemoteCredentials.Client).GetAsync(path, cancellationToken);
            IReadOnlyList<string> privileges = response.StatusCode == HttpStatusCode.NotFound ? []
                : response.IsSuccessStatusCode ? (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("privileges").EnumerateArray().Select(p => p.GetString()!).ToList()
                : throw RemoteCredentials.NotAnswered();
            if (answers.Count >= MaxEntries)
            {
                answers.Clear();
            }

            answers[key] = (at, privileges);
            return privileges;
        }
        catch (HttpRequestException)
        {
            throw RemoteCredentials.NotAnswered();
        }
    }
}
