using System.Net;
using System.Text;
using System.Text.Json;
using LakeAspire.Testing;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

/// <summary>
/// What every Iceberg REST catalog has to do, over HTTP alone. Where the specification is at hand (golden data <c>iceberg-rest</c>),
/// each answer is held against it, beside what the test asks of it.
/// </summary>
public abstract partial class CatalogConformance : IAsyncLifetime
{
    const string Schema = """{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":true,"type":"long"},{"id":2,"name":"name","required":false,"type":"string"}]}""";

    const string GoldenFolder = "iceberg-rest";

    HttpClient client = new();
    string warehouse = "";
    ValidatingHandler? validating;

    /// <summary>Opens an empty catalog.</summary>
    /// <param name="validating">Handler that the client has to send through; null = none.</param>
    /// <returns>A client whose base address is the catalog's <c>v1/</c>, and the location inside which tables may lie.</returns>
    protected abstract Task<(HttpClient Client, string Warehouse)> OpenAsync(DelegatingHandler? validating);

    /// <summary>Path of the catalog in its URL, before <c>/v1</c>.</summary>
    protected virtual string Root => "/iceberg";

    /// <summary>The prefix that its configuration gives.</summary>
    protected virtual string Prefix => "main";

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (Needs.FindGolden(GoldenFolder) is { } folder)
        {
            validating = new ValidatingHandler(ValidatingHandler.Load(folder), Root, Prefix);
        }

        (client, warehouse) = await OpenAsync(validating);
    }

    /// <inheritdoc />
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Says that the other tests hold answers against the specification, which they do when it is there.</summary>
    [Fact]
    public async Task Answers_are_held_against_the_specification()
    {
        Needs.Golden(GoldenFolder);
        await CreateNamespaceAsync("gold");
        await CreateTableAsync("gold", "t");
        await SendAsync(HttpMethod.Get, "namespaces/gold/tables/x", HttpStatusCode.NotFound);
        Assert.Equal(3, validating!.CheckedAnswers);
        Assert.Equal(3, validating.CheckedRequests);
    }

    async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpStatusCode expected, string? body = null, string? errorType = null)
    {
        using var response = await RawAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path} answers {(int)response.StatusCode}, expected {(int)expected}: {text}");
        var json = text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
        if (errorType is not null)
        {
            var error = json.GetProperty("error");
            Assert.Equal(errorType, error.GetProperty("type").GetString());
            Assert.Equal((int)expected, error.GetProperty("code").GetInt32());
            Assert.NotEmpty(error.GetProperty("message").GetString()!);
        }

        return json;
    }

    async Task<HttpResponseMessage> RawAsync(HttpMethod method, string path, string? body = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await client.SendAsync(request);
    }

    Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, HttpStatusCode.OK);

    Task<JsonElement> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, HttpStatusCode.OK, body);

    Task CreateNamespaceAsync(params string[] levels) => PostAsync("namespaces", $$"""{"namespace":{{JsonSerializer.Serialize(levels)}}}""");

    Task<JsonElement> CreateTableAsync(string ns, string name) => PostAsync($"namespaces/{ns}/tables", $$"""{"name":"{{name}}","schema":{{Schema}}}""");

    static string[] Names(JsonElement list) => list.EnumerateArray().Select(item => item.GetProperty("name").GetString()!).ToArray();

    static string SetProperty(string key, string value) => $$$"""{"action":"set-properties","updates":{"{{{key}}}":"{{{value}}}"}}""";

    static string Commit(string requirements, string updates) => $$"""{"requirements":[{{requirements}}],"updates":[{{updates}}]}""";
}
