using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Testing.Catalog;

/// <summary>Requests whose answer a test knows.</summary>
internal static class HttpAssertions
{
    public const string Schema = """{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":false,"type":"long"}]}""";

    /// <summary>Sends a request, and gives the JSON of its answer.</summary>
    public static async Task<JsonNode?> SendAsync(this HttpClient client, HttpMethod method, string path, HttpStatusCode expected, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path} answers {(int)response.StatusCode}, expected {(int)expected}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public static async Task<JsonNode> GetJsonAsync(this HttpClient client, string path) => (await client.SendAsync(HttpMethod.Get, path, HttpStatusCode.OK))!;

    public static async Task<JsonNode> PostJsonAsync(this HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        (await client.SendAsync(HttpMethod.Post, path, expected, JsonSerializer.Serialize(body, JsonSerializerOptions.Web)))!;

    /// <summary>Creates a namespace and tables in it.</summary>
    public static async Task CreateTablesAsync(this HttpClient client, string ns, params string[] names)
    {
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, $$"""{"namespace":["{{ns}}"]}""");
        foreach (var name in names)
        {
            await client.SendAsync(HttpMethod.Post, $"iceberg/v1/namespaces/{ns}/tables", HttpStatusCode.OK, $$"""{"name":"{{name}}","schema":{{Schema}}}""");
        }
    }

    /// <summary>Body of a transaction that sets a property of tables.</summary>
    public static string Transaction(string ns, string[] tables, string property, string value, string lakeaspire = "null") =>
        $$$"""
        {"lakeaspire":{{{lakeaspire}}},"table-changes":[{{{string.Join(",", tables.Select(table => $$"""
            {"identifier":{"namespace":["{{ns}}"],"name":"{{table}}"},"requirements":[],"updates":[{"action":"set-properties","updates":{"{{property}}":"{{value}}"} }]}
            """))}}}]}
        """;

    /// <summary>A property of a table, or null.</summary>
    public static async Task<string?> PropertyAsync(this HttpClient client, string ns, string table, string property) =>
        (await client.GetJsonAsync($"iceberg/v1/namespaces/{ns}/tables/{table}"))["metadata"]!["properties"]![property]?.GetValue<string>();

    /// <summary>Location of a table's current metadata file.</summary>
    public static async Task<string> MetadataLocationAsync(this HttpClient client, string ns, string table) =>
        (await client.GetJsonAsync($"iceberg/v1/namespaces/{ns}/tables/{table}"))["metadata-location"]!.GetValue<string>();
}
