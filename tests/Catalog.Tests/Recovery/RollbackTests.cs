using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;

namespace LakeAspire.Catalog.Api.Tests.Recovery;

/// <summary>A table goes back to what it was, by an ordinary commit.</summary>
public sealed class RollbackTests(PostgresServer postgres)
{
    const string Rollback = "api/tables/gold/t/rollback";

    [Fact]
    public async Task A_table_goes_back_to_a_snapshot_a_commit_or_a_time()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        var commits = new List<JsonNode>();
        for (var snapshot = 1; snapshot <= 3; snapshot++)
        {
            await AddSnapshotAsync(server, snapshot);
            commits.Add((await server.User.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!);
        }

        var dry = await server.User.PostJsonAsync(Rollback, new { snapshotId = "1", dryRun = true });
        Assert.Equal(("3", 30L, "1", 10L, 2), (dry["from"]!["snapshotId"]!.GetValue<string>(), dry["from"]!["rows"]!.GetValue<long>(), dry["to"]!["snapshotId"]!.GetValue<string>(), dry["to"]!["rows"]!.GetValue<long>(), dry["snapshotsBetween"]!.GetValue<int>()));
        Assert.Null(dry["commitId"]);
        Assert.Equal("3", await CurrentAsync(server));

        var done = await server.User.PostJsonAsync(Rollback, new { snapshotId = "1" });
        Assert.Equal("1", await CurrentAsync(server));
        Assert.Equal(10L, (await server.User.GetJsonAsync("api/tables/gold/t"))["rows"]!.GetValue<long>());
        var logged = (await server.User.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!;
        Assert.Equal((done["commitId"]!.GetValue<long>(), "roll gold.t back to snapshot 1"), (logged["id"]!.GetValue<long>(), logged["message"]!.GetValue<string>()));

        var history = (await server.User.GetJsonAsync("api/tables/gold/t/history?limit=2"));
        Assert.Equal([("1", 10L), ("3", 30L)], history["history"]!.AsArray().Select(s => (s!["snapshotId"]!.GetValue<string>(), s["rows"]!.GetValue<long>())));
        var rest = (await server.User.GetJsonAsync($"api/tables/gold/t/history?before={history["before"]!.GetValue<long>()}"))["history"]!.AsArray();
        Assert.Equal(["2", "1", null], rest.Select(s => s!["snapshotId"]?.GetValue<string>()));

        // Snapshot 3 is no ancestor any more, but the table had it at its commit: so one comes forward again.
        await server.User.PostJsonAsync(Rollback, new { snapshotId = "3" }, HttpStatusCode.Conflict);
        await server.User.PostJsonAsync(Rollback, new { commit = commits[2]["id"]!.GetValue<long>() });
        Assert.Equal("3", await CurrentAsync(server));
        await server.User.PostJsonAsync(Rollback, new { time = commits[1]["at"]!.GetValue<DateTimeOffset>() });
        Assert.Equal("2", await CurrentAsync(server));
        Assert.Null((await server.User.PostJsonAsync(Rollback, new { snapshotId = "2" }))["commitId"]);

        // The next writer goes on from there.
        await AddSnapshotAsync(server, 4, parent: 2, sequence: 4);
        Assert.Equal("4", await CurrentAsync(server));
    }

    [Fact]
    public async Task What_names_nothing_to_go_back_to_is_refused()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        var created = (await server.User.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!["id"]!.GetValue<long>();
        await AddSnapshotAsync(server, 1);
        await server.User.PostJsonAsync(Rollback, new { }, HttpStatusCode.BadRequest);
        await server.User.PostJsonAsync(Rollback, new { snapshotId = "1", commit = 1 }, HttpStatusCode.BadRequest);
        await server.User.PostJsonAsync(Rollback, new { snapshotId = "x" }, HttpStatusCode.BadRequest);
        await server.User.PostJsonAsync(Rollback, new { snapshotId = "77" }, HttpStatusCode.NotFound);
        await server.User.PostJsonAsync(Rollback, new { commit = 9999 }, HttpStatusCode.NotFound);
        await server.User.PostJsonAsync(Rollback, new { commit = created }, HttpStatusCode.Conflict);
        await server.User.PostJsonAsync("api/tables/gold/none/rollback", new { snapshotId = "1" }, HttpStatusCode.NotFound);
    }

    static async Task<string> CurrentAsync(CatalogServer server) => (await server.User.GetJsonAsync("api/tables/gold/t"))["currentSnapshotId"]!.GetValue<string>();

    internal static Task AddSnapshotAsync(CatalogServer server, long id, long? parent = null, long? sequence = null) => server.Service.SendAsync(
        HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.OK,
        $$$"""
        {"requirements":[],"updates":[
          {"action":"add-snapshot","snapshot":{"snapshot-id":{{{id}}},{{{((parent ?? (id - 1)) is > 0 and var p ? $"\"parent-snapshot-id\":{p}," : "")}}}"sequence-number":{{{sequence ?? id}}},"timestamp-ms":{{{DateTimeOffset.UnixEpoch.AddYears(56).ToUnixTimeMilliseconds() + id}}},
            "manifest-list":"{{{server.Warehouse}}}/list-{{{id}}}.avro","schema-id":0,"summary":{"operation":"append","total-records":"{{{id * 10}}}","total-data-files":"{{{id}}}"} }},
          {"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":{{{id}}} }]}
        """);
}
