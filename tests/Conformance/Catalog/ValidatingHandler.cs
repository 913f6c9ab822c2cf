using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

/// <summary>Holds every answer of an Iceberg REST catalog, and every request that it took, against the specification.</summary>
/// <param name="document">The specification.</param>
/// <param name="root">Path of the catalog, below which its routes are those of the specification, for instance <c>/iceberg</c>.</param>
/// <param name="prefix">Prefix to put in where a path has none.</param>
public sealed class ValidatingHandler(OpenApiDocument document, string root, string prefix) : DelegatingHandler
{
    readonly SchemaChecker checker = new(document);

    /// <summary>How many bodies were checked.</summary>
    public int Checked { get; private set; }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not null)
        {
            await request.Content.LoadIntoBufferAsync(cancellationToken);
        }

        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var path = PathOf(request);
        var (isSpecified, schema) = document.Response(request.Method.Method, path, (int)response.StatusCode);
        Assert.True(isSpecified, $"{request.Method} {path} answers {(int)response.StatusCode}, which is not specified: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (schema is null || request.Method == HttpMethod.Head)
        {
            Assert.True(body.Length == 0, $"{request.Method} {path} answers {(int)response.StatusCode} with a body that is not specified");
        }
        else
        {
            AssertValid(WithoutOurs(body), schema, $"answer {(int)response.StatusCode} of {request.Method} {path}");
        }

        if (response.IsSuccessStatusCode && request.Content is not null && document.RequestSchema(request.Method.Method, path) is { } requestSchema)
        {
            AssertValid(await request.Content.ReadAsStringAsync(cancellationToken), requestSchema, $"request {request.Method} {path}");
        }

        return response;
    }

    void AssertValid(string body, object schema, string what)
    {
        using var json = JsonDocument.Parse(body);
        var errors = checker.Check(json.RootElement, schema);
        Assert.True(errors.Count == 0, $"{what}: {string.Join("; ", errors)} in {body}");
        Checked++;
    }

    /// <summary>The one member that LakeAspire adds to error bodies, which the specification closes.</summary>
    static string WithoutOurs(string body)
    {
        if (JsonNode.Parse(body) is JsonObject members && members.ContainsKey("error") && members.Remove("conflict"))
        {
            return members.ToJsonString();
        }

        return body;
    }

    string PathOf(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath[root.Length..];
        return path == "/v1/config" || path.StartsWith($"/v1/{prefix}/", StringComparison.Ordinal) ? path : $"/v1/{prefix}{path["/v1".Length..]}";
    }
}
