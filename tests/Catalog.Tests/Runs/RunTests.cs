using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Runs;

/// <summary>Runs: queued, leased, reported, fenced.</summary>
public sealed class RunTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    static readonly string[] Watchlog = ["watchlog"];

    [Fact]
    public async Task A_run_is_queued_taken_reported_on_and_ended()
    {
        var server = await catalog.EmptyAsync();
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var queued = await server.User.PostJsonAsync("api/runs", new { pipeline = "watchlog", trigger = "manual", traceParent = trace }, HttpStatusCode.Accepted);
        var again = await server.User.PostJsonAsync("api/runs", new { pipeline = "watchlog", trigger = "commit" }, HttpStatusCode.Accepted);
        Assert.Equal(queued["id"]!.GetValue<long>(), again["id"]!.GetValue<long>());
        Assert.Equal("queued", again["state"]!.GetValue<string>());

        var run = await ClaimAsync(server, "w1");
        Assert.Equal((queued["id"]!.GetValue<long>(), "running", 1, trace), (run["id"]!.GetValue<long>(), run["state"]!.GetValue<string>(), run["attempt"]!.GetValue<int>(), run["traceParent"]!.GetValue<string>()));
        var next = await server.User.PostJsonAsync("api/runs", new { pipeline = "watchlog" }, HttpStatusCode.Accepted);
        Assert.NotEqual(run["id"]!.GetValue<long>(), next["id"]!.GetValue<long>());
        await server.Service.SendAsync(HttpMethod.Post, "api/runs/claim", HttpStatusCode.NoContent, """{"pipelines":["watchlog","other"],"worker":"w2","leaseSeconds":30}""");

        await PatchAsync(server, run, """{"worker":"w1","nodes":[{"model":"silver.watch","state":"running","startedAt":"2026-01-02T03:04:05+01:00","compiledSql":"SELECT 1"},{"model":"gold.x","state":"pending"}]}""");
        var done = await PatchAsync(server, run, """{"worker":"w1","state":"succeeded","commitId":7,"nodes":[{"model":"silver.watch","state":"succeeded","rows":12}]}""");
        Assert.Equal("succeeded", done["state"]!.GetValue<string>());
        Assert.NotNull(done["finishedAt"]);
        var nodes = done["nodes"]!.AsArray();
        Assert.Equal(["silver.watch", "gold.x"], nodes.Select(n => n!["model"]!.GetValue<string>()));
        Assert.Equal(("succeeded", 12, "SELECT 1"), (nodes[0]!["state"]!.GetValue<string>(), nodes[0]!["rows"]!.GetValue<long>(), nodes[0]!["compiledSql"]!.GetValue<string>()));

        await PatchAsync(server, run, """{"worker":"w1"}""", HttpStatusCode.Conflict);
        Assert.Equal(next["id"]!.GetValue<long>(), (await ClaimAsync(server, "w2"))["id"]!.GetValue<long>());
        var list = (await server.User.GetJsonAsync("api/runs?pipeline=watchlog"))["runs"]!.AsArray();
        Assert.Equal([next["id"]!.GetValue<long>(), run["id"]!.GetValue<long>()], list.Select(r => r!["id"]!.GetValue<long>()));
        Assert.Equal(done.ToJsonString(), (await server.User.GetJsonAsync($"api/runs/{run["id"]}")).ToJsonString());
    }

    [Fact]
    public async Task A_run_whose_lease_is_over_is_taken_by_another_worker_and_its_old_one_may_not_commit()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await server.User.PostJsonAsync("api/runs", new { pipeline = "watchlog" }, HttpStatusCode.Accepted);
        var first = await ClaimAsync(server, "w1", leaseSeconds: 1);
        await PatchAsync(server, first, """{"worker":"w1","leaseSeconds":1,"nodes":[{"model":"m","state":"running"}]}""");
        var second = first;
        await LakeAspire.Testing.Until.TrueAsync(
            async () =>
            {
                using var response = await server.Service.PostAsync("api/runs/claim", new StringContent("""{"pipelines":["watchlog"],"worker":"w2"}"""));
                if (response.StatusCode == HttpStatusCode.NoContent)
                {
                    return false;
                }

                second = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                return true;
            },
            "the lease ends");
        Assert.Equal((first["id"]!.GetValue<long>(), 2), (second["id"]!.GetValue<long>(), second["attempt"]!.GetValue<int>()));
        Assert.Empty(second["nodes"]!.AsArray());

        await PatchAsync(server, first, """{"worker":"w1"}""", HttpStatusCode.Conflict);
        var late = Transaction("gold", ["t"], "by", "w1", $$"""{"run-id":{{first["id"]}},"run-attempt":1}""");
        var refused = await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.Conflict, late);
        Assert.Equal("run", refused!["conflict"]!["kind"]!.GetValue<string>());
        await server.Service.SendAsync(
            HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "by", "w2", $$"""{"run-id":{{first["id"]}},"run-attempt":2}"""));
        Assert.Equal("w2", await server.Service.PropertyAsync("gold", "t", "by"));
    }

    [Fact]
    public async Task A_cancelled_run_is_over_for_its_worker_and_commits_nothing()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await server.User.PostJsonAsync("api/runs", new { pipeline = "watchlog" }, HttpStatusCode.Accepted);
        var run = await ClaimAsync(server, "w1");
        var cancelled = await server.User.SendAsync(HttpMethod.Post, $"api/runs/{run["id"]}/cancel", HttpStatusCode.OK);
        Assert.Equal("cancelled", cancelled!["state"]!.GetValue<string>());
        await server.User.SendAsync(HttpMethod.Post, $"api/runs/{run["id"]}/cancel", HttpStatusCode.OK);
        await PatchAsync(server, run, """{"worker":"w1","state":"succeeded"}""", HttpStatusCode.Conflict);
        await server.Service.SendAsync(
            HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.Conflict, Transaction("gold", ["t"], "k", "v", $$"""{"run-id":{{run["id"]}}}"""));
        Assert.Null(await server.Service.PropertyAsync("gold", "t", "k"));
    }

    [Fact]
    public async Task Eight_workers_never_hold_one_run()
    {
        var server = await catalog.EmptyAsync();
        var pipelines = Enumerable.Range(0, 12).Select(i => $"p{i}").ToArray();
        foreach (var pipeline in pipelines)
        {
            await server.User.PostJsonAsync("api/runs", new { pipeline }, HttpStatusCode.Accepted);
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var ids = new List<long>();
            while (true)
            {
                using var response = await server.Service.PostAsync("api/runs/claim", System.Net.Http.Json.JsonContent.Create(new { pipelines, worker = $"w{worker}" }));
                if (response.StatusCode == HttpStatusCode.NoContent)
                {
                    return ids;
                }

                ids.Add(System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!.GetValue<long>());
            }
        }));
        var all = taken.SelectMany(ids => ids).ToList();
        Assert.Equal(pipelines.Length, all.Count);
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [Theory]
    [InlineData("POST", "api/runs", """{"pipeline":"../x"}""", 400)]
    [InlineData("POST", "api/runs", """{"pipeline":"x","trigger":"whim"}""", 400)]
    [InlineData("POST", "api/runs", """{"pipeline":"x","traceParent":"no"}""", 400)]
    [InlineData("POST", "api/runs", "{", 400)]
    [InlineData("POST", "api/runs/claim", """{"pipelines":["x"],"worker":""}""", 400)]
    [InlineData("POST", "api/runs/claim", """{"pipelines":["x"],"worker":"w","leaseSeconds":0}""", 400)]
    [InlineData("PATCH", "api/runs/1", """{"worker":"w","state":"sleeping"}""", 400)]
    [InlineData("PATCH", "api/runs/99", """{"worker":"w"}""", 404)]
    [InlineData("POST", "api/runs/99/cancel", null, 404)]
    [InlineData("GET", "api/runs/99", null, 404)]
    [InlineData("GET", "api/runs?limit=0", null, 400)]
    public async Task What_makes_no_sense_is_refused(string method, string path, string? body, int status)
    {
        var server = await catalog.EmptyAsync();
        await server.Service.SendAsync(new HttpMethod(method), path, (HttpStatusCode)status, body);
    }

    static async Task<System.Text.Json.Nodes.JsonNode> ClaimAsync(CatalogServer server, string worker, int leaseSeconds = 30) =>
        await server.Service.PostJsonAsync("api/runs/claim", new { pipelines = Watchlog, worker, leaseSeconds });

    static async Task<System.Text.Json.Nodes.JsonNode> PatchAsync(CatalogServer server, System.Text.Json.Nodes.JsonNode run, string body, HttpStatusCode expected = HttpStatusCode.OK) =>
        (await server.Service.SendAsync(HttpMethod.Patch, $"api/runs/{run["id"]}", expected, body))!;
}
