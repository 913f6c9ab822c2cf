using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Leases;
using LakeAspire.Catalog.Recovery;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Recovery;

/// <summary>What was dropped comes back, or goes for good; what is protected stays.</summary>
public sealed class RecoveryTests(PostgresServer postgres)
{
    const string Commit = "iceberg/v1/transactions/commit";

    [Fact]
    public async Task A_dropped_table_comes_back_as_it_was()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "v"));
        var location = await server.Service.MetadataLocationAsync("gold", "t");
        await DropAsync(server, "t");
        var dropped = Assert.Single((await server.User.GetJsonAsync("api/dropped"))["dropped"]!.AsArray())!;
        Assert.Equal(("gold", "t", "table", true), (dropped["namespace"]!.GetValue<string>(), dropped["name"]!.GetValue<string>(), dropped["kind"]!.GetValue<string>(), dropped["canComeBack"]!.GetValue<bool>()));
        Assert.Equal("drop gold.t", dropped["droppedBy"]!["message"]!.GetValue<string>());
        Assert.Null(dropped["filesUntil"]);

        var back = await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { });
        Assert.Equal(dropped["id"]!.GetValue<string>(), back["id"]!.GetValue<string>());
        Assert.Equal(location, await server.Service.MetadataLocationAsync("gold", "t"));
        Assert.Equal("v", await server.Service.PropertyAsync("gold", "t", "k"));
        Assert.Empty((await server.User.GetJsonAsync("api/dropped"))["dropped"]!.AsArray());
        Assert.Equal("undrop gold.t", (await server.User.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!["message"]!.GetValue<string>());
        await server.User.SendAsync(HttpMethod.Post, "api/tables/gold/t/undrop", HttpStatusCode.Conflict, "{}");
        await server.User.SendAsync(HttpMethod.Post, "api/tables/gold/never/undrop", HttpStatusCode.NotFound, "{}");
    }

    [Fact]
    public async Task Several_of_one_name_are_told_apart_and_a_taken_name_is_refused()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        await DropAsync(server, "t");
        await CreateAsync(server, "t");
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], "which", "second"));
        await DropAsync(server, "t");
        var refused = await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { }, HttpStatusCode.Conflict);
        var ids = refused["dropped"]!.AsArray().Select(d => d!["id"]!.GetValue<string>()).ToList();
        Assert.Equal(2, ids.Count);
        await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { id = ids[0] });
        Assert.Equal("second", await server.Service.PropertyAsync("gold", "t", "which"));

        var taken = await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { id = ids[1] }, HttpStatusCode.Conflict);
        Assert.Contains("as", taken["title"]!.GetValue<string>(), StringComparison.Ordinal);
        await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { id = ids[1], @as = "gold.first" });
        Assert.Null(await server.Service.PropertyAsync("gold", "first", "which"));
        Assert.Equal("second", await server.Service.PropertyAsync("gold", "t", "which"));
    }

    [Fact]
    public async Task Views_and_namespaces_come_back_too()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        await DropAsync(server, "t");
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold", HttpStatusCode.NoContent);
        var refused = await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { }, HttpStatusCode.NotFound);
        Assert.Contains("gold", refused["title"]!.GetValue<string>(), StringComparison.Ordinal);
        await server.User.PostJsonAsync("api/namespaces/gold/undrop", new { });
        await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { });
        await server.Service.MetadataLocationAsync("gold", "t");
    }

    [Fact]
    public async Task A_view_comes_back_as_it_was_and_under_another_name_where_its_own_is_taken()
    {
        const string View = """
            {"name":"v","schema":{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"x","required":false,"type":"int"}]},"view-version":{"version-id":1,"schema-id":0,"timestamp-ms":1,"summary":{},
             "default-namespace":["gold"],"representations":[{"type":"sql","sql":"select 1 as x","dialect":"spark"}]},"properties":{"note":"kept"}}
            """;
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold");
        var made = (await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, View))!;
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/views/v", HttpStatusCode.NoContent);
        Assert.Equal("v", Assert.Single((await server.User.GetJsonAsync("api/dropped"))["dropped"]!.AsArray())!["name"]!.GetValue<string>());
        await server.User.PostJsonAsync("api/tables/gold/v/undrop", new { });
        var back = await server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/views/v");
        Assert.Equal((made["metadata-location"]!.GetValue<string>(), "kept"), (back["metadata-location"]!.GetValue<string>(), back["metadata"]!["properties"]!["note"]!.GetValue<string>()));

        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/views/v", HttpStatusCode.NoContent);
        await server.Service.CreateTablesAsync("silver");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", HttpStatusCode.OK, $$"""{"name":"v","schema":{{Schema}}}""");
        await server.User.PostJsonAsync("api/tables/gold/v/undrop", new { }, HttpStatusCode.Conflict);
        await server.User.PostJsonAsync("api/tables/gold/v/undrop", new { @as = "gold.w" });
        Assert.Equal("select 1 as x", (await server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/views/w"))["metadata"]!["versions"]![0]!["representations"]![0]!["sql"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_was_registered_again_meanwhile_is_said_to_be_there()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        var file = await server.Service.MetadataLocationAsync("gold", "t");
        await DropAsync(server, "t");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/register", HttpStatusCode.OK, $$"""{"name":"again","metadata-location":"{{file}}"}""");
        var refused = await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { }, HttpStatusCode.Conflict);
        Assert.Contains("gold.again", refused["title"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purged_files_stay_for_the_retention_and_go_when_it_is_over()
    {
        var clock = new SetClock();
        await using var server = await CatalogServer.StartAsync(postgres, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await server.Service.CreateTablesAsync("gold", "t", "back");
        var file = await server.Service.MetadataLocationAsync("gold", "t");
        var kept = await server.Service.MetadataLocationAsync("gold", "back");
        await DropAsync(server, "t", purge: true);
        await DropAsync(server, "back", purge: true);
        var dropped = (await server.User.GetJsonAsync("api/dropped"))["dropped"]!.AsArray();
        Assert.All(dropped, d => Assert.Equal("waiting", d!["purge"]!.GetValue<string>()));
        await server.User.PostJsonAsync("api/tables/gold/back/undrop", new { });

        var purger = server.Services.GetRequiredService<Purger>();
        clock.Offset = TimeSpan.FromDays(6.9);
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await server.Store.StatAsync(file));
        clock.Offset = TimeSpan.FromDays(7.1);
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(await server.Store.StatAsync(file));
        Assert.NotNull(await server.Store.StatAsync(kept));

        var gone = Assert.Single((await server.User.GetJsonAsync("api/dropped"))["dropped"]!.AsArray())!;
        Assert.Equal((false, "done"), (gone["canComeBack"]!.GetValue<bool>(), gone["purge"]!.GetValue<string>()));
        var refused = await server.User.PostJsonAsync("api/tables/gold/t/undrop", new { }, HttpStatusCode.Conflict);
        Assert.Equal("PurgedException", refused["type"]!.GetValue<string>());

        // A later drop without a purge does not wake the wish of the earlier one.
        await DropAsync(server, "back");
        clock.Offset = TimeSpan.FromDays(100);
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await server.Store.StatAsync(kept));
    }

    [Fact]
    public async Task Files_that_a_branch_or_a_tag_shows_are_not_purged_until_it_goes()
    {
        var clock = new SetClock();
        await using var server = await CatalogServer.StartAsync(postgres, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await server.Service.CreateTablesAsync("gold", "t");
        var file = await server.Service.MetadataLocationAsync("gold", "t");
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.User.PostJsonAsync("api/branches", new { name = "v1", kind = "tag" }, HttpStatusCode.Created);
        await DropAsync(server, "t", purge: true);
        var purger = server.Services.GetRequiredService<Purger>();
        clock.Offset = TimeSpan.FromDays(8);
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await server.Store.StatAsync(file));

        // Dropped on the branch as well: the tag is left.
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold/tables/t", HttpStatusCode.NoContent);
        clock.Offset = TimeSpan.FromDays(9);
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await server.Store.StatAsync(file));
        await server.User.SendAsync(HttpMethod.Delete, "api/branches/v1", HttpStatusCode.NoContent);
        clock.Offset = TimeSpan.FromDays(10);
        await purger.RunAsync(TestContext.Current.CancellationToken);

        // On the branch it may come back until day 15.
        Assert.NotNull(await server.Store.StatAsync(file));
        clock.Offset = TimeSpan.FromDays(16);
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(await server.Store.StatAsync(file));
    }

    [Fact]
    public async Task Without_a_retention_a_purge_happens_at_once()
    {
        await using var server = await CatalogServer.StartAsync(postgres, configure: null, "--Catalog:DropRetention=00:00:00");
        await server.Service.CreateTablesAsync("gold", "t", "u");
        var own = await server.Service.MetadataLocationAsync("gold", "t");
        var other = await server.Service.MetadataLocationAsync("gold", "u");
        await DropAsync(server, "t", purge: true);
        Assert.Null(await server.Store.StatAsync(own));
        Assert.NotNull(await server.Store.StatAsync(other));
        await DropAsync(server, "u");
        Assert.NotNull(await server.Store.StatAsync(other));
    }

    [Fact]
    public async Task A_purge_that_died_in_the_middle_is_finished_by_the_next_instance()
    {
        var clock = new SetClock();
        await using var server = await CatalogServer.StartAsync(postgres, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await server.Service.CreateTablesAsync("gold", "t");
        var file = await server.Service.MetadataLocationAsync("gold", "t");
        await DropAsync(server, "t", purge: true);

        // As an instance leaves it that dies after it decided: held for a while, files there.
        await Backup.FilledDatabase.RunAsync(server.ConnectionString, "UPDATE purges SET state = 'running', due_at = now() - interval '1 day', held_until = now() + interval '1 hour'");
        var purger = server.Services.GetRequiredService<Purger>();
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await server.Store.StatAsync(file));
        await server.User.SendAsync(HttpMethod.Post, "api/tables/gold/t/undrop", HttpStatusCode.Conflict, "{}");
        clock.Offset = TimeSpan.FromHours(2);
        await purger.RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(await server.Store.StatAsync(file));
    }

    [Fact]
    public async Task What_is_protected_is_neither_dropped_nor_renamed_until_that_is_lifted()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        await server.Service.CreateTablesAsync("free", "t");
        Assert.False((await server.User.GetJsonAsync("api/tables/gold/t/protection"))["protected"]!.GetValue<bool>());
        await server.User.SendAsync(HttpMethod.Put, "api/tables/gold/t/protection", HttpStatusCode.OK, """{"protected":true}""");
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        foreach (var prefix in new[] { "", "dev/" })
        {
            foreach (var purge in new[] { "", "?purgeRequested=true" })
            {
                var refused = await server.Service.SendAsync(HttpMethod.Delete, $"iceberg/v1/{prefix}namespaces/gold/tables/t{purge}", HttpStatusCode.Forbidden);
                Assert.Equal("ForbiddenException", refused!["error"]!["type"]!.GetValue<string>());
            }

            await server.Service.SendAsync(
                HttpMethod.Post, $"iceberg/v1/{prefix}tables/rename", HttpStatusCode.Forbidden, """{"source":{"namespace":["gold"],"name":"t"},"destination":{"namespace":["gold"],"name":"u"}}""");
        }

        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "v"));
        await server.User.SendAsync(HttpMethod.Put, "api/tables/gold/t/protection", HttpStatusCode.OK, """{"protected":false}""");
        await server.User.SendAsync(HttpMethod.Put, "api/namespaces/gold/protection", HttpStatusCode.OK, """{"protected":true}""");
        var inherited = await server.User.GetJsonAsync("api/tables/gold/t/protection");
        Assert.Equal((true, "gold"), (inherited["protected"]!.GetValue<bool>(), inherited["byNamespace"]!.GetValue<string>()));
        await DropAsync(server, "t", expected: HttpStatusCode.Forbidden);
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/free/tables/t", HttpStatusCode.NoContent);
        await server.User.SendAsync(HttpMethod.Put, "api/namespaces/gold/protection", HttpStatusCode.OK, """{"protected":false}""");
        await DropAsync(server, "t");
    }

    [Fact]
    public async Task A_commit_under_a_lease_that_another_took_is_refused()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        var first = LeaseTests.TokenOf(await LeaseTests.AcquireAsync(server, "pipeline/x", "w1", 60));
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "1", Lease(first)));
        await LeaseTests.ReleaseAsync(server, "pipeline/x", "w1", first);
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.Conflict, Transaction("gold", ["t"], "k", "2", Lease(first)));
        var second = LeaseTests.TokenOf(await LeaseTests.AcquireAsync(server, "pipeline/x", "w2", 60));
        var refused = await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.Conflict, Transaction("gold", ["t"], "k", "2", Lease(first)));
        Assert.Equal("LeaseLostException", refused!["error"]!["type"]!.GetValue<string>());
        Assert.Equal(("lease", second.ToString(), "w2"), (refused["conflict"]!["kind"]!.GetValue<string>(), refused["conflict"]!["stored"]!.GetValue<string>(), refused["conflict"]!["holder"]!.GetValue<string>()));
        Assert.Equal("1", await server.Service.PropertyAsync("gold", "t", "k"));
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "3", Lease(second)));
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.Conflict, Transaction("gold", ["t"], "k", "4", """{"lease":{"name":"none","token":1}}"""));
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.BadRequest, Transaction("gold", ["t"], "k", "4", """{"lease":{"name":"none"}}"""));
    }

    [Fact]
    public async Task A_position_is_reset_with_a_reason_that_the_log_keeps()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, """{"table-changes":[],"lakeaspire":{"cursors":[{"scope":"kafka/t/0","next":"10"},{"scope":"kafka/u/0","next":"7"}]}}""");
        await server.User.SendAsync(HttpMethod.Post, "api/positions/reset", HttpStatusCode.BadRequest, """{"scope":"kafka/t/0","to":"5"}""");
        await server.User.SendAsync(HttpMethod.Post, "api/positions/reset", HttpStatusCode.NotFound, """{"scope":"kafka/x","to":"5","reason":"r"}""");
        await server.User.SendAsync(HttpMethod.Post, "api/positions/reset", HttpStatusCode.Conflict, """{"scope":"kafka/t/0","to":"5","expected":"9","reason":"r"}""");
        var reset = await server.User.PostJsonAsync("api/positions/reset", new { scope = "kafka/t/0", to = "5", expected = "10", reason = "offsets 5 to 9 were bad" });
        Assert.Equal("10", reset["from"]!.GetValue<string>());
        var commit = (await server.User.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!;
        Assert.Equal("reset the position of kafka/t/0 from 10 to 5: offsets 5 to 9 were bad", commit["message"]!.GetValue<string>());
        Assert.Equal("user", commit["author"]!.GetValue<string>());
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, """{"table-changes":[],"lakeaspire":{"cursors":[{"scope":"kafka/t/0","expected":"5","next":"11"}]}}""");
        await server.User.PostJsonAsync("api/positions/reset", new { scope = "kafka/u/0", reason = "anew" });
        Assert.Equal("kafka/t/0", Assert.Single((await server.User.GetJsonAsync("api/positions?prefix=kafka/"))["cursors"]!.AsArray())!["scope"]!.GetValue<string>());
    }

    static string Lease(long token) => $$"""{"lease":{"name":"pipeline/x","token":{{token}} } }""";

    static Task<JsonNode?> DropAsync(CatalogServer server, string name, bool purge = false, HttpStatusCode expected = HttpStatusCode.NoContent) =>
        server.Service.SendAsync(HttpMethod.Delete, $"iceberg/v1/namespaces/gold/tables/{name}{(purge ? "?purgeRequested=true" : "")}", expected);

    static Task CreateAsync(CatalogServer server, string name) =>
        server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", HttpStatusCode.OK, $$"""{"name":"{{name}}","schema":{{Schema}}}""");
}

/// <summary>The system's time, and what a test adds to it.</summary>
internal sealed class SetClock : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
}
