using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

/// <summary>Holds every answer of an Iceberg REST catalog, and every request that it took for what it is, against the specification.</summary>
/// <param name="documents">The specification; a request belongs to the first that has its operation.</param>
/// <param name="root">Path of the catalog, below which its routes are those of the specification, for instance <c>/iceberg</c>.</param>
/// <param name="prefix">Prefix to put in where a path has none.</param>
public sealed class ValidatingHandler(IReadOnlyList<OpenApiDocument> documents, string root, string prefix) : DelegatingHandler
{
    // What HTTP itself answers, whatever an operation specifies; in the error body of the specification.
    static readonly HttpStatusCode[] OfHttp =
    [
        HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotAcceptable, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType, HttpStatusCode.TooManyRequests,
    ];

    // Answers to requests that may be anything.
    static readonly HttpStatusCode[] Malformed =
    [
        HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.NotAcceptable, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType,
        HttpStatusCode.MethodNotAllowed, HttpStatusCode.UnprocessableEntity,
    ];

    int requests;
    int answers;

    /// <summary>How many requests were held against the specification.</summary>
    public int CheckedRequests => requests;

    /// <summary>How many answers were held against the specification.</summary>
    public int CheckedAnswers => answers;

    /// <summary>The specification in a folder of golden data.</summary>
    public static IReadOnlyList<OpenApiDocument> Load(string folder) =>
        [OpenApiDocument.Load(Path.Combine(folder, "rest-catalog-open-api.yaml")), OpenApiDocument.Load(Path.Combine(folder, "s3-signer-open-api.yaml"))];

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.StartsWith(root + "/v1/", StringComparison.Ordinal))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        if (request.Content is not null)
        {
            await request.Content.LoadIntoBufferAsync(cancellationToken);
        }

        var path = PathOf(request);
        var (document, operation) = Find(request.Method.Method, path);
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var what = $"{request.Method} {path} answers {(int)response.StatusCode}";
        if (operation is null && response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Unauthorized)
        {
            // There is nothing to hold it against but the form of errors.
            CheckError(response, body, what);
            return response;
        }

        Assert.True(operation is not null, $"{request.Method} {path} is not specified");
        CheckAnswer(document!, operation, request, response, body, what);
        if (!Malformed.Contains(response.StatusCode) && (int)response.StatusCode < 500)
        {
            var errors = await SpecifiedRequest.CheckAsync(document!, operation, request, path, cancellationToken);
            Assert.True(errors.Count == 0, $"{request.Method} {path}, taken with {(int)response.StatusCode}: {string.Join("; ", errors)}");
            Interlocked.Increment(ref requests);
        }

        return response;
    }

    (OpenApiDocument? Document, OpenApiOperation? Operation) Find(string method, string path) =>
        documents.Select(document => ((OpenApiDocument?)document, document.Find(method, path))).FirstOrDefault(found => found.Item2 is not null);

    void CheckAnswer(OpenApiDocument document, OpenApiOperation operation, HttpRequestMessage request, HttpResponseMessage response, string body, string what)
    {
        if (operation.Response((int)response.StatusCode) is not { } specified)
        {
            Assert.True(OfHttp.Contains(response.StatusCode), $"{what}, which is not specified: {body}");
            CheckError(response, body, what);
            return;
        }

        foreach (var (name, schema) in specified.Headers)
        {
            if (response.Headers.TryGetValues(name, out var values))
            {
                Assert.Empty(new SchemaChecker(document).Check(JsonSerializer.SerializeToElement(string.Join(", ", values)), schema));
            }
        }

        if (specified.Body.Schemas.Count == 0 || request.Method == HttpMethod.Head)
        {
            Assert.True(body.Length == 0, $"{what} with a body that is not specified: {body}");
        }
        else
        {
            var type = response.Content.Headers.ContentType?.MediaType ?? "";
            Assert.True(specified.Body.Schemas.TryGetValue(type, out var schema), $"{what} with content of type '{type}'");
            // Some routes name the content of an error where their own examples, and every client, have it in its envelope.
            AssertValid(document, WithoutOurs(body), ReferenceEquals(document.Resolve(schema), documents[0].Schema("ErrorModel")) ? documents[0].Schema("IcebergErrorResponse") : schema, what);
        }

        Interlocked.Increment(ref answers);
    }

    void CheckError(HttpResponseMessage response, string body, string what)
    {
        if (response.RequestMessage!.Method == HttpMethod.Head)
        {
            Assert.True(body.Length == 0, $"{what} with a body");
            return;
        }

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        AssertValid(documents[0], WithoutOurs(body), documents[0].Schema("IcebergErrorResponse"), what);
        Interlocked.Increment(ref answers);
    }

    static void AssertValid(OpenApiDocument document, string body, object schema, string what)
    {
        using var json = JsonDocument.Parse(body);
        var errors = new SchemaChecker(document, isClosed: true).Check(json.RootElement, schema);
        Assert.True(errors.Count == 0, $"{what}: {string.Join("; ", errors)} in {body}");
    }

    /// <summary>
    /// Without what the description does not know and is right all the same: the member that LakeAspire adds to error bodies, those of metadata of format version 1, which the table specification asks for,
    /// and what scan plans need beyond it.
    /// </summary>
    static string WithoutOurs(string body)
    {
        if (JsonNode.Parse(body) is not JsonObject members)
        {
            return body;
        }

        if (members.ContainsKey("error"))
        {
            members.Remove("conflict");
        }

        if (members["metadata"] is JsonObject metadata && (int?)metadata["format-version"] == 1)
        {
            metadata.Remove("schema");
            metadata.Remove("partition-spec");
            foreach (var snapshot in (metadata["snapshots"]?.AsArray() ?? []).OfType<JsonObject>().Where(snapshot => snapshot.Remove("manifests")))
            {
                // Oldest of all: the manifests themselves in place of a list of them.
                snapshot.TryAdd("manifest-list", "");
            }
        }

        foreach (var file in (members["file-scan-tasks"]?.AsArray() ?? []).Select(task => task!["data-file"]!).Concat(members["delete-files"]?.AsArray() ?? []).OfType<JsonObject>())
        {
            // The reference implementation writes and needs both. A null among partition values has no form in the specification, and no other than this.
            file.Remove("data-sequence-number");
            file.Remove("referenced-data-file");
            file["partition"] = new JsonArray([.. file["partition"]!.AsArray().Where(value => value is not null).Select(value => value!.DeepClone())]);
        }

        return members.ToJsonString();
    }

    /// <summary>The path as the specification has it, with a prefix.</summary>
    string PathOf(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath[root.Length..];
        if (documents.Any(document => document.Operations.Any(operation => operation.Names.Count == 0 && operation.Template == path)) || Find(request.Method.Method, path).Operation is not null)
        {
            return path;
        }

        return $"/v1/{prefix}{path["/v1".Length..]}";
    }
}
