using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;

namespace LakeAspire.Catalog.Api.Tests.Signing;

/// <summary>A catalog whose lake lies in a bucket of Ceph, and a client of the bucket without any key: each of its requests is signed by the catalog.</summary>
internal sealed class S3Lake : IAsyncDisposable
{
    readonly HttpClient http = new();

    S3Lake(Ceph ceph, string bucket, CatalogServer server) => (Ceph, Bucket, Server) = (ceph, bucket, server);

    public Ceph Ceph { get; }

    public string Bucket { get; }

    public CatalogServer Server { get; }

    /// <summary>What is sent along with each request to sign.</summary>
    public Dictionary<string, string> Properties { get; } = new(StringComparer.Ordinal);

    public static async Task<S3Lake> StartAsync(PostgresServer postgres, params string[] options)
    {
        var ceph = await Ceph.StartAsync();
        var bucket = await ceph.CreateBucketAsync();
        var server = await CatalogServer.StartAsync(
            await postgres.CreateDatabaseAsync(),
            $"s3://{bucket}/lake",
            folder: null,
            configure: null,
            [$"--Lake:Storage:S3:Endpoint={ceph.Endpoint}", $"--Lake:Storage:S3:AccessKey={ceph.AccessKey}", $"--Lake:Storage:S3:SecretKey={ceph.SecretKey}", .. options]);
        return new S3Lake(ceph, bucket, server);
    }

    /// <summary>Address of an object.</summary>
    public string Address(string location) => $"{Ceph.Endpoint}/{string.Join('/', location["s3://".Length..].Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>Asks for a signature; the status, and the headers or the error.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> AskAsync(HttpClient catalog, string table, string method, string uri, string? body = null, params (string Name, string Value)[] headers)
    {
        var request = new JsonObject
        {
            ["region"] = "us-east-1",
            ["uri"] = uri,
            ["method"] = method,
            ["headers"] = new JsonObject(headers.Select(header => KeyValuePair.Create(header.Name, (JsonNode?)new JsonArray(header.Value)))),
            ["provider"] = "s3",
        };
        if (Properties.Count > 0)
        {
            request["properties"] = JsonSerializer.SerializeToNode(Properties);
        }

        if (body is not null)
        {
            request["body"] = body;
        }

        using var response = await catalog.PostAsync($"{table}/sign", new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json"));
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>Has a request signed and sends it.</summary>
    public async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpClient catalog, string table, string method, string uri, string? body = null, params (string Name, string Value)[] headers)
    {
        var isDelete = uri.EndsWith("?delete", StringComparison.Ordinal);
        var (status, signed) = await AskAsync(catalog, table, method, uri, isDelete ? body : null, headers);
        Assert.True(status == HttpStatusCode.OK, $"{method} {uri} is not signed: {signed}");
        using var request = new HttpRequestMessage(new HttpMethod(method), signed["uri"]!.GetValue<string>()) { Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        foreach (var (name, values) in signed["headers"]!.AsObject())
        {
            var value = string.Join(',', values!.AsArray().Select(text => text!.GetValue<string>()));
            if (!name.Equals("host", StringComparison.OrdinalIgnoreCase) && !request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The message of a refusal.</summary>
    public async Task<string> RefusedAsync(HttpClient catalog, string table, string method, string uri, string? body = null, HttpStatusCode expected = HttpStatusCode.Forbidden, params (string Name, string Value)[] headers)
    {
        var (status, answer) = await AskAsync(catalog, table, method, uri, body, headers);
        Assert.True(status == expected, $"{method} {uri} answers {(int)status}: {answer}");
        return answer["error"]!["message"]!.GetValue<string>();
    }

    /// <summary>Loads a table as a client that knows some ways to its files.</summary>
    public static async Task<JsonNode> LoadAsync(HttpClient catalog, string table, string ways)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, table);
        request.Headers.TryAddWithoutValidation("X-Iceberg-Access-Delegation", ways);
        using var response = await catalog.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Server.DisposeAsync();
    }
}
