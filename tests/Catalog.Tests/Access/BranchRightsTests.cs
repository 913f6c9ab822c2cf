using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Who may merge branches and set them back: who reads all of where it comes from, and may do to each thing where it goes what is done to it.</summary>
public sealed class BranchRightsTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task A_merge_takes_select_where_it_comes_from_and_the_right_to_each_change_where_it_goes()
    {
        var (server, name, client) = await BranchedAsync();
        object merge = new { from = "dev" };
        await client.PostJsonAsync("api/branches/main/merge", merge, HttpStatusCode.Forbidden);
        await server.GrantAsync(name, "select", branch: "dev");
        await client.PostJsonAsync("api/branches/main/merge", merge, HttpStatusCode.Forbidden);
        await client.PostJsonAsync("api/branches/main/merge", new { from = "dev", dryRun = true }, HttpStatusCode.Forbidden);

        // What is held where it comes from is nothing where it goes to, and on main what is changed has to be one's to change.
        await server.GrantAsync(name, "manage", branch: "dev");
        await client.PostJsonAsync("api/branches/main/merge", merge, HttpStatusCode.Forbidden);
        await server.GrantAsync(name, "append", branch: "main");
        await client.PostJsonAsync("api/branches/main/merge", merge, HttpStatusCode.Forbidden);
        Assert.Null(await server.User.PropertyAsync("gold", "t", "on"));
        await server.GrantAsync(name, "modify", "gold", branch: "main");
        await client.PostJsonAsync("api/branches/main/merge", merge);
        Assert.Equal("dev", await server.User.PropertyAsync("gold", "t", "on"));
    }

    [Fact]
    public async Task Managing_where_it_goes_does_not_open_where_it_comes_from()
    {
        var (server, name, client) = await BranchedAsync();
        await server.GrantAsync(name, "manage", branch: "main");
        await client.PostJsonAsync("api/branches/main/merge", new { from = "dev" }, HttpStatusCode.Forbidden);
        await server.GrantAsync(name, "describe", branch: "dev");
        await client.PostJsonAsync("api/branches/main/merge", new { from = "dev" }, HttpStatusCode.Forbidden);
        Assert.Null(await server.User.PropertyAsync("gold", "t", "on"));
    }

    [Fact]
    public async Task A_reset_takes_manage_on_the_branch_and_select_where_it_goes_to()
    {
        var (server, name, client) = await BranchedAsync();
        var head = (await server.User.GetJsonAsync("api/branches/dev/log?limit=1"))["commits"]![0]!["id"]!.GetValue<long>();
        object reset = new { to = "main", expectedHead = head };
        await client.PostJsonAsync("api/branches/dev/reset", reset, HttpStatusCode.Forbidden);
        await server.GrantAsync(name, "modify", branch: "dev");
        await client.PostJsonAsync("api/branches/dev/reset", reset, HttpStatusCode.Forbidden);
        await server.GrantAsync(name, "manage", branch: "dev");
        Assert.True((await StatusAsync(client, reset)) is HttpStatusCode.Forbidden or HttpStatusCode.Forbidden);
        Assert.Equal("dev", (await server.User.GetJsonAsync("iceberg/v1/dev/namespaces/gold/tables/t"))["metadata"]!["properties"]!["on"]!.GetValue<string>());
        await server.GrantAsync(name, "select", branch: "main");
        await client.PostJsonAsync("api/branches/dev/reset", reset);
        Assert.Null((await server.User.GetJsonAsync("iceberg/v1/dev/namespaces/gold/tables/t"))["metadata"]!["properties"]!["on"]);
    }

    static async Task<HttpStatusCode> StatusAsync(HttpClient client, object reset)
    {
        using var response = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(client, "api/branches/dev/reset", reset, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    async Task<(CatalogServer Server, string Name, HttpClient Client)> BranchedAsync()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/dev/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "on", "dev"));
        var (name, _, client) = await server.CreateServiceAsync();
        return (server, name, client);
    }
}
