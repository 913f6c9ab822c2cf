using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.DeltaTables;

/// <summary>Delta tables that others write: registered, listed, read-only, with names of their own.</summary>
public sealed class DeltaTableTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task A_registered_table_is_listed_and_is_no_Iceberg_table()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        var made = await server.User.PostJsonAsync("api/delta-tables", new { @namespace = "gold", name = "sales", location = "file:///data/my sales/" }, HttpStatusCode.Created);
        Assert.Equal(("delta", "file:///data/my%20sales"), (made["format"]!.GetValue<string>(), made["location"]!.GetValue<string>()));
        var listed = (await server.User.GetJsonAsync("api/tables"))["tables"]!.AsArray();
        Assert.Equal([("a", "iceberg"), ("sales", "delta")], listed.Select(t => (t!["name"]!.GetValue<string>(), t["format"]!.GetValue<string>())));
        var shown = await server.User.GetJsonAsync("api/tables/gold/sales");
        Assert.Equal(("delta", "file:///data/my%20sales"), (shown["format"]!.GetValue<string>(), shown["location"]!.GetValue<string>()));

        var refused = await server.Service.SendAsync(HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/sales", HttpStatusCode.NotFound);
        Assert.Contains("Delta table that others write", refused!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Single((await server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/tables"))["identifiers"]!.AsArray());
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NotFound, HttpAssertions.Transaction("gold", ["sales"], "k", "v"));
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/sales", HttpStatusCode.NotFound);

        await server.User.SendAsync(HttpMethod.Delete, "api/delta-tables/gold/sales", HttpStatusCode.NoContent);
        await server.User.SendAsync(HttpMethod.Delete, "api/delta-tables/gold/sales", HttpStatusCode.NotFound);
        await server.User.SendAsync(HttpMethod.Get, "api/tables/gold/sales", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_name_is_taken_for_both_formats()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        await server.User.PostJsonAsync("api/delta-tables", new { @namespace = "gold", name = "a", location = "file:///d" }, HttpStatusCode.Conflict);
        await server.User.PostJsonAsync("api/delta-tables", new { @namespace = "gold", name = "b", location = "s3://bucket/d" }, HttpStatusCode.Created);
        await server.User.PostJsonAsync("api/delta-tables", new { @namespace = "gold", name = "b", location = "file:///d" }, HttpStatusCode.Conflict);
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", HttpStatusCode.Conflict, $$"""{"name":"b","schema":{{HttpAssertions.Schema}}}""");
        await server.Service.SendAsync(
            HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.Conflict, """{"source":{"namespace":["gold"],"name":"a"},"destination":{"namespace":["gold"],"name":"b"}}""");
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/a", HttpStatusCode.NoContent);
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold", HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("nowhere", "t", "file:///d", HttpStatusCode.NotFound)]
    [InlineData("gold", "t", "", HttpStatusCode.BadRequest)]
    [InlineData("gold", "t", "ftp://x/y", HttpStatusCode.BadRequest)]
    [InlineData("gold", "t", "file://host/y", HttpStatusCode.BadRequest)]
    [InlineData("gold", "a//b", "file:///d", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_registered_is_refused(string ns, string name, string location, HttpStatusCode expected)
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold");
        await server.User.PostJsonAsync("api/delta-tables", new { @namespace = ns, name, location }, expected);
    }
}
