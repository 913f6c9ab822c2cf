using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using Npgsql;
using static LakeAspire.Catalog.Api.Tests.Lineage.Events;

namespace LakeAspire.Catalog.Api.Tests.Lineage;

/// <summary>OpenLineage events in: taken once, in any order, checked, bounded.</summary>
public sealed class LineageEventTests(LineageCatalog catalog) : IClassFixture<LineageCatalog>
{
    readonly string space = $"s{Guid.NewGuid():n}";

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 1, 0, 1, 1)]
    [InlineData(1, 1, 0)]
    public async Task Start_and_complete_come_in_any_order_and_any_number_of_times(params int[] order)
    {
        var server = await catalog.StartAsync();
        var run = Guid.NewGuid();
        JsonObject[] events =
        [
            Run($"{space}.job", "START", Noon, run, inputs: List(Input($"{space}.a"))),
            Run($"{space}.job", "COMPLETE", Noon.AddMinutes(2), run, outputs: List(Output($"{space}.b", rows: 7))),
        ];
        foreach (var i in order)
        {
            await TakeAsync(server, events[i]);
        }

        var found = await server.User.GetJsonAsync($"api/lineage/runs/{run}");
        Assert.Equal(("complete", Noon, Noon.AddMinutes(2)), (found["state"]!.GetValue<string>(), found["startedAt"]!.GetValue<DateTimeOffset>(), found["endedAt"]!.GetValue<DateTimeOffset>()));
        Assert.Equal($"{space}.a", found["inputs"]!.AsArray().Single()!["name"]!.GetValue<string>());
        Assert.Equal(($"{space}.b", 7), (found["outputs"]![0]!["name"]!.GetValue<string>(), found["outputs"]![0]!["rows"]!.GetValue<long>()));
        var graph = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.b&direction=upstream");
        Assert.Equal([$"{space}.b", $"{space}.a"], Names(graph));
        Assert.Equal(order.Distinct().Count(), await CountAsync(server, "SELECT count(*) FROM lineage_events WHERE run_id = $1", run));
        Assert.Equal(1, await CountAsync(server, "SELECT count(*) FROM lineage_builds WHERE run_id = $1", run));
    }

    [Fact]
    public async Task A_run_that_fails_after_all_made_nothing_and_one_that_only_started_neither()
    {
        var server = await catalog.StartAsync();
        var run = Guid.NewGuid();
        await TakeAsync(server, Run($"{space}.job", "START", Noon, run, List(Input($"{space}.a")), List(Output($"{space}.b"))));
        Assert.Empty(Edges(await server.User.GetJsonAsync($"api/lineage/graph?table={space}.b")));
        await TakeAsync(server, Run($"{space}.job", "COMPLETE", Noon.AddMinutes(1), run));
        Assert.Single(Edges(await server.User.GetJsonAsync($"api/lineage/graph?table={space}.b")));
        await TakeAsync(server, Run($"{space}.job", "FAIL", Noon.AddMinutes(2), run, runFacets: new JsonObject { ["errorMessage"] = Facet(new JsonObject { ["message"] = "disk full", ["programmingLanguage"] = "C#" }) }));
        Assert.Empty(Edges(await server.User.GetJsonAsync($"api/lineage/graph?table={space}.b")));
        var found = await server.User.GetJsonAsync($"api/lineage/runs/{run}");
        Assert.Equal(("fail", "disk full"), (found["state"]!.GetValue<string>(), found["error"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Unknown_facets_are_kept_and_members_in_another_order_are_the_same_event()
    {
        var server = await catalog.StartAsync();
        var run = Guid.NewGuid();
        var happened = Run($"{space}.job", "COMPLETE", Noon, run, outputs: List(Output($"{space}.b", facets: new JsonObject { ["weather"] = Facet(new JsonObject { ["sun"] = true, ["rain"] = new JsonArray(1, 2) }) })));
        await TakeAsync(server, happened);
        var turned = new JsonObject(happened.Reverse().Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        Assert.Equal("known", (await TakeAsync(server, turned))["status"]!.GetValue<string>());
        Assert.Equal(1, await CountAsync(server, "SELECT count(*) FROM lineage_events WHERE run_id = $1 AND event -> 'outputs' -> 0 -> 'facets' -> 'weather' -> 'rain' = '[1, 2]'", run));
    }

    [Fact]
    public async Task A_batch_takes_what_is_right_and_names_what_is_not()
    {
        var server = await catalog.StartAsync();
        var good = Run($"{space}.job", "COMPLETE", Noon, Guid.NewGuid(), List(Input($"{space}.a")), List(Output($"{space}.b")));
        var bad = Run($"{space}.job", "DONE", Noon, Guid.NewGuid());
        var answer = (await server.User.SendAsync(HttpMethod.Post, "api/v1/lineage", HttpStatusCode.OK, List(good.DeepClone(), bad.DeepClone()).ToJsonString()))!;
        Assert.Equal(("partial_success", 2, 1, 1), (answer["status"]!.GetValue<string>(), answer["summary"]!["received"]!.GetValue<int>(), answer["summary"]!["successful"]!.GetValue<int>(), answer["summary"]!["failed"]!.GetValue<int>()));
        Assert.Equal(1, answer["failed_events"]![0]!["index"]!.GetValue<int>());
        Assert.Contains("$.eventType is 'DONE'", answer["failed_events"]![0]!["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        await server.User.SendAsync(HttpMethod.Post, "api/lineage/batch", HttpStatusCode.Created, new JsonObject { ["events"] = List(good.DeepClone()) }.ToJsonString());
        await server.User.SendAsync(HttpMethod.Post, "api/lineage/batch", HttpStatusCode.BadRequest, List(bad.DeepClone()).ToJsonString());
        Assert.Single(Edges(await server.User.GetJsonAsync($"api/lineage/graph?table={space}.b")));
    }

    [Theory]
    [InlineData("producer", null, "$.producer is missing")]
    [InlineData("schemaURL", "\"nowhere\"", "$.schemaURL is no URI")]
    [InlineData("eventTime", "\"yesterday\"", "$.eventTime is no time")]
    [InlineData("eventTime", "\"2999-01-01T00:00:00Z\"", "in the future")]
    [InlineData("eventTime", "\"1999-01-01T00:00:00Z\"", "is older than")]
    [InlineData("eventType", "\"FINISHED\"", "must be one of START, RUNNING")]
    [InlineData("run", """{"runId":"17"}""", "$.run.runId is no UUID")]
    [InlineData("run", """{"runId":"0190a000-0000-7000-8000-000000000000","facets":{"x":{"_producer":"https://a.b"}}}""", "$.run.facets.x._schemaURL is missing")]
    [InlineData("job", """{"namespace":"jobs"}""", "$.job.name is missing")]
    [InlineData("job", null, "$.job is missing")]
    [InlineData("inputs", "{}", "$.inputs is no array")]
    [InlineData("inputs", """[{"namespace":"n"}]""", "$.inputs[0].name is missing")]
    [InlineData("outputs", """[{"namespace":"n","name":"m","outputFacets":{"outputStatistics":{"_producer":"https://a.b","_schemaURL":"https://a.b","rowCount":-1}}}]""", "rowCount is no whole number")]
    [InlineData("outputs", """[{"namespace":"n","name":"m","facets":{"columnLineage":{"_producer":"https://a.b","_schemaURL":"https://a.b","fields":{"c":{}}}}}]""", "fields.c.inputFields is missing")]
    [InlineData("outputs", """[{"namespace":"n","name":"m","facets":{"columnLineage":{"_producer":"https://a.b","_schemaURL":"https://a.b","fields":{"c":{"inputFields":[{"namespace":"n","name":"m"}]}}}}}]""", "inputFields[0].field is missing")]
    public async Task What_is_no_event_is_refused_by_its_place(string member, string? value, string reason)
    {
        var server = await catalog.StartAsync();
        var happened = Run("job", "COMPLETE", Noon, Guid.NewGuid());
        if (value is null)
        {
            happened.Remove(member);
        }
        else
        {
            happened[member] = JsonNode.Parse(value);
        }

        var answer = await server.User.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.BadRequest, happened.ToJsonString());
        Assert.Contains(reason, answer!.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_and_says_by_which_setting()
    {
        await using var server = await CatalogServer.StartAsync(catalog.Postgres, null, "--Catalog:OpenLineage:MaxDatasets=3", "--Catalog:OpenLineage:MaxEventBytes=20000", "--Catalog:OpenLineage:MaxEdges=4");
        var many = Run("job", "COMPLETE", Noon, Guid.NewGuid(), List([.. Enumerable.Range(0, 4).Select(i => Input($"x.t{i}"))]));
        Assert.Contains("MaxDatasets", await RefusedAsync(server, many), StringComparison.Ordinal);
        var run = Guid.NewGuid();
        await TakeAsync(server, Run("job", "START", Noon, run, List(Input("x.a"), Input("x.b"), Input("x.c"))));
        Assert.Contains("MaxDatasets", await RefusedAsync(server, Run("job", "COMPLETE", Noon, run, outputs: List(Output("x.d")))), StringComparison.Ordinal);
        Assert.Contains("MaxEventBytes", await RefusedAsync(server, Run(new string('j', 30_000)[..1999], "COMPLETE", Noon, run, runFacets: new JsonObject { ["big"] = Facet(new JsonObject { ["text"] = new string('x', 20_000) }) })), StringComparison.Ordinal);
        var wide = Columns([.. Enumerable.Range(0, 5).Select(i => ($"c{i}", "x.a", $"c{i}"))]);
        Assert.Contains("MaxEdges", await RefusedAsync(server, Run("job", "COMPLETE", Noon, Guid.NewGuid(), outputs: List(Output("x.d", facets: wide)))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Things_of_others_are_there_as_such_and_other_names_of_our_tables_mean_these()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "orders");
        var location = (await server.User.GetJsonAsync($"api/tables/{space}/orders"))["location"]!.GetValue<string>();
        await TakeAsync(server, Run($"{space}.in", "COMPLETE", Noon, Guid.NewGuid(), List(Input("orders", "kafka://broker:9092")), List(Output(new Uri(location).AbsolutePath, "file"))));
        await TakeAsync(server, Run($"{space}.out", "COMPLETE", Noon, Guid.NewGuid(),
            List(Input($"{space}_x", "hive://other", facets: new JsonObject { ["symlinks"] = Facet(new JsonObject { ["identifiers"] = List(new JsonObject { ["namespace"] = "lake", ["name"] = $"{space}.orders", ["type"] = "TABLE" }) }) })),
            List(Output($"public.{space}", "postgres://db:5432"))));
        var graph = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.orders");
        Assert.Equal(["orders", $"public.{space}", $"{space}.orders"], Names(graph).Order(StringComparer.Ordinal));
        Assert.Equal(space, Node(graph, $"{space}.orders")["table"]!["namespace"]!.GetValue<string>());
        Assert.Null(Node(graph, "orders")["table"]);
        Assert.Equal("kafka://broker:9092", Node(graph, "orders")["namespace"]!.GetValue<string>());
        var other = await server.User.GetJsonAsync($"api/lineage/graph?datasetNamespace=postgres%3A%2F%2Fdb%3A5432&dataset=public.{space}&direction=upstream");
        Assert.Equal([$"public.{space}", $"{space}.orders", "orders"], Names(other));
    }

    [Fact]
    public async Task Events_of_jobs_and_datasets_say_what_holds_without_a_run()
    {
        var server = await catalog.StartAsync();
        var job = Run($"{space}.job", "COMPLETE", Noon, Guid.NewGuid(), List(Input($"{space}.a")), List(Output($"{space}.b")));
        job.Remove("run");
        job.Remove("eventType");
        await TakeAsync(server, job);
        var dataset = new JsonObject
        {
            ["eventTime"] = Noon.ToString("O"), ["producer"] = Producer, ["schemaURL"] = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent",
            ["dataset"] = new JsonObject { ["namespace"] = "lake", ["name"] = $"{space}.c", ["facets"] = Columns(("x", $"{space}.b", "y")) },
        };
        await TakeAsync(server, dataset);
        var graph = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.c&column=x&direction=upstream");
        Assert.Equal("y", graph["columns"]!.AsArray().Single()!["fromColumn"]!.GetValue<string>());
        Assert.Equal("y", graph["untraced"]!.AsArray().Single()!["column"]!.GetValue<string>());
        graph = await server.User.GetJsonAsync($"api/lineage/graph?table={space}.c&direction=upstream");
        Assert.Equal([$"{space}.c", $"{space}.b", $"{space}.a"], Names(graph));
        dataset["job"] = new JsonObject { ["namespace"] = "jobs", ["name"] = "j" };
        Assert.Contains("both a job and a dataset", await RefusedAsync(server, dataset), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_needed() => Assert.Equal(
        HttpStatusCode.Unauthorized, (await (await catalog.StartAsync()).Client().PostAsync("api/v1/lineage", new StringContent("{}"), TestContext.Current.CancellationToken)).StatusCode);

    static async Task<JsonNode> TakeAsync(CatalogServer server, JsonObject happened) => (await server.User.SendAsync(HttpMethod.Post, "api/v1/lineage", HttpStatusCode.Created, happened.ToJsonString()))!;

    static async Task<string> RefusedAsync(CatalogServer server, JsonObject happened) =>
        (await server.User.SendAsync(HttpMethod.Post, "api/v1/lineage", HttpStatusCode.BadRequest, happened.ToJsonString()))!.ToJsonString();

    static IEnumerable<string> Names(JsonNode graph) => graph["nodes"]!.AsArray().Select(n => n!["name"]!.GetValue<string>());

    static JsonArray Edges(JsonNode graph) => graph["edges"]!.AsArray();

    static JsonNode Node(JsonNode graph, string name) => graph["nodes"]!.AsArray().Single(n => n!["name"]!.GetValue<string>() == name)!;

    static async Task<long> CountAsync(CatalogServer server, string sql, Guid run)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = run } } };
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
