using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Conformance.Catalog;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.OpenApi;

/// <summary>Every operation of the specification, asked for what is missing, malformed or forbidden: statuses, types and forms of errors.</summary>
public sealed class EveryRouteTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string View = """
        {"name":"v","schema":{"type":"struct","schema-id":0,"fields":[]},"properties":{},
         "view-version":{"version-id":1,"timestamp-ms":1,"schema-id":0,"summary":{},"default-namespace":["gold"],"representations":[{"type":"sql","sql":"select 1","dialect":"duckdb"}]}}
        """;

    const string Report = """{"report-type":"commit-report","table-name":"t","snapshot-id":1,"sequence-number":1,"operation":"append","metrics":{}}""";

    /// <summary>What need not be there. Functions are none of the lake's.</summary>
    static readonly string[] Optional =
    [
        "GET /v1/{prefix}/namespaces/{namespace}/functions",
        "GET /v1/{prefix}/namespaces/{namespace}/functions/{function}",
    ];

    static IEnumerable<OpenApiOperation> Specified => Specification.Catalog.Operations.Where(o => o.Names.Contains("prefix"));

    [Fact]
    public async Task The_configuration_lists_what_the_specification_has()
    {
        var server = await catalog.EmptyAsync();
        var listed = await ListedAsync(server);
        Assert.Equal(listed.Count, listed.Distinct().Count());
        Assert.Empty(listed.Except(Specified.Select(o => o.ToString())));
        Assert.Empty(Specified.Select(o => o.ToString()).Except(listed).Except(Optional));
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_key()
    {
        var server = await FilledAsync();
        var stranger = server.Client();
        foreach (var operation in await ServedAsync(server))
        {
            await ExpectAsync(stranger, operation, "main", "gold", "t", "v", Body(server, operation, "gold", "t"), HttpStatusCode.Unauthorized, "NotAuthorizedException");
        }
    }

    [Fact]
    public async Task A_prefix_that_nobody_gave_is_not_found()
    {
        var server = await FilledAsync();
        foreach (var operation in await ServedAsync(server))
        {
            var isMade = operation.ToString() == "POST /v1/{prefix}/namespaces";
            await ExpectAsync(server.Raw(), operation, "nowhere", "gold", "t", "v", Body(server, operation, "gold", "t"), HttpStatusCode.NotFound, "NoSuchBranchException");
            Assert.True(isMade || operation.Response(404) is not null || operation.Template.EndsWith("/sign", StringComparison.Ordinal), $"{operation} has a 404");
            await ExpectAsync(server.Raw(), operation, "a~zz", "gold", "t", "v", Body(server, operation, "gold", "t"), HttpStatusCode.BadRequest, "BadRequestException");
        }
    }

    [Fact]
    public async Task What_is_in_no_namespace_is_not_found()
    {
        var server = await FilledAsync();
        foreach (var operation in (await ServedAsync(server)).Where(o => o.Names.Contains("namespace") && o.Response(404) is not null))
        {
            var type = operation.Names.Contains("table") ? "NoSuchTableException" : operation.Names.Contains("view") ? "NoSuchViewException" : "NoSuchNamespaceException";
            await ExpectAsync(server.Raw(), operation, "main", "nowhere", "t", "v", Body(server, operation, "nowhere", "t"), HttpStatusCode.NotFound, type);
        }
    }

    [Fact]
    public async Task What_has_no_such_name_is_not_found()
    {
        var server = await FilledAsync();
        foreach (var operation in (await ServedAsync(server)).Where(o => (o.Names.Contains("table") || o.Names.Contains("view")) && o.Response(404) is not null))
        {
            var type = operation.Names.Contains("table") ? "NoSuchTableException" : "NoSuchViewException";
            await ExpectAsync(server.Raw(), operation, "main", "gold", "none", "none", Body(server, operation, "gold", "none"), HttpStatusCode.NotFound, type);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"name":7,"namespace":7,"source":7,"requirements":7,"table-changes":7,"report-type":7,"plan-task":7,"updates":7,"region":7,"snapshot-id":"x"}""")]
    public async Task A_body_that_is_none_is_refused(string body)
    {
        var server = await FilledAsync();
        foreach (var operation in (await ServedAsync(server)).Where(o => o.Request is not null))
        {
            // A plan may be asked for without saying anything.
            if (body.Length > 0 || operation.Request!.IsRequired)
            {
                await ExpectAsync(server.Raw(), operation, "main", "gold", "t", "v", body, HttpStatusCode.BadRequest, "BadRequestException");
            }
        }
    }

    [Fact]
    public async Task A_body_of_another_kind_is_refused()
    {
        var server = await FilledAsync();
        foreach (var operation in (await ServedAsync(server)).Where(o => o.Request is not null))
        {
            await ExpectAsync(server.Raw(), operation, "main", "gold", "t", "v", Body(server, operation, "gold", "t"), HttpStatusCode.UnsupportedMediaType, "UnsupportedMediaTypeException", "text/plain");
        }
    }

    [Fact]
    public async Task What_is_no_route_is_said_to_be_none()
    {
        var server = await catalog.EmptyAsync();
        foreach (var path in new[] { "nothing", "main/nothing", "main/namespaces/gold/nothing", "main/namespaces/gold/functions", "main/namespaces/gold/tables/t/nothing/more" })
        {
            using var response = await server.Raw().GetAsync("iceberg/v1/" + path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            AssertError(await response.Content.ReadAsStringAsync(), 404, "NoSuchRouteException");
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var server = await FilledAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "iceberg/v1/namespaces");
        request.Content = new StringContent("{\"namespace\":[\"" + new string('a', 31_000_000) + "\"]}", Encoding.UTF8, "application/json");
        request.Headers.ExpectContinue = true;
        using var response = await server.Raw().SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        AssertError(await response.Content.ReadAsStringAsync(), 413, "BadRequestException");
    }

    static async Task<IReadOnlyList<string>> ListedAsync(CatalogServer server) => (await server.Service.GetJsonAsync("iceberg/v1/config"))["endpoints"]!.AsArray().Select(e => e!.GetValue<string>()).ToList();

    static async Task<IReadOnlyList<OpenApiOperation>> ServedAsync(CatalogServer server)
    {
        var listed = await ListedAsync(server);
        return Specified.Where(o => listed.Contains(o.ToString())).ToList();
    }

    async Task<CatalogServer> FilledAsync()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, View);
        return server;
    }

    static async Task ExpectAsync(
        HttpClient client, OpenApiOperation operation, string prefix, string ns, string table, string view, string? body, HttpStatusCode status, string type, string contentType = "application/json")
    {
        var path = operation.Template.Replace("{prefix}", prefix, StringComparison.Ordinal).Replace("{namespace}", ns, StringComparison.Ordinal).Replace("{table}", table, StringComparison.Ordinal)
            .Replace("{view}", view, StringComparison.Ordinal).Replace("{plan-id}", Guid.NewGuid().ToString(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), "iceberg" + path);
        if (body is not null && operation.Request is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{operation} ({path}) answers {(int)response.StatusCode}, expected {(int)status} {type}: {text}; sent: {body}");
        if (operation.Method == "HEAD")
        {
            Assert.Empty(text);
            return;
        }

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        AssertError(text, (int)status, type);
    }

    static void AssertError(string text, int status, string type)
    {
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal((status, type), (error["code"]!.GetValue<int>(), error["type"]!.GetValue<string>()));
        Assert.NotEmpty(error["message"]!.GetValue<string>());
        Assert.Empty(new SchemaChecker(Specification.Catalog, isClosed: true).Check(System.Text.Json.JsonElement.Parse(text), Specification.Catalog.Schema("IcebergErrorResponse")));
    }

    /// <summary>A body that says something about things of these names.</summary>
    static string? Body(CatalogServer server, OpenApiOperation operation, string ns, string table) => operation.ToString()["/v1/{prefix}".Length..] switch
    {
        var o when o.EndsWith("/properties", StringComparison.Ordinal) => """{"updates":{"a":"b"}}""",
        var o when o.EndsWith("/tables", StringComparison.Ordinal) => $$"""{"name":"new","schema":{{Schema}}}""",
        var o when o.EndsWith("/register", StringComparison.Ordinal) || o.EndsWith("/register-view", StringComparison.Ordinal) => $$"""{"name":"new","metadata-location":"{{server.Warehouse}}/none.metadata.json"}""",
        var o when o.EndsWith("/rename", StringComparison.Ordinal) =>
            $$$"""{"source":{"namespace":["{{{ns}}}"],"name":"none"},"destination":{"namespace":["{{{ns}}}"],"name":"other"}}""",
        var o when o.EndsWith("/transactions/commit", StringComparison.Ordinal) => $$$"""{"table-changes":[{"identifier":{"namespace":["{{{ns}}}"],"name":"{{{table}}}"},"requirements":[],"updates":[]}]}""",
        var o when o.EndsWith("/metrics", StringComparison.Ordinal) => Report,
        var o when o.EndsWith("/plan", StringComparison.Ordinal) => "{}",
        var o when o.EndsWith("/tasks", StringComparison.Ordinal) => """{"plan-task":"x"}""",
        var o when o.EndsWith("/sign", StringComparison.Ordinal) => """{"region":"r","uri":"https://s/b/k","method":"GET","headers":{}}""",
        var o when o.EndsWith("/namespaces", StringComparison.Ordinal) => """{"namespace":["new"]}""",
        var o when o.EndsWith("/views", StringComparison.Ordinal) => View.Replace("\"v\"", "\"new\"", StringComparison.Ordinal),
        _ => """{"requirements":[],"updates":[]}""",
    };
}
