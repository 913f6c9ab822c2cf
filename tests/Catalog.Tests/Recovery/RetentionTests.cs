using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Recovery;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Recovery;

/// <summary>What keeps files, for how long, and what becomes of those that nothing keeps any more.</summary>
public sealed class RetentionTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_purge_waits_for_a_branch_on_which_the_table_may_come_back()
    {
        var clock = new SetClock();
        await using var server = await StartAsync(clock);
        await server.Service.CreateTablesAsync("gold", "t");
        var file = await server.Service.MetadataLocationAsync("gold", "t");
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/t?purgeRequested=true", HttpStatusCode.NoContent);
        clock.Offset = TimeSpan.FromDays(5);
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold/tables/t", HttpStatusCode.NoContent);
        clock.Offset = TimeSpan.FromDays(8);
        await PurgeAsync(server);
        Assert.NotNull(await server.Store.StatAsync(file));

        // It comes back there, is dropped once more, and its time is over.
        await server.User.PostJsonAsync("api/tables/gold/t/undrop?branch=dev", new { });
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold/tables/t", HttpStatusCode.NoContent);
        clock.Offset = TimeSpan.FromDays(14);
        await PurgeAsync(server);
        Assert.NotNull(await server.Store.StatAsync(file));
        clock.Offset = TimeSpan.FromDays(16);
        var late = await server.User.PostJsonAsync("api/tables/gold/t/undrop?branch=dev", new { }, HttpStatusCode.Conflict);
        Assert.Equal("RetentionOverException", late["type"]!.GetValue<string>());
        await PurgeAsync(server);
        Assert.Null(await server.Store.StatAsync(file));
    }

    [Fact]
    public async Task What_was_dropped_without_a_purge_comes_back_for_the_retention_and_lets_its_files_go_after_it()
    {
        var clock = new SetClock();
        await using var server = await StartAsync(clock);
        await server.Service.CreateTablesAsync("gold", "t", "u");
        var file = await server.Service.MetadataLocationAsync("gold", "t");
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold/tables/t", HttpStatusCode.NoContent);
        var dropped = Assert.Single((await server.User.GetJsonAsync("api/dropped?branch=dev"))["dropped"]!.AsArray())!;
        Assert.True(dropped["canComeBack"]!.GetValue<bool>());
        Assert.InRange(dropped["undropUntil"]!.GetValue<DateTimeOffset>(), TimeProvider.System.GetUtcNow().AddDays(6.9), TimeProvider.System.GetUtcNow().AddDays(7.1));
        Assert.Contains(await PointersAsync(), pointer => pointer!["dropped"]!.GetValue<bool>());

        clock.Offset = TimeSpan.FromDays(7.1);
        Assert.False(Assert.Single((await server.User.GetJsonAsync("api/dropped?branch=dev"))["dropped"]!.AsArray())!["canComeBack"]!.GetValue<bool>());
        var refused = await server.User.PostJsonAsync("api/tables/gold/t/undrop?branch=dev", new { }, HttpStatusCode.Conflict);
        Assert.Contains(file, refused["title"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain(await PointersAsync(), pointer => pointer!["dropped"]!.GetValue<bool>());
        await PurgeAsync(server);
        Assert.NotNull(await server.Store.StatAsync(file));

        async Task<JsonArray> PointersAsync() => (await server.Service.GetJsonAsync("api/tables/gold/t/pointers"))["pointers"]!.AsArray();
    }

    [Fact]
    public async Task Who_let_the_lease_of_a_tables_files_run_out_does_not_get_it_back_by_its_token()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        var first = await server.Service.PostJsonAsync("api/tables/gold/t/hold", new { holder = "a", ttlSeconds = 60 });
        await server.Service.PostJsonAsync("api/tables/gold/t/hold", new { holder = "a", token = first["token"]!.GetValue<long>(), ttlSeconds = 0.001 });

        // Meanwhile a branch may have been made of a past state, which the holder does not know of.
        await Until.TrueAsync(async () => (await server.Service.GetJsonAsync("api/leases?prefix=collect/"))["leases"]!.AsArray().All(lease => lease!["expiresAt"]!.GetValue<DateTimeOffset>() < TimeProvider.System.GetUtcNow()), "its time is over");
        await server.Service.PostJsonAsync("api/tables/gold/t/hold", new { holder = "a", token = first["token"]!.GetValue<long>(), ttlSeconds = 60 }, HttpStatusCode.Conflict);
        await server.Service.PostJsonAsync("api/tables/gold/t/hold", new { holder = "a", ttlSeconds = 60 });
    }

    [Fact]
    public async Task A_protected_namespace_of_a_branch_that_is_gone_protects_nothing()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await server.User.SendAsync(HttpMethod.Put, "api/namespaces/gold/protection?branch=dev", HttpStatusCode.OK, """{"protected":true}""");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/tables", HttpStatusCode.OK, $$"""{"name":"t","schema":{{Schema}}}""");
        await server.Service.CreateTablesAsync("gold", "t");
        await server.User.PostJsonAsync("api/branches", new { name = "below", from = "dev" }, HttpStatusCode.Created);
        await server.User.SendAsync(HttpMethod.Delete, "api/branches/dev", HttpStatusCode.NoContent);
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/below/namespaces/gold/tables/t", HttpStatusCode.Forbidden);
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Files_of_tables_that_were_only_on_dropped_branches_go_after_the_retention_and_nothing_else_does()
    {
        var clock = new SetClock();
        await using var server = await StartAsync(clock);
        await server.Service.CreateTablesAsync("gold", "both");
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        var (own, merged, child, fixedTable) = (await CreateAsync(server, "dev", "own"), await CreateAsync(server, "dev", "merged"), "", await CreateAsync(server, "dev", "kept", """,{"gc.enabled":"false"}"""));
        var registered = await CreateAsync(server, "dev", "elsewhere", location: "theirs");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/tables/both", HttpStatusCode.OK, """{"requirements":[],"updates":[{"action":"set-properties","updates":{"a":"b"}}]}""");
        await server.User.PostJsonAsync("api/branches", new { name = "taker", from = "main" }, HttpStatusCode.Created);
        await server.User.PostJsonAsync("api/branches/taker/merge", new { from = "dev" });
        await server.User.PostJsonAsync("api/branches", new { name = "below", from = "dev" }, HttpStatusCode.Created);
        child = await CreateAsync(server, "below", "child");
        foreach (var table in new[] { "own", "kept", "elsewhere" })
        {
            await server.Service.SendAsync(HttpMethod.Delete, $"iceberg/v1/taker/namespaces/gold/tables/{table}", HttpStatusCode.NoContent);
        }

        await server.User.SendAsync(HttpMethod.Delete, "api/branches/dev", HttpStatusCode.NoContent);
        Assert.Empty(await PurgesAsync(server));
        await server.User.SendAsync(HttpMethod.Delete, "api/branches/taker", HttpStatusCode.NoContent);
        await server.User.PostJsonAsync("api/branches", new { name = "last", from = "below" }, HttpStatusCode.Created);
        await server.User.SendAsync(HttpMethod.Delete, "api/branches/below", HttpStatusCode.NoContent);

        // A branch that began on one of them shows all of it still.
        Assert.All(await PurgesAsync(server), purge => Assert.Equal(("branch", purge["name"]!.GetValue<string>() is "kept" or "elsewhere" ? "void" : "waiting"), (purge["reason"]!.GetValue<string>(), purge["state"]!.GetValue<string>())));
        clock.Offset = TimeSpan.FromDays(8);
        await PurgeAsync(server);
        Assert.NotNull(await server.Store.StatAsync(own));
        await server.User.SendAsync(HttpMethod.Delete, "api/branches/last", HttpStatusCode.NoContent);
        clock.Offset = TimeSpan.FromDays(14);
        await PurgeAsync(server);
        Assert.NotNull(await server.Store.StatAsync(own));
        clock.Offset = TimeSpan.FromDays(16);
        await PurgeAsync(server);
        foreach (var gone in new[] { own, merged, child })
        {
            Assert.Null(await server.Store.StatAsync(gone));
        }

        foreach (var kept in new[] { fixedTable, registered, await server.Service.MetadataLocationAsync("gold", "both") })
        {
            Assert.NotNull(await server.Store.StatAsync(kept));
        }
    }

    [Fact]
    public async Task A_table_that_came_back_from_a_dropped_branch_is_not_purged_with_it()
    {
        var clock = new SetClock();
        await using var server = await StartAsync(clock);
        await server.Service.CreateTablesAsync("gold", "t");
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        var file = await CreateAsync(server, "dev", "own");
        await server.User.SendAsync(HttpMethod.Delete, "api/branches/dev", HttpStatusCode.NoContent);
        Assert.Equal("waiting", Assert.Single(await PurgesAsync(server))["state"]!.GetValue<string>());
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/register", HttpStatusCode.OK, $$"""{"name":"back","metadata-location":"{{file}}"}""");
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/back", HttpStatusCode.NoContent);
        clock.Offset = TimeSpan.FromDays(30);
        await PurgeAsync(server);
        Assert.NotNull(await server.Store.StatAsync(file));
        Assert.Equal("void", Assert.Single(await PurgesAsync(server))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Many_sweepers_of_several_instances_sweep_everything_once()
    {
        const int Branches = 12;
        var clock = new SetClock();
        await using var first = await StartAsync(clock);
        await using var second = await CatalogServer.StartAsync(first.ConnectionString, first.Warehouse, folder: null, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await using var third = await CatalogServer.StartAsync(first.ConnectionString, first.Warehouse, folder: null, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        CatalogServer[] servers = [first, second, third];
        await first.Service.CreateTablesAsync("gold", "t");
        var files = new List<string>();
        for (var i = 0; i < Branches; i++)
        {
            await first.User.PostJsonAsync("api/branches", new { name = $"run/{i}", retentionSeconds = 3600 }, HttpStatusCode.Created);
            files.Add(await CreateAsync(first, $"run~2F{i}", "own"));
        }

        clock.Offset = TimeSpan.FromHours(2);
        var swept = await Task.WhenAll(servers.SelectMany(server => Enumerable.Range(0, 3).Select(_ => Task.Run(() => BranchSweeper.SweepAsync(
            server.Services.GetRequiredService<NpgsqlDataSource>(), TimeProvider.System.GetUtcNow() + clock.Offset, NullLogger.Instance, TestContext.Current.CancellationToken)))));
        Assert.True(swept.Sum(names => names.Count) <= Branches);
        Assert.Equal(["main"], (await first.User.GetJsonAsync("api/branches"))["branches"]!.AsArray().Select(branch => branch!["name"]!.GetValue<string>()));

        clock.Offset = TimeSpan.FromDays(8);
        await Task.WhenAll(servers.SelectMany(server => Enumerable.Range(0, 3).Select(_ => Task.Run(() => PurgeAsync(server)))));
        await PurgeAsync(first);
        var purges = await PurgesAsync(first);
        Assert.Equal((Branches, Branches), (purges.Count, purges.Select(purge => purge["tableId"]!.GetValue<string>()).Distinct().Count()));
        Assert.All(purges, purge => Assert.Equal(("done", 1L), (purge["state"]!.GetValue<string>(), purge["files"]!.GetValue<long>())));
        foreach (var file in files)
        {
            Assert.Null(await first.Store.StatAsync(file));
        }

        Assert.NotNull(await first.Store.StatAsync(await first.Service.MetadataLocationAsync("gold", "t")));
    }

    Task<CatalogServer> StartAsync(SetClock clock) => CatalogServer.StartAsync(postgres, builder => builder.Services.AddSingleton<TimeProvider>(clock));

    static async Task PurgeAsync(CatalogServer server)
    {
        var purger = server.Services.GetRequiredService<Purger>();
        await purger.FindLeftAsync(TestContext.Current.CancellationToken);
        await purger.RunAsync(TestContext.Current.CancellationToken);
    }

    static async Task<List<JsonNode>> PurgesAsync(CatalogServer server) => [.. (await server.User.GetJsonAsync("api/purges"))["purges"]!.AsArray().Select(purge => purge!)];

    static async Task<string> CreateAsync(CatalogServer server, string prefix, string name, string properties = "", string? location = null)
    {
        var more = (properties.Length == 0 ? "" : $",\"properties\":{properties[1..]}") + (location is null ? "" : $",\"location\":\"{server.Warehouse}/{location}\"");
        var made = await server.Service.SendAsync(HttpMethod.Post, $"iceberg/v1/{prefix}/namespaces/gold/tables", HttpStatusCode.OK, $$"""{"name":"{{name}}","schema":{{Schema}}{{more}}}""");
        return made!["metadata-location"]!.GetValue<string>();
    }
}
