using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Http;

/// <summary>Methods and forms that a route does not have are said to be that, in the words of the API that they are of.</summary>
public sealed class RouteErrorTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Theory]
    [InlineData("PUT", "iceberg/v1/namespaces", "GET, POST")]
    [InlineData("PATCH", "iceberg/v1/main/namespaces/gold", "DELETE, GET, HEAD")]
    [InlineData("PUT", "iceberg/v1/namespaces/gold/tables/t", "DELETE, GET, HEAD, POST")]
    [InlineData("GET", "iceberg/v1/transactions/commit", "POST")]
    [InlineData("POST", "iceberg/v1/config", "GET")]
    [InlineData("DELETE", "api/diff", "GET")]
    [InlineData("DELETE", "api/tables/gold/t", "GET")]
    public async Task A_method_that_a_route_does_not_have_is_405(string method, string path, string allowed)
    {
        var server = await catalog.EmptyAsync();
        using var response = await server.Raw().SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
        await ErrorAsync(response, path, 405, "MethodNotAllowedException");
    }

    [Theory]
    [InlineData("text/html", 406)]
    [InlineData("application/xml, text/*;q=0.8", 406)]
    [InlineData("application/json;q=0, */*", 406)]
    [InlineData("application/json", 200)]
    [InlineData("text/html, application/*;q=0.1", 200)]
    [InlineData("*/*", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    public async Task A_form_that_no_answer_has_is_406(string accept, int status)
    {
        var server = await catalog.EmptyAsync();
        foreach (var path in (string[])["iceberg/v1/config", "iceberg/v1/namespaces", "api/tables"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await server.Raw().SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(status, (int)response.StatusCode);
            if (status == 406)
            {
                await ErrorAsync(response, path, 406, "NotAcceptableException");
            }
        }
    }

    [Fact]
    public async Task Nothing_is_done_for_whoever_accepts_no_answer()
    {
        var server = await catalog.EmptyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "iceberg/v1/namespaces") { Content = new StringContent("""{"namespace":["gold"]}""", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "text/plain");
        using var response = await server.Raw().SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        await server.User.SendAsync(HttpMethod.Get, "iceberg/v1/namespaces/gold", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_no_route_is_told_to_callers_alone()
    {
        var server = await catalog.EmptyAsync();
        foreach (var path in (string[])["api/nothing", "iceberg/v1/nothing", "iceberg/v2/config"])
        {
            using var response = await server.Raw().GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            await ErrorAsync(response, path, 404, "NoSuchRouteException");
            using var nobody = new HttpClient { BaseAddress = server.Address };
            Assert.Equal(HttpStatusCode.Unauthorized, await Access.AccessClient.StatusAsync(nobody, path));
        }
    }

    static async Task ErrorAsync(HttpResponseMessage response, string path, int status, string type)
    {
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        if (path.StartsWith("iceberg", StringComparison.Ordinal))
        {
            Assert.Equal((status, type), (body["error"]!["code"]!.GetValue<int>(), body["error"]!["type"]!.GetValue<string>()));
            return;
        }

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal((status, type), (body["status"]!.GetValue<int>(), body["type"]!.GetValue<string>()));
    }
}
