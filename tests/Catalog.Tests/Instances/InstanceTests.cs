using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Storage;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Instances;

/// <summary>Three processes over one database: whichever answers, the answer is the same, and what one of them began another goes on with when it is killed.</summary>
public sealed class InstanceTests(PostgresServer postgres)
{
    const string Commit = "iceberg/v1/transactions/commit";

    [Fact]
    public async Task Whichever_instance_is_asked_knows_what_the_others_did()
    {
        using var folder = new TempFolder();
        var database = await postgres.CreateDatabaseAsync();
        var warehouse = LocalPath.ToLocation(folder.Below("warehouse"));
        var settings = new[] { "--Catalog:PurgeInterval=00:00:00.2", "--Catalog:DropRetention=00:00:01" };
        using var first = CatalogProcess.Start(database, warehouse, settings);
        using var second = CatalogProcess.Start(database, warehouse, settings);

        // What the third is asked to bring back must not have grown too old on the way.
        using var third = CatalogProcess.Start(database, warehouse, "--Catalog:PurgeInterval=00:00:00.2");
        var (a, b, c) = (await first.ReadyAsync(), await second.ReadyAsync(), await third.ReadyAsync());

        // Tables, drops and undrops.
        await a.CreateTablesAsync("gold", "t", "u");
        var doomed = await b.MetadataLocationAsync("gold", "u");
        await b.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.NoContent);
        Assert.Single((await c.GetJsonAsync("api/dropped"))["dropped"]!.AsArray());
        await c.PostJsonAsync("api/tables/gold/t/undrop", new { });
        await a.SendAsync(HttpMethod.Put, "api/tables/gold/t/protection", HttpStatusCode.OK, """{"protected":true}""");
        await b.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.Forbidden);

        // Leases and the commits under them.
        var held = (await a.PostJsonAsync("api/leases/acquire", new { name = "x", holder = "w1", ttlSeconds = 60 }))["token"]!.GetValue<long>();
        await b.SendAsync(HttpMethod.Post, "api/leases/acquire", HttpStatusCode.Conflict, """{"name":"x","holder":"w2","ttlSeconds":60}""");
        await c.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "1", $$"""{"lease":{"name":"x","token":{{held}} } }"""));
        await b.SendAsync(HttpMethod.Post, "api/leases/release", HttpStatusCode.NoContent, $$"""{"name":"x","holder":"w1","token":{{held}} }""");
        await a.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.Conflict, Transaction("gold", ["t"], "k", "2", $$"""{"lease":{"name":"x","token":{{held}} } }"""));

        // Sources, and commits that race.
        await b.SendAsync(HttpMethod.Put, "api/sources/s", HttpStatusCode.OK, """{"kind":"files","document":{}}""");
        await c.SendAsync(HttpMethod.Patch, "api/sources/s", HttpStatusCode.OK, """{"worker":"w","state":"running"}""");
        Assert.Equal("running", (await a.GetJsonAsync("api/sources/s"))["state"]!.GetValue<string>());
        await Task.WhenAll(new[] { a, b, c }.SelectMany((client, i) => Enumerable.Range(0, 5).Select(n =>
            client.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], $"i{i}n{n}", "x")))));
        foreach (var client in new[] { a, b, c })
        {
            var properties = (await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables/t"))["metadata"]!["properties"]!.AsObject();
            Assert.Equal(15, properties.Count(p => p.Key.StartsWith('i')));
        }

        // The instance that took the drop is killed: another purges.
        await a.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/u?purgeRequested=true", HttpStatusCode.NoContent);
        await first.KillAsync();
        await Until.TrueAsync(() => Task.FromResult(!File.Exists(LocalPath.FromLocation(doomed))), "another instance purges the table");
        await Until.TrueAsync(async () => (await c.GetJsonAsync("api/dropped"))["dropped"]!.AsArray().Single()!["purge"]!.GetValue<string>() == "done", "the purge is done");
        await b.SendAsync(HttpMethod.Post, "api/tables/gold/u/undrop", HttpStatusCode.Conflict, "{}");
    }
}
