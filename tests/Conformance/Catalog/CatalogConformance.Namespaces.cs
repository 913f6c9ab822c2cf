using System.Net;
using System.Text.Json;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task The_configuration_names_the_prefix_and_the_routes()
    {
        var config = await GetAsync("config");
        Assert.Equal(Prefix, config.GetProperty("overrides").GetProperty("prefix").GetString());
        Assert.Equal("PT24H", config.GetProperty("idempotency-key-lifetime").GetString());
        Assert.Contains("POST /v1/{prefix}/transactions/commit", config.GetProperty("endpoints").EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public async Task A_warehouse_that_does_not_exist_is_not_found() =>
        await SendAsync(HttpMethod.Get, "config?warehouse=nowhere", HttpStatusCode.NotFound, errorType: "NoSuchWarehouseException");

    [Fact]
    public async Task A_namespace_is_created_loaded_listed_and_dropped()
    {
        var created = await PostAsync("namespaces", """{"namespace":["gold"],"properties":{"owner":"ada"}}""");
        Assert.Equal("ada", created.GetProperty("properties").GetProperty("owner").GetString());
        Assert.Equal("ada", (await GetAsync("namespaces/gold")).GetProperty("properties").GetProperty("owner").GetString());
        Assert.Equal("""[["gold"]]""", (await GetAsync("namespaces")).GetProperty("namespaces").GetRawText());
        await SendAsync(HttpMethod.Head, "namespaces/gold", HttpStatusCode.NoContent);

        await SendAsync(HttpMethod.Delete, "namespaces/gold", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, "namespaces/gold", HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Get, "namespaces/gold", HttpStatusCode.NotFound, errorType: "NoSuchNamespaceException");
        await SendAsync(HttpMethod.Delete, "namespaces/gold", HttpStatusCode.NotFound, errorType: "NoSuchNamespaceException");
    }

    [Fact]
    public async Task A_namespace_exists_once()
    {
        await CreateNamespaceAsync("gold");
        await SendAsync(HttpMethod.Post, "namespaces", HttpStatusCode.Conflict, """{"namespace":["gold"]}""", "AlreadyExistsException");
    }

    [Fact]
    public async Task Namespaces_nest_and_are_listed_level_by_level()
    {
        await SendAsync(HttpMethod.Post, "namespaces", HttpStatusCode.BadRequest, """{"namespace":["finance","tax"]}""", "BadRequestException");
        await CreateNamespaceAsync("finance");
        await CreateNamespaceAsync("finance", "tax");
        await CreateNamespaceAsync("finance", "tax", "paid");
        await CreateNamespaceAsync("financeother");

        Assert.Equal("""[["finance"],["financeother"]]""", (await GetAsync("namespaces")).GetProperty("namespaces").GetRawText());
        Assert.Equal("""[["finance","tax"]]""", (await GetAsync("namespaces?parent=finance")).GetProperty("namespaces").GetRawText());
        Assert.Equal("""[["finance","tax","paid"]]""", (await GetAsync("namespaces?parent=finance%1Ftax")).GetProperty("namespaces").GetRawText());
        Assert.Equal("""["finance","tax"]""", (await GetAsync("namespaces/finance%1Ftax")).GetProperty("namespace").GetRawText());
        await SendAsync(HttpMethod.Get, "namespaces?parent=nowhere", HttpStatusCode.NotFound, errorType: "NoSuchNamespaceException");
        await SendAsync(HttpMethod.Delete, "namespaces/finance", HttpStatusCode.Conflict, errorType: "NamespaceNotEmptyException");

        await CreateTableAsync("finance%1Ftax", "t");
        Assert.Equal(["t"], Names((await GetAsync("namespaces/finance%1Ftax/tables")).GetProperty("identifiers")));
        Assert.Empty(Names((await GetAsync("namespaces/finance/tables")).GetProperty("identifiers")));
    }

    [Fact]
    public async Task Properties_of_a_namespace_are_set_and_removed()
    {
        await PostAsync("namespaces", """{"namespace":["gold"],"properties":{"a":"1","b":"2"}}""");
        var answer = await PostAsync("namespaces/gold/properties", """{"removals":["a","missing"],"updates":{"c":"3"}}""");
        Assert.Equal("""["c"]""", answer.GetProperty("updated").GetRawText());
        Assert.Equal("""["a"]""", answer.GetProperty("removed").GetRawText());
        Assert.Equal("""["missing"]""", answer.GetProperty("missing").GetRawText());

        var properties = (await GetAsync("namespaces/gold")).GetProperty("properties").Deserialize<Dictionary<string, string>>()!;
        Assert.Equal([("b", "2"), ("c", "3")], properties.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));

        await SendAsync(HttpMethod.Post, "namespaces/gold/properties", HttpStatusCode.UnprocessableEntity, """{"removals":["b"],"updates":{"b":"4"}}""", "UnprocessableEntityException");
        await SendAsync(HttpMethod.Post, "namespaces/nowhere/properties", HttpStatusCode.NotFound, """{"updates":{"b":"4"}}""", "NoSuchNamespaceException");
    }

    [Fact]
    public async Task Lists_are_paged()
    {
        for (var i = 0; i < 5; i++)
        {
            await CreateNamespaceAsync($"n{i}");
            await CreateTableAsync("n0", $"t{i}");
        }

        Assert.Equal(5, (await GetAsync("namespaces")).GetProperty("namespaces").GetArrayLength());
        Assert.Equal(["n0", "n1", "n2", "n3", "n4"], await PagesAsync("namespaces", "namespaces", item => item[0].GetString()!));
        Assert.Equal(["t0", "t1", "t2", "t3", "t4"], await PagesAsync("namespaces/n0/tables", "identifiers", item => item.GetProperty("name").GetString()!));
        await SendAsync(HttpMethod.Get, "namespaces?pageToken=%21%21&pageSize=2", HttpStatusCode.BadRequest, errorType: "BadRequestException");
    }

    async Task<IReadOnlyList<string>> PagesAsync(string path, string member, Func<JsonElement, string> nameOf)
    {
        var names = new List<string>();
        var token = "";
        var pages = 0;
        while (token is not null)
        {
            var page = await GetAsync($"{path}?pageSize=2&pageToken={Uri.EscapeDataString(token)}");
            Assert.InRange(page.GetProperty(member).GetArrayLength(), 1, 2);
            names.AddRange(page.GetProperty(member).EnumerateArray().Select(nameOf));
            token = page.GetProperty("next-page-token").GetString();
            pages++;
        }

        Assert.Equal(3, pages);
        return names;
    }

    [Theory]
    [InlineData("""{"namespace":[]}""")]
    [InlineData("""{"namespace":[""]}""")]
    [InlineData("""{"namespace":["/a"]}""")]
    [InlineData("""{"namespace":["a/"]}""")]
    [InlineData("""{"namespace":["a//b"]}""")]
    [InlineData("""{"namespace":["a/../b"]}""")]
    [InlineData("""{"namespace":["a/.b"]}""")]
    [InlineData("""{"namespace":["a\\b"]}""")]
    [InlineData("""{"namespace":["a\u0000b"]}""")]
    [InlineData("""{"namespace":[".."]}""")]
    [InlineData("""{"namespace":["a%2fb"]}""")]
    [InlineData("""{"namespace":"gold"}""")]
    [InlineData("""{"properties":{}}""")]
    [InlineData("""{"namespace":["a"],"properties":{"a":1}}""")]
    [InlineData("""{"namespace":["a"],"properties":{"a":null}}""")]
    [InlineData("""{"namespace":["a"]""")]
    [InlineData("null")]
    public async Task Malformed_namespaces_are_refused(string body)
    {
        await SendAsync(HttpMethod.Post, "namespaces", HttpStatusCode.BadRequest, body, "BadRequestException");
        Assert.Equal("[]", (await GetAsync("namespaces")).GetProperty("namespaces").GetRawText());
    }
}
