using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.AppHost.Bundle;

/// <summary>Waits for the first table in gold and says so.</summary>
internal static class GoldWatch
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<string> WatchAsync(string catalog, string userKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", userKey);
        while (true)
        {
            var tables = await ReadGoldAsync(client, catalog, cancellationToken);
            if (tables.Count > 0)
            {
                yield return $"gold is there: {string.Join(", ", tables)}";
                yield break;
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    static async Task<List<string>> ReadGoldAsync(HttpClient client, string catalog, CancellationToken cancellationToken)
    {
        try
        {
            var answer = JsonNode.Parse(await client.GetStringAsync($"{catalog}/api/tables", cancellationToken));
            return
            [
                .. (answer?["tables"]?.AsArray() ?? [])
                    .Where(table => (string?)table?["namespace"] == "gold" && table["lastCommit"] is not null && (string?)table["format"] != "view")
                    .Select(table => string.Create(CultureInfo.InvariantCulture, $"{table!["name"]} with {(long?)table["rows"] ?? 0:N0} rows")),
            ];
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or InvalidOperationException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The catalog may be restarting; the next look will tell.
            return [];
        }
    }
}
