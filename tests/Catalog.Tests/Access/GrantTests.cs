using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Who may do what: given, inherited, limited to branches, taken away; over HTTP as clients see it.</summary>
public sealed class GrantTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string Snapshotless = """{"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}""";

    [Fact]
    public async Task Without_a_grant_there_is_nothing_and_with_one_there_is_what_it_says()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a", "b");
        await server.Service.CreateTablesAsync("silver", "c");
        var (name, _, client) = await server.CreateServiceAsync();
        Assert.Empty((await client.GetJsonAsync("iceberg/v1/namespaces"))["namespaces"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("iceberg/v1/namespaces/gold/tables/a"));

        var grant = await server.GrantAsync(name, "select", "gold", "a");
        Assert.Equal("""[["gold"]]""", (await client.GetJsonAsync("iceberg/v1/namespaces"))["namespaces"]!.ToJsonString());
        Assert.Equal(["a"], Names(await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables")));
        Assert.Equal(["a"], (await client.GetJsonAsync("api/tables"))["tables"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()));
        await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables/a");
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("iceberg/v1/namespaces/gold/tables/b"));
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("iceberg/v1/namespaces/silver/tables"));
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/a", HttpStatusCode.Forbidden, Snapshotless);
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/b", HttpStatusCode.NotFound, Snapshotless);
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/a", HttpStatusCode.Forbidden);

        await server.User.SendAsync(HttpMethod.Delete, $"api/grants/{grant}", HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("iceberg/v1/namespaces/gold/tables/a"));
    }

    [Fact]
    public async Task What_is_granted_on_a_namespace_holds_within_through_groups_and_roles_and_follows_a_renamed_table()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        var (name, _, client) = await server.CreateServiceAsync();
        var group = await server.CreatePrincipalAsync("group");
        var role = await server.CreatePrincipalAsync("role");
        await server.User.SendAsync(HttpMethod.Put, $"api/groups/{group}/members/{name}", HttpStatusCode.NoContent);
        await server.User.SendAsync(HttpMethod.Put, $"api/roles/{role}/members/{group}", HttpStatusCode.NoContent);
        await server.GrantAsync(role, "modify", "gold");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/a", HttpStatusCode.OK, Snapshotless);
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", HttpStatusCode.Forbidden, $$"""{"name":"n","schema":{{Schema}}}""");
        var me = await client.GetJsonAsync("api/access/me");
        Assert.Equal(new[] { group, role }.Order(StringComparer.Ordinal), me["groups"]!.AsArray().Select(g => g!.GetValue<string>()));

        await server.User.SendAsync(HttpMethod.Delete, $"api/groups/{group}/members/{name}", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/a", HttpStatusCode.NotFound, Snapshotless);
        await server.GrantAsync(name, "select", "gold", "a");
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.NoContent, """{"source":{"namespace":["gold"],"name":"a"},"destination":{"namespace":["gold"],"name":"z"}}""");
        await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables/z");
    }

    [Fact]
    public async Task Whoever_creates_may_manage_and_stands_as_author()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "theirs");
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "create", "gold");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", HttpStatusCode.OK, $$"""{"name":"mine","schema":{{Schema}}}""");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/mine", HttpStatusCode.OK, Snapshotless);
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/theirs", HttpStatusCode.Forbidden);
        var commits = (await client.GetJsonAsync("api/commits"))["commits"]!.AsArray();
        Assert.Contains(commits, c => c!["author"]!.GetValue<string>() == name);
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/mine", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_grant_on_branches_holds_there_and_nowhere_else()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        var run = "run/" + Guid.NewGuid().ToString("N");
        var dev = "dev-" + Guid.NewGuid().ToString("N");
        foreach (var branch in (string[])[run, dev])
        {
            await server.User.PostJsonAsync("api/branches", new { name = branch }, HttpStatusCode.Created);
        }

        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "modify", "gold", branch: "run/*");
        var prefix = (await client.GetJsonAsync($"iceberg/v1/config?warehouse={Uri.EscapeDataString(run)}"))["overrides"]!["prefix"]!.GetValue<string>();
        await client.SendAsync(HttpMethod.Post, $"iceberg/v1/{prefix}/namespaces/gold/tables/a", HttpStatusCode.OK, Snapshotless);
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/a", HttpStatusCode.NotFound, Snapshotless);
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"iceberg/v1/config?warehouse={dev}"));
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"iceberg/v1/{dev}/namespaces"));
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"api/branches/{dev}"));
        var seen = (await client.GetJsonAsync("api/branches"))["branches"]!.AsArray().Select(b => b!["name"]!.GetValue<string>()).ToList();
        Assert.Contains(run, seen);
        Assert.DoesNotContain(dev, seen);
    }

    [Fact]
    public async Task A_branch_shows_what_its_start_shows_so_only_who_reads_all_of_that_makes_one()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        var (name, _, client) = await server.CreateServiceAsync();
        var own = "own-" + Guid.NewGuid().ToString("N");
        await server.GrantAsync(name, "manage", branch: own + "*");
        await server.GrantAsync(name, "select", "gold");
        await client.SendAsync(HttpMethod.Post, "api/branches", HttpStatusCode.Forbidden, $$"""{"name":"{{own}}"}""");
        await server.GrantAsync(name, "select", branch: "main");
        await client.SendAsync(HttpMethod.Post, "api/branches", HttpStatusCode.Created, $$"""{"name":"{{own}}"}""");
        await client.SendAsync(HttpMethod.Post, "api/branches", HttpStatusCode.Forbidden, """{"name":"others"}""");
        await client.SendAsync(HttpMethod.Delete, $"api/branches/{own}", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_protected_branch_accepts_no_commit_from_anybody()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        var branch = "safe-" + Guid.NewGuid().ToString("N");
        await server.User.PostJsonAsync("api/branches", new { name = branch, @protected = true }, HttpStatusCode.Created);
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "modify");
        foreach (var caller in (HttpClient[])[client, server.User, server.Service])
        {
            using var response = await caller.PostAsync($"iceberg/v1/{branch}/namespaces/gold/tables/a", new StringContent(Snapshotless, System.Text.Encoding.UTF8, "application/json"));
            Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.Forbidden, HttpStatusCode.Conflict]);
        }

        Assert.Null((await server.User.GetJsonAsync($"iceberg/v1/{branch}/namespaces/gold/tables/a"))["metadata"]!["properties"]!["k"]);
    }

    [Fact]
    public async Task Nobody_gives_what_it_does_not_hold()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        await server.Service.CreateTablesAsync("silver", "s");
        var (name, _, client) = await server.CreateServiceAsync();
        var friend = await server.CreatePrincipalAsync("user");
        await server.GrantAsync(name, "select", "gold");
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Forbidden, Grant(friend, "select", "gold"));
        await server.GrantAsync(name, "grant", "gold", branch: "main");
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Forbidden, Grant(friend, "modify", "gold", "main"));
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Forbidden, Grant(friend, "select", "silver", "main"));
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Forbidden, Grant(friend, "select", null, "main"));
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Forbidden, Grant(friend, "select", "gold"));
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Forbidden, Grant(name, "manage", "gold", "main"));
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Created, Grant(friend, "select", "gold", "main"));
        await client.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.Conflict, Grant(friend, "select", "gold", "main"));

        // Nor does anybody but an administrator make principals, or let one into a role.
        await client.SendAsync(HttpMethod.Post, "api/principals", HttpStatusCode.Forbidden, """{"kind":"user","name":"x"}""");
        await client.SendAsync(HttpMethod.Put, $"api/roles/administrators/members/{name}", HttpStatusCode.Forbidden);
        await client.SendAsync(HttpMethod.Post, "api/api-keys", HttpStatusCode.Forbidden, $$"""{"principal":"{{friend}}","name":"x"}""");
    }

    [Fact]
    public async Task An_administrator_may_do_everything_until_it_is_none()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        var (name, _, client) = await server.CreateServiceAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync("api/audit"));
        await server.User.SendAsync(HttpMethod.Put, $"api/roles/administrators/members/{name}", HttpStatusCode.NoContent);
        await client.GetJsonAsync("api/audit");
        await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables/a");
        await server.User.SendAsync(HttpMethod.Delete, $"api/roles/administrators/members/{name}", HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync("api/audit"));
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("iceberg/v1/namespaces/gold/tables/a"));
    }

    [Fact]
    public async Task Groups_cannot_hold_themselves_even_when_both_halves_come_at_once()
    {
        var server = await catalog.EmptyAsync();
        var groups = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            groups.Add(await server.CreatePrincipalAsync("group"));
        }

        var edges = groups.SelectMany(a => groups.Select(b => (a, b))).ToList();
        await Task.WhenAll(edges.Select(async edge =>
        {
            using var response = await server.User.PutAsync($"api/groups/{edge.a}/members/{edge.b}", content: null);
            Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.NoContent, HttpStatusCode.BadRequest]);
        }));
        var members = (await server.User.GetJsonAsync("api/groups?limit=1000"))["principals"]!.AsArray()
            .ToDictionary(p => p!["name"]!.GetValue<string>(), p => p!["members"]!.AsArray().Select(m => m!.GetValue<string>()).ToList());

        bool Reaches(string from, string to) => members[from].Exists(m => m == to || Reaches(m, to));
        Assert.All(groups, g => Assert.False(Reaches(g, g)));
        Assert.Equal(15, groups.Sum(g => members[g].Count));
    }

    [Fact]
    public async Task A_grant_taken_away_on_one_instance_is_gone_on_the_other_within_a_second()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        await using var second = await CatalogServer.StartAsync(server.ConnectionString, server.Warehouse);
        var (name, key, _) = await server.CreateServiceAsync();
        var grant = await server.GrantAsync(name, "select", "gold");
        var client = second.As(key);
        await Until.TrueAsync(async () => await client.StatusAsync("iceberg/v1/namespaces/gold/tables/a") == HttpStatusCode.OK, "the grant holds");
        await server.User.SendAsync(HttpMethod.Delete, $"api/grants/{grant}", HttpStatusCode.NoContent);
        var since = TimeProvider.System.GetTimestamp();
        await Until.TrueAsync(async () => await client.StatusAsync("iceberg/v1/namespaces/gold/tables/a") == HttpStatusCode.NotFound, "the grant is gone");
        Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(3), "within about a second");
    }

    [Fact]
    public async Task Names_of_the_deleted_are_never_given_again()
    {
        var server = await catalog.EmptyAsync();
        var (name, _, client) = await server.CreateServiceAsync();
        await server.User.SendAsync(HttpMethod.Delete, $"api/principals/{name}", HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("api/access/me"));
        await server.User.SendAsync(HttpMethod.Post, "api/principals", HttpStatusCode.Conflict, $$"""{"kind":"service","name":"{{name}}"}""");
        await server.User.SendAsync(HttpMethod.Post, "api/grants", HttpStatusCode.NotFound, Grant(name, "select", "gold"));
    }

    [Theory]
    [InlineData("""{"kind":"user","name":"Alice"}""")]
    [InlineData("""{"kind":"user","name":"service"}""")]
    [InlineData("""{"kind":"user","name":"user"}""")]
    [InlineData("""{"kind":"user","name":"a/b"}""")]
    [InlineData("""{"kind":"user","name":"x'; DROP TABLE grants; --"}""")]
    [InlineData("""{"kind":"user","name":"a\u0000"}""")]
    [InlineData("""{"kind":"god","name":"x"}""")]
    [InlineData("""{"kind":"service","name":"with-password","password":"long enough it is"}""")]
    [InlineData("""{"kind":"user","name":"weak","password":"short"}""")]
    public async Task What_no_principal_may_be_is_refused(string body)
    {
        var server = await catalog.EmptyAsync();
        await server.User.SendAsync(HttpMethod.Post, "api/principals", HttpStatusCode.BadRequest, body);
    }

    static string Grant(string principal, string privilege, string? ns, string? branch = null) =>
        System.Text.Json.JsonSerializer.Serialize(new { principal, privilege, @namespace = ns, branch });

    static IEnumerable<string> Names(System.Text.Json.Nodes.JsonNode list) => list["identifiers"]!.AsArray().Select(i => i!["name"]!.GetValue<string>());
}
