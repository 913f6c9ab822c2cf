using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Catalog.Api.Tests.Access;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Testing.Catalog;
using Npgsql;
using static LakeAspire.Catalog.Api.Tests.Lineage.Events;

namespace LakeAspire.Catalog.Api.Tests.Lineage;

/// <summary>What is made of what: as of a time, by column, to a depth, and fast when there is much of it.</summary>
public sealed class LineageGraphTests(LineageCatalog catalog) : IClassFixture<LineageCatalog>
{
    readonly string space = $"s{Guid.NewGuid():n}";

    [Fact]
    public async Task Depth_and_direction_bound_the_walk()
    {
        var server = await catalog.StartAsync();
        foreach (var i in Enumerable.Range(0, 6))
        {
            await TakeAsync(server, Made($"j{i}", Noon, [$"t{i}"], $"t{i + 1}"));
        }

        Assert.Equal(["t3", "t2", "t4"], await NamesAsync(server, "table={0}.t3&depth=1"));
        Assert.Equal(["t3", "t2", "t1"], await NamesAsync(server, "table={0}.t3&depth=2&direction=upstream"));
        Assert.Equal(["t3", "t4", "t5", "t6"], await NamesAsync(server, "table={0}.t3&depth=50&direction=downstream"));
        var cut = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.t3&limit=2");
        Assert.True(cut["truncated"]!.GetValue<bool>());
        await server.User.SendAsync(HttpMethod.Get, $"api/lineage/graph?table={space}.t3&depth=51", HttpStatusCode.BadRequest);
        await server.User.SendAsync(HttpMethod.Get, $"api/lineage/graph?table={space}.t3&direction=sideways", HttpStatusCode.BadRequest);
        await server.User.SendAsync(HttpMethod.Get, $"api/lineage/graph?table={space}.none", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_circle_ends()
    {
        var server = await catalog.StartAsync();
        await TakeAsync(server, Made("ab", Noon, ["a", "b"], "b"));
        await TakeAsync(server, Made("ba", Noon, ["b"], "a"));
        Assert.Equal(["a", "b"], await NamesAsync(server, "table={0}.a&depth=50"));
    }

    [Fact]
    public async Task As_of_a_time_holds_what_each_job_made_last_before_it_in_whatever_order_it_was_told()
    {
        var server = await catalog.StartAsync();
        await TakeAsync(server, Made("job", Noon.AddHours(2), ["new"], "t"));
        await TakeAsync(server, Made("job", Noon, ["old"], "t"));
        await TakeAsync(server, Made("job", Noon.AddHours(1), ["old"], "t"));
        await TakeAsync(server, Made("other", Noon.AddMinutes(30), ["side"], "t"));
        Assert.Equal(["t", "new", "side"], Sorted(await NamesAsync(server, "table={0}.t")));
        Assert.Equal(["t", "old", "side"], Sorted(await NamesAsync(server, $"table={{0}}.t&asOf={At(Noon.AddMinutes(90))}")));
        Assert.Equal(["t", "old"], await NamesAsync(server, $"table={{0}}.t&asOf={At(Noon.AddMinutes(10))}"));
        Assert.Equal(["t"], await NamesAsync(server, $"table={{0}}.t&asOf={At(Noon.AddMinutes(-10))}"));
        Assert.Equal(["old"], await NamesAsync(server, "table={0}.old"));
        Assert.Equal(["old", "t"], await NamesAsync(server, $"table={{0}}.old&asOf={At(Noon.AddMinutes(90))}"));

        // A table that is made anew owes nothing to what was in it before.
        await TakeAsync(server, Made("third", Noon.AddHours(3), ["fresh"], "t", Lifecycle("OVERWRITE")));
        Assert.Equal(["t", "fresh"], await NamesAsync(server, "table={0}.t"));
        Assert.Equal(["t", "new", "side"], Sorted(await NamesAsync(server, $"table={{0}}.t&asOf={At(Noon.AddMinutes(150))}")));
    }

    [Fact]
    public async Task A_column_is_followed_through_its_own_edges_and_what_is_not_known_is_said()
    {
        var server = await catalog.StartAsync();
        await TakeAsync(server, Made("ab", Noon, ["a"], "b", Events.Columns(("x", $"{space}.a", "p"), ("x", $"{space}.a", "q"), ("y", $"{space}.a", "q"))));
        await TakeAsync(server, Made("bc", Noon, ["b"], "c", Events.Columns(("z", $"{space}.b", "x"))));
        await TakeAsync(server, Made("bd", Noon, ["b"], "d"));
        var untraced = Events.Columns(("k", $"{space}.c", "z"));
        untraced["columnLineage"]!["fields"]!["odd"] = new JsonObject { ["inputFields"] = new JsonArray(), ["untraced"] = "a macro of its own" };
        await TakeAsync(server, Made("ce", Noon, ["c"], "e", untraced));

        var up = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.c&column=z&direction=upstream&depth=9");
        Assert.Equal(["b.x>c.z", "a.p>b.x", "a.q>b.x"], Columns(up));
        Assert.Equal("IDENTITY", up["columns"]![0]!["transformations"]![0]!["subtype"]!.GetValue<string>());
        var down = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.a&column=q&direction=downstream&depth=9");
        Assert.Equal(["a.q>b.x", "a.q>b.y", "b.x>c.z", "c.z>e.k"], Columns(down).Order(StringComparer.Ordinal));
        Assert.Equal(["d. whoever reported it did not say of which columns", "e.odd a macro of its own"], Untraced(down));
        var odd = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.e&column=odd&direction=upstream");
        Assert.Empty(Columns(odd));
        Assert.Equal(["e.odd a macro of its own"], Untraced(odd));
        var all = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.b&columns=true&depth=1");
        Assert.Equal(["a.p>b.x", "a.q>b.x", "a.q>b.y", "b.x>c.z"], Columns(all).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_snapshot_is_known_by_its_commit_and_run_and_by_the_versions_of_what_it_was_made_of()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "source", "target");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, HttpAssertions.Transaction(space, ["target"], "k", "v"));
        var commits = (await server.User.GetJsonAsync("api/commits?limit=1"))["commits"]!;
        var commit = commits[0]!["id"]!.GetValue<long>();
        var run = Guid.NewGuid();
        var happened = Run("job", "COMPLETE", TimeProvider.System.GetUtcNow(), run, List(Input($"{space}.source", facets: new JsonObject { ["version"] = Facet(new JsonObject { ["datasetVersion"] = "4711" }) }, rows: 5)),
            List(Output($"{space}.target", rows: 3)), new JsonObject { ["lakeaspire_run"] = Facet(new JsonObject { ["branch"] = "main", ["commitId"] = commit }) });
        await TakeAsync(server, happened);
        var version = await server.User.GetJsonAsync($"api/lineage/versions?table={space}.target&asOf=@{commit}");
        Assert.Equal((commit, run, "4711", 5L), (version["commitId"]!.GetValue<long>(), version["run"]!["id"]!.GetValue<Guid>(), version["run"]!["inputs"]![0]!["snapshotId"]!.GetValue<string>(), version["run"]!["inputs"]![0]!["rows"]!.GetValue<long>()));
        Assert.Equal(3, version["run"]!["outputs"]![0]!["rows"]!.GetValue<long>());
        var edge = (await server.User.GetJsonAsync($"api/lineage/graph?table={space}.target&asOf=@{commit}"))["edges"]![0]!;
        Assert.Equal((commit, commits[0]!["at"]!.GetValue<DateTimeOffset>()), (edge["commitId"]!.GetValue<long>(), edge["at"]!.GetValue<DateTimeOffset>()));
        Assert.Equal(["job"], (await server.User.GetJsonAsync($"api/lineage/runs?table={space}.target"))["runs"]!.AsArray().Select(r => r!["job"]!["name"]!.GetValue<string>()));

        // Nobody reported how this one came to be: its commit is all that is known.
        var bare = await server.User.GetJsonAsync($"api/lineage/versions?table={space}.source");
        Assert.Null(bare["run"]);
        Assert.NotNull(bare["commitId"]);
        await server.User.SendAsync(HttpMethod.Get, $"api/lineage/versions?table={space}.none", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_branch_has_what_it_began_with_and_its_own()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "t");
        await TakeAsync(server, Made("before", Noon, ["a"], "t"));
        var branch = $"dev-{space[..8]}";
        await server.User.SendAsync(HttpMethod.Post, "api/branches", HttpStatusCode.Created, $$"""{"name":"{{branch}}"}""");
        var own = Made("own", Noon.AddMinutes(1), ["b"], "t");
        own["run"]!["facets"]!["lakeaspire_run"] = Facet(new JsonObject { ["branch"] = branch });
        await TakeAsync(server, own);
        await TakeAsync(server, Made("after", TimeProvider.System.GetUtcNow(), ["c"], "t"));
        Assert.Equal(["t", "a", "c"], Sorted(await NamesAsync(server, "table={0}.t")));
        Assert.Equal(["t", "a", "b"], Sorted(await NamesAsync(server, $"table={{0}}.t&branch={branch}")));
        await server.User.SendAsync(HttpMethod.Get, $"api/lineage/graph?table={space}.t&branch=none", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_may_not_describe_a_table_sees_neither_it_nor_what_lies_behind_it_and_reports_nothing_of_it()
    {
        var server = await catalog.StartAsync();
        var (open, secret) = ($"o{space}", $"x{space}");
        await server.Service.CreateTablesAsync(open, "a", "c");
        await server.Service.CreateTablesAsync(secret, "b");
        await TakeAsync(server, Run($"{space}.1", "COMPLETE", Noon, Guid.NewGuid(), List(Input($"{open}.a")), List(Output($"{secret}.b"))));
        await TakeAsync(server, Run($"{space}.2", "COMPLETE", Noon, Guid.NewGuid(), List(Input($"{secret}.b"), Input("topic", "kafka://k:1")), List(Output($"{open}.c"))));
        var (name, _, caller) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "describe", ns: open);
        var graph = await caller.GetJsonAsync($"api/lineage/graph?table={open}.c&depth=9&columns=true");
        Assert.Equal([$"{open}.c", "topic"], graph["nodes"]!.AsArray().Select(n => n!["name"]!.GetValue<string>()));
        foreach (var path in (string[])[$"api/lineage/graph?table={open}.a", "api/lineage/runs", $"api/lineage/runs?table={open}.c", "api/lineage/datasets?limit=1000", $"api/lineage/versions?table={open}.c"])
        {
            Assert.DoesNotContain(secret, (await caller.GetJsonAsync(path)).ToJsonString(), StringComparison.Ordinal);
        }

        // Rights on branches of a pattern show what is on such a branch, and there is none.
        var (stranger, _, other) = await server.CreateServiceAsync();
        await server.GrantAsync(stranger, "describe", branch: $"{space}/*");
        foreach (var path in (string[])["api/lineage/runs?limit=1000", "api/lineage/datasets?limit=1000"])
        {
            using var answer = await other.GetAsync($"{path}&branch={space}/none");
            Assert.DoesNotContain(secret, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await caller.SendAsync(HttpMethod.Get, $"api/lineage/graph?table={secret}.b", HttpStatusCode.NotFound);
        await caller.SendAsync(HttpMethod.Get, $"api/lineage/versions?table={secret}.b", HttpStatusCode.NotFound);
        await caller.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Forbidden, Run($"{space}.3", "COMPLETE", Noon, Guid.NewGuid(), outputs: List(Output($"{open}.c"))).ToJsonString());
        await caller.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Forbidden, Run($"{space}.4", "COMPLETE", Noon, Guid.NewGuid(), List(Input($"{secret}.b"))).ToJsonString());
        await caller.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Created, Run($"{space}.5", "COMPLETE", Noon, Guid.NewGuid(), List(Input($"{open}.c")), List(Output("report", "tool://x"))).ToJsonString());
    }

    [Fact]
    public async Task What_a_merge_brings_is_made_as_it_was_on_the_branch()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "t");
        var branch = $"work-{space[..8]}";
        await server.User.SendAsync(HttpMethod.Post, "api/branches", HttpStatusCode.Created, $$"""{"name":"{{branch}}"}""");
        var own = Made("own", Noon, ["b"], "t");
        own["run"]!["facets"]!["lakeaspire_run"] = Facet(new JsonObject { ["branch"] = branch });
        await TakeAsync(server, own);
        await server.Service.SendAsync(HttpMethod.Post, $"iceberg/v1/{branch}/transactions/commit", HttpStatusCode.NoContent, HttpAssertions.Transaction(space, ["t"], "k", "v"));
        Assert.DoesNotContain("b", await NamesAsync(server, "table={0}.t"));
        await server.User.PostJsonAsync("api/branches/main/merge", new { from = branch });
        Assert.Contains("b", await NamesAsync(server, "table={0}.t"));
    }

    [Fact]
    public async Task Old_runs_go_and_the_graph_as_of_any_time_stays_what_it_was()
    {
        await using var server = await CatalogServer.StartAsync(catalog.Postgres);
        foreach (var (hour, source) in ((int, string)[])[(0, "a"), (1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "a")])
        {
            await TakeAsync(server, Made("job", Noon.AddHours(hour), [source], "t"));
        }

        async Task<string[]> PastAsync() => [.. await Task.WhenAll(Enumerable.Range(0, 7).Select(async hour => string.Join(',', await NamesAsync(server, $"table={{0}}.t&asOf={At(Noon.AddHours(hour - 0.5))}"))))];
        var before = await PastAsync();
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await LakeAspire.Catalog.Lineage.LineageSweeper.SweepRunsAsync(database, Noon.AddHours(100), TestContext.Current.CancellationToken);
        Assert.Equal(before, await PastAsync());
        Assert.Equal(3, (await server.User.GetJsonAsync("api/lineage/runs"))["runs"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_table_keeps_its_lineage_under_another_name()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "before");
        await TakeAsync(server, Made("job", Noon, ["a"], "before"));
        await server.Service.SendAsync(
            HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.NoContent, $$$"""{"source":{"namespace":["{{{space}}}"],"name":"before"},"destination":{"namespace":["{{{space}}}"],"name":"after"}}""");
        Assert.Contains("a", await NamesAsync(server, "table={0}.after&direction=upstream"));
        await TakeAsync(server, Made("job2", Noon, ["after"], "c"));
        Assert.Contains("a", await NamesAsync(server, "table={0}.c&direction=upstream"));
        Assert.Contains("c", await NamesAsync(server, "table={0}.a&direction=downstream"));
    }

    [Fact]
    public void What_the_events_of_a_run_say_does_not_depend_on_their_order_or_number()
    {
        var facets = Gen.Elements("schema", "weather", "sql").Zip(Gen.Choose(0, 3)).ListOf(2);
        var happened = Gen.Elements("START", "RUNNING", "COMPLETE", "FAIL", "OTHER").Zip(Gen.Choose(0, 4)).Zip(facets).Zip(Gen.Elements("a", "b", "c"));
        var cases = happened.ListOf().SelectMany(events => Gen.Shuffle(events.Concat(events.Take(2)).ToArray()).Select(shuffled => (Events: events, Shuffled: shuffled)));
        var reader = new EventReader(new LakeAspire.Catalog.Lineage.LineageOptions(), TimeProvider.System);
        var run = Guid.NewGuid();
        Prop.ForAll(cases.Where(c => c.Events.Count > 0).ToArbitrary(), c =>
        {
            Assert.Equal(Folded(c.Events.Select(Of)), Folded(c.Shuffled.Select(Of)));
        }).QuickCheckThrowOnFailure();

        OpenLineageEvent.OfRun Of((((string Type, int Minute) When, List<(string Name, int Value)> Facets) What, string Name) e) => (OpenLineageEvent.OfRun)reader.Read(Run(
            "job", e.What.When.Type, Noon.AddMinutes(e.What.When.Minute), run, List(Input(e.Name)),
            List(Output(e.Name, facets: new JsonObject(e.What.Facets.DistinctBy(f => f.Name).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, Facet(new JsonObject { ["v"] = f.Value }))))))));

        // The order in which datasets were met first says nothing.
        string Folded(IEnumerable<OpenLineageEvent.OfRun> events)
        {
            var document = RunDocument.Empty();
            foreach (var one in events)
            {
                document.Fold(one, trusted: true);
            }

            return string.Join('|', document.State, document.StartedAt, document.EndedAt, string.Join(',', document.Inputs.Select(i => i.Key.Name).Order(StringComparer.Ordinal)),
                string.Join(',', document.Outputs.OrderBy(o => o.Key.Name, StringComparer.Ordinal).Select(o => o.Key.Name + Canonical.Digest(o.Facets))), Canonical.Digest(document.Json["run"]), Canonical.Digest(document.Json["types"]));
        }
    }

    [Fact]
    public async Task A_hundred_thousand_edges_are_walked_by_their_indexes()
    {
        await using var server = await CatalogServer.StartAsync(catalog.Postgres);
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var tables = Math.Max(1000, (int)(20_000 * LakeAspire.Testing.Soak.Factor));

        // Table i is made of five others not far below it, by a job of its own that ran three times.
        await using (var fill = new NpgsqlCommand(
            """
            INSERT INTO lineage_jobs (namespace, name, facets) SELECT 'g', 'j' || i, '{}' FROM generate_series(1, $1) i;
            """, connection) { Parameters = { new NpgsqlParameter { Value = tables } } })
        {
            await fill.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        foreach (var sql in (string[])
        [
            "INSERT INTO lineage_datasets (namespace, name, table_namespace, table_name, facets) SELECT 'lake', 'g.t' || i, 'g', 't' || i, '{}' FROM generate_series(1, $1) i",
            "INSERT INTO lineage_flows (job_id, dataset_id, digest, untraced) SELECT j.id, d.id, 'x', '{}' FROM generate_series(1, $1) i JOIN lineage_jobs j ON j.name = 'j' || i JOIN lineage_datasets d ON d.name = 'g.t' || i",
            """
            INSERT INTO lineage_edges (flow_id, source_id, kind) SELECT f.id, s.id, 0 FROM generate_series(1, $1) i CROSS JOIN generate_series(1, 5) k JOIN lineage_datasets d ON d.name = 'g.t' || i
            JOIN lineage_flows f ON f.dataset_id = d.id JOIN lineage_datasets s ON s.name = 'g.t' || (i - k * 7)
            """,
            """
            INSERT INTO lineage_builds (job_id, dataset_id, branch, at, flow_id, replaces, run_id) SELECT f.job_id, f.dataset_id, 'main', now() - k * interval '1 hour', f.id, k = 2, gen_random_uuid()
            FROM lineage_flows f CROSS JOIN generate_series(1, 3) k WHERE $1 > 0
            """,
        ])
        {
            await using var fill = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = tables } } };
            await fill.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using (var analyze = new NpgsqlCommand("ANALYZE lineage_edges, lineage_builds, lineage_flows, lineage_datasets", connection))
        {
            await analyze.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var path = $"api/lineage/graph?table=g.t{tables / 2}&depth=6";
        await server.User.GetJsonAsync(path);
        var clock = Stopwatch.StartNew();
        var graph = await server.User.GetJsonAsync(path);
        TestContext.Current.TestOutputHelper?.WriteLine($"{tables * 5} edges: {graph["nodes"]!.AsArray().Count} datasets, {graph["edges"]!.AsArray().Count} edges in {clock.ElapsedMilliseconds} ms");
        Assert.Equal(61, graph["nodes"]!.AsArray().Count);
        Assert.False(graph["truncated"]!.GetValue<bool>());

        // Time is measured elsewhere: what counts here is that no statement reads a table as a whole.
        await using var scans = new NpgsqlCommand("SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_user_tables WHERE relname IN ('lineage_edges', 'lineage_builds')", connection);
        await using (var forget = new NpgsqlCommand("SELECT pg_stat_reset()", connection))
        {
            await forget.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        await server.User.GetJsonAsync(path);
        await using (var flush = new NpgsqlCommand("SELECT pg_stat_force_next_flush()", connection))
        {
            await flush.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(0L, await scans.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    JsonObject Made(string job, DateTimeOffset at, string[] inputs, string output, JsonObject? facets = null) =>
        Run($"{space}.{job}", "COMPLETE", at, Guid.NewGuid(), List([.. inputs.Select(i => Input($"{space}.{i}"))]), List(Output($"{space}.{output}", facets: facets)));

    static JsonObject Lifecycle(string change) => new() { ["lifecycleStateChange"] = Facet(new JsonObject { ["lifecycleStateChange"] = change }) };

    static async Task TakeAsync(CatalogServer server, JsonObject happened) => await server.User.SendAsync(HttpMethod.Post, "api/v1/lineage", HttpStatusCode.Created, happened.ToJsonString());

    async Task<string[]> NamesAsync(CatalogServer server, string query) =>
        [.. (await server.User.GetJsonAsync("api/lineage/graph?" + string.Format(System.Globalization.CultureInfo.InvariantCulture, query, space)))["nodes"]!.AsArray().Select(n => Short(n!["name"]!.GetValue<string>()))];

    static string[] Columns(JsonNode graph)
    {
        var names = graph["nodes"]!.AsArray().ToDictionary(n => n!["id"]!.GetValue<string>(), n => Short(n!["name"]!.GetValue<string>()));
        return [.. graph["columns"]!.AsArray().Select(c => $"{names[c!["from"]!.GetValue<string>()]}.{c["fromColumn"]}>{names[c["to"]!.GetValue<string>()]}.{c["toColumn"]}")];
    }

    static string[] Untraced(JsonNode graph)
    {
        var names = graph["nodes"]!.AsArray().ToDictionary(n => n!["id"]!.GetValue<string>(), n => Short(n!["name"]!.GetValue<string>()));
        return [.. graph["untraced"]!.AsArray().Select(u => $"{names[u!["dataset"]!.GetValue<string>()]}.{u["column"]} {u["reason"]}").Order(StringComparer.Ordinal)];
    }

    static IEnumerable<string> Sorted(string[] names) => names.OrderBy(n => n != "t").ThenBy(n => n, StringComparer.Ordinal);

    static string Short(string name) => name[(name.LastIndexOf('.') + 1)..];

    static string At(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O"));
}
