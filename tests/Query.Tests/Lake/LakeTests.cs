using System.Globalization;
using System.Net.Http.Headers;
using LakeAspire.Testing.Postgres;

namespace LakeAspire.Query.Api.Tests.Lake;

/// <summary>Queries over the catalog that decides.</summary>
public sealed class LakeTests(PostgresServer postgres)
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Branches_tags_commits_and_times_are_read_each_as_one_state()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        var first = await lake.AppendAsync("gold.t", "SELECT 1 AS v");
        await lake.AppendAsync("gold.u", "SELECT 10 AS v");
        await lake.PostAsync("api/branches", new { name = "dev" });
        await lake.PostAsync("api/branches", new { name = "v1", kind = "tag" });
        var between = TimeProvider.System.GetUtcNow();
        await lake.AppendAsync("gold.t", "SELECT 2 AS v");
        var onDev = await lake.AppendAsync("gold.t", "SELECT 3 AS v", "dev");
        await lake.AppendAsync("gold.only", "SELECT 7 AS v", "dev");
        Assert.Equal(["3"], await lake.RowsAsync("user", "SELECT sum(v) FROM gold.t"));
        Assert.Equal(["4"], await lake.RowsAsync("user", "SELECT sum(v) FROM gold.t", "?branch=dev"));
        Assert.Equal(["1"], await lake.RowsAsync("user", "SELECT sum(v) FROM gold.t AT (TAG => 'v1')"));
        Assert.Equal(["1"], await lake.RowsAsync("user", $"SELECT sum(v) FROM gold.t AT (VERSION => {first})"));
        Assert.Equal(["1"], await lake.RowsAsync("user", "SELECT sum(v) FROM gold.t", $"?asOf={first}"));
        Assert.Equal(["4"], await lake.RowsAsync("user", "SELECT sum(v) FROM gold.t", $"?branch=dev&asOf={onDev}"));
        Assert.Equal(["1"], await lake.RowsAsync("user", $"SELECT sum(v) FROM gold.t AT (TIMESTAMP => '{between:O}')"));
        Assert.Equal(["1"], await lake.RowsAsync("user", "SELECT sum(v) FROM gold.t", $"?asOf={Uri.EscapeDataString(between.ToString("O", CultureInfo.InvariantCulture))}"));
        Assert.Equal(["3|4|10"], await lake.RowsAsync("user", "SELECT (SELECT sum(v) FROM gold.t), (SELECT sum(v) FROM gold.T AT (BRANCH => 'dev')), v FROM gold.u AT (BRANCH => 'dev')"));
        Assert.Equal("NoSuchTableException", (await lake.SqlAsync("user", "FROM gold.only", status: 404)).GetProperty("type").GetString());
        Assert.Equal(["7"], await lake.RowsAsync("user", "FROM gold.only", "?branch=dev"));
        Assert.Equal("NoSuchBranchException", (await lake.SqlAsync("user", "FROM gold.t", "?branch=nowhere", 404)).GetProperty("type").GetString());
        var plan = await lake.SqlAsync("user", "FROM gold.t", "?branch=dev&explain=true");
        Assert.Equal((onDev + 1, "dev"), (plan.GetProperty("commit").GetInt64(), plan.GetProperty("branch").GetString()));
        Assert.Equal((2, 2), (plan.GetProperty("tables")[0].GetProperty("files").GetProperty("kept").GetInt32(), plan.GetProperty("tables")[0].GetProperty("files").GetProperty("all").GetInt32()));
        var version = plan.GetProperty("tables")[0].GetProperty("version").GetInt64();
        Assert.Equal(["4"], await lake.RowsAsync("user", $"SELECT sum(v) FROM gold.t AT (VERSION => {version})", "?branch=dev"));
        Assert.Equal(["4"], await lake.RowsAsync("user", $"SELECT sum(v) FROM gold.t AT (SNAPSHOT => {version})", "?branch=dev"));
        await lake.SqlAsync("user", $"SELECT sum(v) FROM gold.t AT (SNAPSHOT => {first})", status: 400);
    }

    [Fact]
    public async Task Tables_that_are_committed_together_are_seen_together_through_views_too()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        await lake.AppendAsync([("gold.a", "SELECT 1 AS v"), ("gold.b", "SELECT 1 AS v")]);
        await lake.ViewAsync("gold", "seen", "SELECT v FROM b", "main", ("v", "int"));
        using var done = new CancellationTokenSource();
        var writing = Task.Run(
            async () =>
            {
                var commits = 1;
                for (; !done.IsCancellationRequested; commits++)
                {
                    await lake.AppendAsync([("gold.a", "SELECT 1 AS v"), ("gold.b", "SELECT 1 AS v")]);
                }

                return commits;
            },
            Token);
        var seen = new HashSet<string>();
        for (var i = 0; i < 12; i++)
        {
            var row = Assert.Single(await lake.RowsAsync("user", "SELECT (SELECT count(*) FROM gold.a), (SELECT count(*) FROM gold.b), (SELECT count(*) FROM gold.seen), (SELECT count(*) FROM gold.a AT (BRANCH => 'main'))"));
            Assert.Single(row.Split('|').Distinct());
            seen.Add(row);
        }

        await done.CancelAsync();
        var commits = await writing;
        Assert.True(commits > 1 && seen.Count > 1, $"{commits} commits, {seen.Count} states seen");
    }

    [Fact]
    public async Task Only_services_ask_the_catalog_in_the_name_of_others()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        var key = await lake.PrincipalAsync("bob");
        foreach (var caller in new[] { LakeAspire.Testing.Catalog.CatalogServer.UserKey, key })
        {
            using var client = lake.Catalog.Client(caller);
            using var content = new StringContent("""{"principal": "user", "tables": []}""", System.Text.Encoding.UTF8, "application/json");
            using var response = await client.PostAsync(new Uri("api/resolve", UriKind.Relative), content, Token);
            Assert.Equal(403, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task Whoever_has_no_right_finds_nothing_and_a_grant_holds_where_it_says()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        await lake.AppendAsync("gold.t", "SELECT 1 AS v");
        await lake.AppendAsync("silver.s", "SELECT 2 AS v");
        await lake.PostAsync("api/branches", new { name = "run/1" });
        await lake.PrincipalAsync("bob", new { principal = "bob", privilege = "select", @namespace = "gold" });
        await lake.PrincipalAsync("eve");
        await lake.PrincipalAsync("dora", new { principal = "dora", privilege = "select", branch = "run/*" });
        await lake.PrincipalAsync("olga", new { principal = "olga", privilege = "describe", @namespace = "gold", table = "t" });
        Assert.Equal(["1"], await lake.RowsAsync("bob", "FROM gold.t"));
        await lake.SqlAsync("bob", "FROM silver.s", status: 404);
        await lake.SqlAsync("bob", "SELECT 1 FROM gold.t WHERE EXISTS (FROM silver.s)", "?explain=true", 404);
        var nothing = await lake.SqlAsync("eve", "FROM gold.t", status: 404);
        Assert.Equal((await lake.SqlAsync("eve", "FROM gold.x", status: 404)).GetRawText(), nothing.GetRawText().Replace("gold.t", "gold.x", StringComparison.Ordinal));
        Assert.Equal("NoSuchBranchException", (await lake.SqlAsync("eve", "FROM gold.t", "?branch=run/1", 404)).GetProperty("type").GetString());
        Assert.Equal(["2"], await lake.RowsAsync("dora", "FROM silver.s", "?branch=run/1"));
        await lake.SqlAsync("dora", "FROM silver.s", status: 404);
        Assert.Equal("ForbiddenException", (await lake.SqlAsync("olga", "FROM gold.t", status: 403)).GetProperty("type").GetString());
        await lake.SqlAsync("lk_nobody", "SELECT 1", status: 401);
    }

    [Fact]
    public async Task Row_filters_and_masks_bind_whom_they_say_on_every_branch_and_at_every_time()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        var first = await lake.AppendAsync("gold.p", "SELECT i AS id, 'n' || i AS name, CASE WHEN i % 2 = 0 THEN 'bob' ELSE 'ann' END AS owner FROM range(10) t(i)");
        await lake.AppendAsync("gold.p", "SELECT i AS id, 'n' || i AS name, 'bob' AS owner FROM range(10, 12) t(i)");
        await lake.PostAsync("api/branches", new { name = "dev" });
        var key = await lake.PrincipalAsync("bob", new { principal = "bob", privilege = "select" });
        await lake.PrincipalAsync("ann", new { principal = "ann", privilege = "select" });
        await lake.PrincipalAsync("zoe", new { principal = "zoe", privilege = "select" });
        await lake.PostAsync("api/groups", new { name = "hr" });
        await lake.SendAsync(HttpMethod.Put, "api/groups/hr/members/ann", new { });
        await lake.SendAsync(HttpMethod.Put, "api/policies/gold/p", new { rowFilter = "owner = caller() or is_member('hr')", masks = new { name = "case when is_member('hr') then name else left(name, 1) end" }, exempt = new[] { "zoe" } });
        Assert.Equal(["7|n"], await lake.RowsAsync("bob", "SELECT count(*), any_value(name) FROM gold.p"));
        Assert.Equal(["5|n"], await lake.RowsAsync("bob", $"SELECT count(*), max(name) FROM gold.p AT (VERSION => {first})"));
        Assert.Equal(["7|n"], await lake.RowsAsync("bob", "SELECT count(*), max(name) FROM gold.p", "?branch=dev"));
        Assert.Equal(["12|n9"], await lake.RowsAsync("ann", "SELECT count(*), max(name) FROM gold.p"));
        Assert.Equal(["12|n9"], await lake.RowsAsync("zoe", "SELECT count(*), max(name) FROM gold.p"));
        Assert.Equal(["12|n9"], await lake.RowsAsync("user", "SELECT count(*), max(name) FROM gold.p"));
        var plan = (await lake.SqlAsync("bob", "FROM gold.p WHERE name = 'n'", "?explain=true")).GetProperty("tables")[0];
        Assert.True(plan.GetProperty("policy").GetProperty("rowFilter").GetBoolean());
        Assert.False(plan.TryGetProperty("files", out _) || plan.TryGetProperty("filter", out _));

        // What SQL hides is not handed out raw elsewhere.
        using var request = new HttpRequestMessage(HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/p") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using var client = lake.Catalog.Client();
        using var response = await client.SendAsync(request, Token);
        Assert.Equal(403, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_policy_is_bound_to_the_columns_before_it_is_stored_and_keeps_to_them()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        var first = await lake.AppendAsync("gold.p", "SELECT i AS id, 'n' || i AS name, DATE '2026-01-01' AS day, {'street': 's' || i, 'city': 'c' || i} AS address, [{'v': i}] AS tags FROM range(4) t(i)");
        await lake.PrincipalAsync("bob", new { principal = "bob", privilege = "select" });
        foreach (var (body, why) in new (object Body, string Why)[]
        {
            (new { rowFilter = "id" }, "gives BIGINT, and has to be true or false"),
            (new { rowFilter = "upper(name)" }, "gives VARCHAR"),
            (new { rowFilter = "day > id" }, "Cannot compare"),
            (new { rowFilter = "left(id) = 1" }, "left"),
            (new { rowFilter = "nope = 1" }, "names a column that the table has not: nope"),
            (new { rowFilter = "address.zip = 'x'" }, "has not: address.zip"),
            (new { rowFilter = "tags.element.v = 1" }, "lies within a list: only the whole column tags"),
            (new { rowFilter = "address.street.upper() = 'S'" }, "not allowed"),
            (new { masks = new { id = "'***'" } }, "the mask of id gives VARCHAR, and the column is BIGINT"),
            (new { masks = new { day = "id" } }, "mask of day"),
            (new { masks = new Dictionary<string, string> { ["tags.element.v"] = "NULL" } }, "lies within a list"),
            (new { masks = new Dictionary<string, string> { ["address"] = "NULL", ["address.city"] = "NULL" } }, "for the same values"),
        })
        {
            Assert.Contains(why, await lake.RefusedAsync(HttpMethod.Put, "api/policies/gold/p", body), StringComparison.Ordinal);
        }

        Assert.Equal(0, (await lake.GetAsync("api/policies/gold/p")).GetProperty("policies").GetArrayLength());
        var stored = await lake.SendAsync(
            HttpMethod.Put, "api/policies/gold/p/streets",
            new { masks = new Dictionary<string, string> { ["Address.Street"] = "left(address.street, 1) || current_user()", ["id"] = "0", ["tags"] = "NULL" } });
        Assert.True(stored.GetProperty("checked").GetBoolean());
        await lake.SendAsync(HttpMethod.Put, "api/policies/gold/p", new { rowFilter = "name <> 'n0' AND (NOT is_member('nobody'))" });
        await lake.SendAsync(HttpMethod.Put, "api/policies/gold/p/late", new { rowFilter = "address.city <> 'c3'", bound = new[] { "bob" } });
        Assert.Equal(["default", "late", "streets"], (await lake.GetAsync("api/policies/gold/p")).GetProperty("policies").EnumerateArray().Select(policy => policy.GetProperty("name").GetString()));
        Assert.Equal(["0|n1|sbob|c1|", "0|n2|sbob|c2|"], await lake.RowsAsync("bob", "SELECT id, name, address.street, address.city, tags FROM gold.p ORDER BY name"));

        var table = await lake.GetAsync("iceberg/v1/namespaces/gold/tables/p");
        var schema = System.Text.Json.Nodes.JsonNode.Parse(table.GetProperty("metadata").GetProperty("schemas")[0].GetRawText())!;
        schema["fields"]![1]!["name"] = "label";
        schema["fields"]![3]!["type"]!["fields"]![0]!["name"] = "road";
        await lake.PostAsync("iceberg/v1/namespaces/gold/tables/p", new { requirements = Array.Empty<object>(), updates = new object[] { new { action = "add-schema", schema }, new Dictionary<string, object> { ["action"] = "set-current-schema", ["schema-id"] = -1 } } });
        Assert.Equal(["n1|sbob", "n2|sbob"], await lake.RowsAsync("bob", "SELECT label, address.road FROM gold.p ORDER BY label"));
        Assert.Equal(["n1|sbob", "n2|sbob"], await lake.RowsAsync("bob", $"SELECT name, address.street FROM gold.p AT (VERSION => {first}) ORDER BY name"));
        Assert.Equal(4, (await lake.RowsAsync("user", "FROM gold.p")).Count);
        await lake.SendAsync(HttpMethod.Delete, "api/policies/gold/p/late", new { });
        Assert.Equal(3, (await lake.RowsAsync("bob", "FROM gold.p")).Count);
        Assert.Contains("has no policy 'late'", await lake.RefusedAsync(HttpMethod.Delete, "api/policies/gold/p/late", new { }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_is_not_stored_while_nobody_can_check_it()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        await lake.AppendAsync("gold.p", "SELECT 1 AS id");
        lake.LoseQueries();
        Assert.Contains("nothing was changed", await lake.RefusedAsync(HttpMethod.Put, "api/policies/gold/p", new { rowFilter = "id = 1" }), StringComparison.Ordinal);
        Assert.Equal(0, (await lake.GetAsync("api/policies/gold/p")).GetProperty("policies").GetArrayLength());
    }

    [Fact]
    public async Task A_view_is_read_with_the_rights_of_whoever_wrote_it()
    {
        await using var lake = await RealLake.StartAsync(postgres);
        await lake.AppendAsync("silver.s", "SELECT i AS id, 'secret' || i AS name FROM range(10) t(i)");
        await lake.ViewAsync("silver", "few", "SELECT id, current_user AS who FROM s WHERE id < 3", "main", ("id", "long"), ("who", "string"));
        await lake.PostAsync("api/branches", new { name = "dev" });
        await lake.AppendAsync("silver.s", "SELECT 2 AS id, 'more' AS name", "dev");
        await lake.PrincipalAsync("bob", new { principal = "bob", privilege = "select", @namespace = "silver", table = "few" });
        Assert.Equal(["3|bob"], await lake.RowsAsync("bob", "SELECT count(*), any_value(who) FROM silver.few"));
        Assert.Equal(["4|bob"], await lake.RowsAsync("bob", "SELECT count(*), any_value(who) FROM silver.few", "?branch=dev"));
        await lake.SqlAsync("bob", "FROM silver.s", status: 404);
        Assert.Equal(3, (await lake.SqlAsync("bob", "SELECT id FROM silver.few WHERE CASE WHEN id > 2 THEN error('seen') ELSE true END")).GetProperty("rowCount").GetInt32());
        Assert.DoesNotContain("silver.s", (await lake.SqlAsync("bob", "FROM silver.few", "?explain=true")).GetRawText().Replace("silver.few", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
