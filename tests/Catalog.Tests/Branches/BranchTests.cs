using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using Npgsql;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Branches;

/// <summary>Branches and tags show the lake as it was where they start, and what was committed on them since.</summary>
public sealed class BranchTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task A_branch_starts_as_its_parent_was_and_goes_its_own_way()
    {
        var client = (await catalog.EmptyAsync()).Service;
        await client.CreateTablesAsync("gold", "kept", "changed", "dropped", "renamed");
        await client.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);

        await CommitAsync(client, "dev", "changed", "where", "dev");
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold/tables/dropped", HttpStatusCode.NoContent);
        await RenameAsync(client, "dev", "renamed", "other");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/tables", HttpStatusCode.OK, $$"""{"name":"created","schema":{{Schema}}}""");
        await CommitAsync(client, "main", "kept", "where", "main");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", HttpStatusCode.OK, $$"""{"name":"late","schema":{{Schema}}}""");

        Assert.Equal(["changed", "created", "kept", "other"], await TablesAsync(client, "dev"));
        Assert.Equal(["changed", "dropped", "kept", "late", "renamed"], await TablesAsync(client, "main"));
        Assert.Equal(("dev", null), (await PropertyAsync(client, "dev", "changed", "where"), await PropertyAsync(client, "main", "changed", "where")));
        Assert.Equal((null, "main"), (await PropertyAsync(client, "dev", "kept", "where"), await PropertyAsync(client, "main", "kept", "where")));
        await client.SendAsync(HttpMethod.Get, "iceberg/v1/dev/namespaces/gold/tables/renamed", HttpStatusCode.NotFound);
        await client.SendAsync(HttpMethod.Get, "iceberg/v1/dev/namespaces/gold/tables/late", HttpStatusCode.NotFound);
        Assert.Equal(["changed", "created", "kept", "other"], (await client.GetJsonAsync("api/tables?branch=dev"))["tables"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_branch_that_waited_for_a_commit_starts_at_it_and_says_so()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await using var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var commit = new NpgsqlCommand(
            """
            WITH made AS (INSERT INTO commits (branch_id, parent_id, at, author, message, kind) SELECT id, head_commit_id, '2026-11-21Z', 'ann', 'change', 'change' FROM branches WHERE name = 'main' RETURNING id)
            UPDATE branches SET head_commit_id = made.id FROM made WHERE name = 'main' RETURNING made.id
            """,
            connection);
        var head = (long)(await commit.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        var creating = server.Service.PostJsonAsync("api/branches", new { name = "waits" }, HttpStatusCode.Created);
        await using (var waiting = database.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))
        {
            await Until.TrueAsync(async () => (long)(await waiting.ExecuteScalarAsync())! > 0, "it waits for the commit");
        }

        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        var made = await creating;
        Assert.Equal((head, head), (made["parentCommit"]!.GetValue<long>(), made["head"]!.GetValue<long>()));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero), made["headAt"]!.GetValue<DateTimeOffset>());
    }

    [Fact]
    public async Task A_branch_of_a_branch_sees_both()
    {
        var client = (await catalog.EmptyAsync()).Service;
        await client.CreateTablesAsync("gold", "a", "b");
        await client.PostJsonAsync("api/branches", new { name = "one" }, HttpStatusCode.Created);

        // A branch that starts at one without commits of its own starts at that one's parent.
        Assert.Equal("main", (await client.PostJsonAsync("api/branches", new { name = "same", from = "one" }, HttpStatusCode.Created))["parent"]!.GetValue<string>());
        await CommitAsync(client, "one", "a", "k", "one");
        Assert.Equal("one", (await client.PostJsonAsync("api/branches", new { name = "two/deep", from = "one" }, HttpStatusCode.Created))["parent"]!.GetValue<string>());
        await CommitAsync(client, "one", "b", "k", "one");
        await RenameAsync(client, "two~2Fdeep", "b", "c");
        await client.SendAsync(HttpMethod.Delete, "api/branches/one", HttpStatusCode.NoContent);

        Assert.Equal(["a", "c"], await TablesAsync(client, "two~2Fdeep"));
        Assert.Equal("one", await PropertyAsync(client, "two~2Fdeep", "a", "k"));
        Assert.Null(await PropertyAsync(client, "two~2Fdeep", "c", "k"));
        Assert.Null(await PropertyAsync(client, "same", "a", "k"));
        await client.SendAsync(HttpMethod.Get, "iceberg/v1/one/namespaces", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_lake_is_read_as_of_a_commit_a_time_and_a_tag_and_not_written_there()
    {
        var client = (await catalog.EmptyAsync()).Service;
        await client.CreateTablesAsync("gold", "t");
        await CommitAsync(client, "main", "t", "k", "1");
        var first = (await client.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!;
        await client.PostJsonAsync("api/branches", new { name = "v1", kind = "tag" }, HttpStatusCode.Created);
        await CommitAsync(client, "main", "t", "k", "2");
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.NoContent);

        var at = first["at"]!.GetValue<string>();
        foreach (var warehouse in new[] { $"@{first["id"]}", $"main@{first["id"]}", $"@{at}", "v1" })
        {
            var prefix = (await client.GetJsonAsync($"iceberg/v1/config?warehouse={Uri.EscapeDataString(warehouse)}"))["overrides"]!["prefix"]!.GetValue<string>();
            Assert.Matches("^[A-Za-z0-9._~-]+$", prefix);
            Assert.Equal("1", await PropertyAsync(client, prefix, "t", "k"));
            var refused = await client.SendAsync(HttpMethod.Delete, $"iceberg/v1/{prefix}/namespaces/gold/tables/t", HttpStatusCode.BadRequest);
            Assert.Contains("branches only", refused!["error"]!["message"]!.GetValue<string>());
        }

        Assert.Single((await client.GetJsonAsync($"api/tables?asOf={first["id"]}"))["tables"]!.AsArray());
        Assert.Empty((await client.GetJsonAsync("api/tables"))["tables"]!.AsArray());
        await client.SendAsync(HttpMethod.Get, "iceberg/v1/config?warehouse=%40999999", HttpStatusCode.NotFound);
        await client.SendAsync(HttpMethod.Get, "iceberg/v1/config?warehouse=nowhere", HttpStatusCode.NotFound);
        await client.SendAsync(HttpMethod.Get, "api/tables?asOf=2001-01-01T00:00:00Z", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_protected_branch_refuses_commits_and_is_not_dropped()
    {
        var client = (await catalog.EmptyAsync()).Service;
        await client.CreateTablesAsync("gold", "t");
        await client.PostJsonAsync("api/branches", new { name = "release", @protected = true }, HttpStatusCode.Created);
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/release/transactions/commit", HttpStatusCode.Forbidden, Transaction("gold", ["t"], "k", "x"));
        await client.SendAsync(HttpMethod.Delete, "api/branches/release", HttpStatusCode.Conflict);

        // Table upkeep goes on: it leaves every row as it is. That is believed of services only.
        const string kept = """{"table-changes":[{"identifier":{"namespace":["gold"],"name":"t"},"requirements":[],"updates":[{"action":"remove-snapshots","snapshot-ids":[7]}]}]}""";
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/release/transactions/commit", HttpStatusCode.NoContent, kept);
        await client.SendAsync(HttpMethod.Patch, "api/branches/release", HttpStatusCode.OK, """{"protected":false}""");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/release/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "x"));
        await client.SendAsync(HttpMethod.Delete, "api/branches/release?expectedHead=1", HttpStatusCode.Conflict);
        await client.SendAsync(HttpMethod.Delete, "api/branches/release", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Delete, "api/branches/main", HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("..")]
    [InlineData("namespaces")]
    [InlineData("a@b")]
    public async Task Names_that_mean_something_else_are_refused(string name)
    {
        var server = await catalog.EmptyAsync();
        await server.Service.PostJsonAsync("api/branches", new { name }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Branches_are_listed_and_named_once()
    {
        var client = (await catalog.EmptyAsync()).Service;
        await client.CreateTablesAsync("gold", "t");
        foreach (var name in new[] { "run/1", "run/2", "dev" })
        {
            await client.PostJsonAsync("api/branches", new { name }, HttpStatusCode.Created);
        }

        await client.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Conflict);
        await client.PostJsonAsync("api/branches", new { name = "dev", kind = "tag" }, HttpStatusCode.Conflict);
        Assert.Equal(["dev", "main", "run/1", "run/2"], await NamesAsync(client, "api/branches"));
        Assert.Equal(["run/1", "run/2"], await NamesAsync(client, "api/branches?prefix=run/"));
        var page = await client.GetJsonAsync("api/branches?pageToken=&pageSize=3");
        Assert.Equal(3, page["branches"]!.AsArray().Count);
        Assert.Equal(["run/2"], await NamesAsync(client, $"api/branches?pageSize=3&pageToken={page["nextPageToken"]!.GetValue<string>()}"));
        Assert.Equal("run/1", (await client.GetJsonAsync("api/branches/run%2F1"))["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Positions_of_a_branch_are_its_own()
    {
        var client = (await catalog.EmptyAsync()).Service;
        await PositionAsync(client, "main", """{"cursors":[{"scope":"k","next":"1"}],"items":[{"scope":"s","key":"a","fingerprint":"f"}]}""");
        await client.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await PositionAsync(client, "main", """{"cursors":[{"scope":"k","expected":"1","next":"2"}],"items":[{"scope":"s","key":"b","fingerprint":"f"}]}""");

        await PositionAsync(client, "dev", """{"cursors":[{"scope":"k","expected":"1","next":"9"}],"items":[{"scope":"s","key":"b","fingerprint":"f"}]}""");
        var refused = await client.SendAsync(
            HttpMethod.Post, "iceberg/v1/dev/transactions/commit", HttpStatusCode.Conflict, """{"table-changes":[],"lakeaspire":{"items":[{"scope":"s","key":"a","fingerprint":"f"}]}}""");
        Assert.Equal("items", refused!["conflict"]!["kind"]!.GetValue<string>());
        Assert.Equal("2", (await client.GetJsonAsync("api/positions?scope=k"))["cursors"]![0]!["value"]!.GetValue<string>());
        Assert.Equal("9", (await client.GetJsonAsync("api/positions?scope=k&branch=dev"))["cursors"]![0]!["value"]!.GetValue<string>());
    }

    [Fact]
    public async Task Namespaces_are_as_old_as_the_branch_that_shows_them()
    {
        var client = (await catalog.EmptyAsync()).Service;
        await client.CreateTablesAsync("gold", "t");
        await client.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces", HttpStatusCode.OK, """{"namespace":["sandbox"]}""");
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold", HttpStatusCode.NoContent);

        Assert.Equal("gold,sandbox", await NamespacesAsync(client, "dev"));
        Assert.Equal("", await NamespacesAsync(client, "main"));
        Assert.Equal(["t"], await TablesAsync(client, "dev"));
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold", HttpStatusCode.Conflict);
    }

    static async Task<string> NamespacesAsync(HttpClient client, string prefix) =>
        string.Join(',', (await client.GetJsonAsync($"iceberg/v1/{prefix}/namespaces"))["namespaces"]!.AsArray().Select(n => n![0]!.GetValue<string>()));

    static async Task<string[]> NamesAsync(HttpClient client, string path) => (await client.GetJsonAsync(path))["branches"]!.AsArray().Select(b => b!["name"]!.GetValue<string>()).ToArray();

    static Task<JsonNode?> PositionAsync(HttpClient client, string prefix, string lakeaspire) =>
        client.SendAsync(HttpMethod.Post, $"iceberg/v1/{prefix}/transactions/commit", HttpStatusCode.NoContent, $$$"""{"table-changes":[],"lakeaspire":{{{lakeaspire}}}}""");

    static Task<JsonNode?> CommitAsync(HttpClient client, string prefix, string table, string key, string value) =>
        client.SendAsync(HttpMethod.Post, $"iceberg/v1/{prefix}/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", [table], key, value));

    static Task<JsonNode?> RenameAsync(HttpClient client, string prefix, string from, string to) => client.SendAsync(
        HttpMethod.Post, $"iceberg/v1/{prefix}/tables/rename", HttpStatusCode.NoContent, $$$"""{"source":{"namespace":["gold"],"name":"{{{from}}}"},"destination":{"namespace":["gold"],"name":"{{{to}}}"}}""");

    static async Task<string?> PropertyAsync(HttpClient client, string prefix, string table, string key) =>
        (await client.GetJsonAsync($"iceberg/v1/{prefix}/namespaces/gold/tables/{table}"))["metadata"]!["properties"]![key]?.GetValue<string>();

    static async Task<string[]> TablesAsync(HttpClient client, string prefix) =>
        (await client.GetJsonAsync($"iceberg/v1/{prefix}/namespaces/gold/tables"))["identifiers"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ToArray();
}
