using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Tables;

/// <summary>What <c>/api</c> shows of tables, commits and projects, and to whom.</summary>
public sealed class TableViewTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task Tables_are_listed_and_shown_with_their_last_commit()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await server.User.SendAsync(
            HttpMethod.Post,
            "iceberg/v1/main/namespaces/gold/tables",
            HttpStatusCode.OK,
            """
            {"name":"t","properties":{"k":"v"},
             "schema":{"type":"struct","schema-id":0,"fields":[
               {"id":1,"name":"day","required":true,"type":"date","doc":"the day"},
               {"id":2,"name":"s","required":false,"type":{"type":"struct","fields":[{"id":3,"name":"a","required":false,"type":"int"}]}}]},
             "partition-spec":{"fields":[{"source-id":1,"field-id":1000,"name":"m","transform":"month"}],"spec-id":0},
             "write-order":{"order-id":1,"fields":[{"source-id":1,"transform":"identity","direction":"desc","null-order":"nulls-last"}]}}
            """);
        var row = Assert.Single((await server.User.GetJsonAsync("api/tables"))["tables"]!.AsArray())!;
        Assert.Equal(("gold", "t", 0L, 2), (row["namespace"]!.GetValue<string>(), row["name"]!.GetValue<string>(), row["rows"]!.GetValue<long>(), row["formatVersion"]!.GetValue<int>()));
        Assert.Equal(("user", "create gold.t"), (row["lastCommit"]!["author"]!.GetValue<string>(), row["lastCommit"]!["message"]!.GetValue<string>()));

        var table = await server.User.GetJsonAsync("api/tables/gold/t");
        Assert.Equal("struct<a: int>", table["schema"]![1]!["type"]!.GetValue<string>());
        Assert.Equal("the day", table["schema"]![0]!["doc"]!.GetValue<string>());
        Assert.Equal(("m", "month", "day"), (table["partitionSpec"]![0]!["name"]!.GetValue<string>(), table["partitionSpec"]![0]!["transform"]!.GetValue<string>(), table["partitionSpec"]![0]!["source"]!.GetValue<string>()));
        Assert.Equal(("desc", "nulls-last"), (table["sortOrder"]![0]!["direction"]!.GetValue<string>(), table["sortOrder"]![0]!["nullOrder"]!.GetValue<string>()));
        Assert.Null(table["currentSnapshotId"]);
        foreach (var (part, member) in new[] { ("snapshots", "snapshots"), ("files", "files"), ("partitions", "partitions") })
        {
            Assert.Empty((await server.User.GetJsonAsync($"api/tables/gold/t/{part}"))[member]!.AsArray());
        }

        await server.User.SendAsync(HttpMethod.Get, "api/tables/gold/x", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task History_shows_what_was_renamed_and_dropped()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await server.Service.SendAsync(
            HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.NoContent, """{"source":{"namespace":["gold"],"name":"t"},"destination":{"namespace":["gold"],"name":"u"}}""");
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/u", HttpStatusCode.NoContent);
        var commits = (await server.User.GetJsonAsync("api/commits"))["commits"]!.AsArray();
        Assert.Equal(["drop gold.u", "rename gold.t to gold.u", "create gold.t", "create namespace gold"], commits.Select(c => c!["message"]!.GetValue<string>()));
        Assert.Equal(["u", "t,u", "t", ""], commits.Select(c => string.Join(',', c!["tables"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()))));
    }

    [Fact]
    public async Task Projects_are_put_by_services_and_read_by_people()
    {
        var server = await catalog.EmptyAsync();
        const string project = """
            {"models":[{"name":"customer_360","namespace":"gold","materialized":"table","dependsOn":["silver.rfm"],"path":"models/customer_360.sql","rawSql":"SELECT 1","description":null}],
             "sources":[{"namespace":"bronze","name":"watchlog"}]}
            """;
        await server.User.SendAsync(HttpMethod.Put, "api/projects/watchlog", HttpStatusCode.Forbidden, project);
        await server.Service.SendAsync(HttpMethod.Put, "api/projects/watchlog", HttpStatusCode.OK, project);
        await server.Service.SendAsync(HttpMethod.Put, "api/projects/watchlog", HttpStatusCode.OK, project);
        var stored = Assert.Single((await server.User.GetJsonAsync("api/projects"))["projects"]!.AsArray())!;
        Assert.Equal("watchlog", stored["name"]!.GetValue<string>());
        Assert.Equal("silver.rfm", stored["models"]![0]!["dependsOn"]![0]!.GetValue<string>());
        Assert.Equal("watchlog", stored["sources"]![0]!["name"]!.GetValue<string>());
        await server.Service.SendAsync(HttpMethod.Put, "api/projects/..%2Fx", HttpStatusCode.BadRequest, project);
    }

    [Theory]
    [InlineData("iceberg/v1/config")]
    [InlineData("iceberg/v1/namespaces")]
    [InlineData("api/tables")]
    [InlineData("api/runs")]
    public async Task Nobody_gets_in_without_a_key(string path)
    {
        var server = await catalog.EmptyAsync();
        await server.Client().SendAsync(HttpMethod.Get, path, HttpStatusCode.Unauthorized);
        await server.Client("wrong").SendAsync(HttpMethod.Get, path, HttpStatusCode.Unauthorized);
        await server.User.SendAsync(HttpMethod.Get, path, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_services_take_runs()
    {
        var server = await catalog.EmptyAsync();
        await server.User.SendAsync(HttpMethod.Post, "api/runs/claim", HttpStatusCode.Forbidden, """{"pipelines":["x"],"worker":"w"}""");
        await server.User.SendAsync(HttpMethod.Patch, "api/runs/1", HttpStatusCode.Forbidden, """{"worker":"w"}""");
    }
}
