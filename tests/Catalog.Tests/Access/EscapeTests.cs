using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Ways around rights and filters that lead over names, places and files, and end.</summary>
public sealed class EscapeTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task Whom_a_filter_binds_gives_the_table_no_name_under_which_a_view_of_others_reads_it()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "people");
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "manage", "gold");
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/people", HttpStatusCode.Created, """{"rowFilter":"id > 5"}""");
        const string Rename = """{"source":{"namespace":["gold"],"name":"people"},"destination":{"namespace":["gold"],"name":"read_by_a_view"}}""";
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.Forbidden, Rename);
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/people", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Post, "api/tables/gold/people/undrop", HttpStatusCode.Forbidden, """{"as":"gold.read_by_a_view"}""");
        await client.SendAsync(HttpMethod.Post, "api/tables/gold/people/undrop", HttpStatusCode.OK, "{}");
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.NoContent, Rename);
    }

    [Fact]
    public async Task Nothing_is_told_of_dropped_things_to_who_may_not_know_of_them()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("secret", "plans");
        await server.User.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/secret/tables/plans", HttpStatusCode.NoContent);
        var (_, _, client) = await server.CreateServiceAsync();
        await client.SendAsync(HttpMethod.Post, "api/tables/secret/plans/undrop", HttpStatusCode.NotFound, "{}");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/secret/tables", HttpStatusCode.OK, """{"name":"plans","schema":{"type":"struct","fields":[{"id":1,"name":"id","type":"long","required":false}]}}""");
        await client.SendAsync(HttpMethod.Post, "api/tables/secret/other/undrop", HttpStatusCode.NotFound, "{}");
        await server.User.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/secret/tables/plans", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Post, "api/tables/secret/plans/undrop", HttpStatusCode.NotFound, "{}");
        await server.User.SendAsync(HttpMethod.Post, "api/tables/secret/plans/undrop", HttpStatusCode.Conflict, "{}");
    }

    [Fact]
    public async Task A_namespace_comes_back_at_the_top_only_for_who_may_make_one_there()
    {
        var server = await catalog.EmptyAsync();
        await server.User.PostJsonAsync("iceberg/v1/namespaces", new { @namespace = new[] { "mine" } });
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "manage", "mine");
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/mine", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Post, "api/namespaces/mine/undrop", HttpStatusCode.Forbidden, """{"as":"finance"}""");
        await client.SendAsync(HttpMethod.Post, "api/namespaces/mine/undrop", HttpStatusCode.OK, "{}");
    }
}
