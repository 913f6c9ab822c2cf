using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Access;

/// <summary>Calls of the catalog's access, and lists as people and programs read them.</summary>
internal static class AccessCalls
{
    public static Task<JsonElement> GetAsync(LakeClient client, string path, CancellationToken cancellationToken) =>
        client.GetAsync(Installation.Catalog, path, CliJson.Default.JsonElement, cancellationToken);

    /// <summary>Sends a change; what comes back, or nothing.</summary>
    public static async Task<JsonElement?> SendAsync(LakeClient client, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await client.SendAsync(Installation.Catalog, request, cancellationToken);
        return response.StatusCode == System.Net.HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync(CliJson.Default.JsonElement, cancellationToken);
    }

    public static async Task WriteAsync(IReadOnlyList<JsonElement> items, bool json, string none, IReadOnlyList<(string Title, Func<JsonElement, string> Text)> columns)
    {
        if (json)
        {
            foreach (var item in items)
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(item, CliJson.Default.JsonElement));
            }
        }
        else if (items.Count == 0)
        {
            await Console.Error.WriteLineAsync($"({none})");
        }
        else
        {
            TextTable.Write(Consoles.Out, [.. columns.Select(c => new TextColumn(c.Title))], [.. items.Select(item => columns.Select(string? (c) => c.Text(item)).ToArray())]);
        }
    }

    /// <summary>A member as text; empty when it is not there.</summary>
    public static string Text(this JsonElement item, string name) => !item.TryGetProperty(name, out var value) ? "" : value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(v => v.ToString())),
        _ => value.ToString(),
    };

    public static string Time(this JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Texts.Time(value.GetDateTimeOffset()) : "";

    public static string Escaped(string text) => Uri.EscapeDataString(text);
}
