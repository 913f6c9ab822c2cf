using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Sources;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Sources;

/// <summary>Cursors and items commit with the tables, or keep them from committing.</summary>
public sealed class PositionTests(SharedCatalog catalog, PostgresServer postgres) : IClassFixture<SharedCatalog>
{
    const string Commit = "iceberg/v1/transactions/commit";

    [Fact]
    public async Task Cursors_move_from_where_they_are_expected_to_be()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("bronze", "t");
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, With("""{"cursors":[{"scope":"kafka/t/0","expected":null,"next":"10"}]}""", "1"));
        var refused = await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.Conflict, With("""{"cursors":[{"scope":"kafka/t/0","expected":null,"next":"20"}]}""", "2"));
        Assert.Equal("PositionConflictException", refused!["error"]!["type"]!.GetValue<string>());
        Assert.Equal(("cursor", "kafka/t/0", "10"), (refused["conflict"]!["kind"]!.GetValue<string>(), refused["conflict"]!["scope"]!.GetValue<string>(), refused["conflict"]!["stored"]!.GetValue<string>()));
        Assert.Equal("1", await server.Service.PropertyAsync("bronze", "t", "k"));

        await server.Service.SendAsync(
            HttpMethod.Post, Commit, HttpStatusCode.NoContent, """{"table-changes":[],"lakeaspire":{"cursors":[{"scope":"kafka/t/0","expected":"10","next":"20"},{"scope":"kafka/u/0","next":"5"}]}}""");
        var positions = (await server.Service.GetJsonAsync("api/positions?scope=kafka"))["cursors"]!.AsArray();
        Assert.Equal([("kafka/t/0", "20"), ("kafka/u/0", "5")], positions.Select(p => (p!["scope"]!.GetValue<string>(), p["value"]!.GetValue<string>())));
        Assert.Empty((await server.Service.GetJsonAsync("api/positions?scope=kaf"))["cursors"]!.AsArray());
    }

    [Fact]
    public async Task An_item_is_taken_in_once()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("bronze", "t");
        const string items = """{"items":[{"scope":"landing/w","key":"a","fingerprint":"f1"},{"scope":"landing/w","key":"b","fingerprint":"f2"}]}""";
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, With(items, "1"));
        var refused = await server.Service.SendAsync(
            HttpMethod.Post, Commit, HttpStatusCode.Conflict, With("""{"items":[{"scope":"landing/w","key":"b","fingerprint":"other"},{"scope":"landing/w","key":"c","fingerprint":"f3"}]}""", "2"));
        var key = Assert.Single(refused!["conflict"]!["keys"]!.AsArray())!;
        Assert.Equal(("items", "b", "f2"), (refused["conflict"]!["kind"]!.GetValue<string>(), key["key"]!.GetValue<string>(), key["fingerprint"]!.GetValue<string>()));
        Assert.Equal("1", await server.Service.PropertyAsync("bronze", "t", "k"));

        var found = (await server.User.PostJsonAsync("api/items/lookup", new { scope = "landing/w", keys = new[] { "a", "b", "c" } }))["items"]!.AsArray();
        Assert.Equal(["a", "b"], found.Select(f => f!["key"]!.GetValue<string>()).Order());
        var commit = (await server.User.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!;
        Assert.All(found, f => Assert.Equal(commit["id"]!.GetValue<long>(), f!["commitId"]!.GetValue<long>()));
    }

    [Fact]
    public async Task An_item_is_forgotten_after_its_retention()
    {
        var clock = new SetClock();
        await using var server = await CatalogServer.StartAsync(postgres, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        const string body = """{"table-changes":[],"lakeaspire":{"items":[{"scope":"s","key":"a","fingerprint":"f","retention-seconds":60},{"scope":"s","key":"kept","fingerprint":"f"}]}}""";
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, body);
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.Conflict, body);
        clock.Offset = TimeSpan.FromSeconds(61);
        Assert.Single((await server.Service.PostJsonAsync("api/items/lookup", new { scope = "s", keys = new[] { "a", "kept" } }))["items"]!.AsArray());
        await server.Service.SendAsync(
            HttpMethod.Post, Commit, HttpStatusCode.NoContent, """{"table-changes":[],"lakeaspire":{"items":[{"scope":"s","key":"a","fingerprint":"anew","retention-seconds":60}]}}""");

        var database = server.Services.GetRequiredService<NpgsqlDataSource>();
        Assert.Equal(0, await ItemSweeper.SweepAsync(database, clock.GetUtcNow(), NullLogger.Instance, TestContext.Current.CancellationToken));
        clock.Offset = TimeSpan.FromSeconds(130);
        Assert.Equal(1, await ItemSweeper.SweepAsync(database, clock.GetUtcNow(), NullLogger.Instance, TestContext.Current.CancellationToken));
        Assert.Single((await server.Service.PostJsonAsync("api/items/lookup", new { scope = "s", keys = new[] { "a", "kept" } }))["items"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"cursors":[{"scope":"","next":"1"}]}""")]
    [InlineData("""{"cursors":[{"scope":"a"}]}""")]
    [InlineData("""{"cursors":[{"scope":"a","next":"1"},{"scope":"a","next":"2"}]}""")]
    [InlineData("""{"items":[{"scope":"a","key":"k","fingerprint":"f"},{"scope":"a","key":"k","fingerprint":"g"}]}""")]
    [InlineData("""{"items":[{"scope":"a","key":"k","fingerprint":"f","retention-seconds":0}]}""")]
    [InlineData("""{"items":[{"scope":"a","key":"k\u0000","fingerprint":"f"}]}""")]
    public async Task Positions_that_make_no_sense_are_refused(string lakeaspire)
    {
        var server = await catalog.EmptyAsync();
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.BadRequest, $$"""{"table-changes":[],"lakeaspire":{{lakeaspire}}}""");
    }

    static string With(string lakeaspire, string value) => Transaction("bronze", ["t"], "k", value, lakeaspire);

    sealed class SetClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
