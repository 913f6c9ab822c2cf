using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using Npgsql;
using static LakeAspire.Catalog.Api.Tests.Lineage.Events;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Lineage;

/// <summary>Lineage that comes with a commit is there if and only if the commit is.</summary>
public sealed class CommitLineageTests(LineageCatalog catalog) : IClassFixture<LineageCatalog>
{
    const string Commit = "iceberg/v1/transactions/commit";

    readonly string space = $"s{Guid.NewGuid():n}";

    [Fact]
    public async Task Events_are_taken_in_with_the_commits_id_and_what_is_no_event_is_left_out()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "t");
        var (run, wrong) = (Guid.NewGuid(), Guid.NewGuid());
        var complete = Run("load", "COMPLETE", Noon, run, inputs: List(Input("a", "streams")), outputs: List(Output($"{space}.t", rows: 3)), runFacets: LakeRun());
        var broken = Run("load", "SOMETIMES", Noon, wrong);
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction(space, ["t"], "k", "v", $$"""{"lineage":[{{broken.ToJsonString()}},{{complete.ToJsonString()}}]}"""));
        var commit = (await server.Service.GetJsonAsync("api/commits?limit=100"))["commits"]!.AsArray().First(c => c!["message"]!.GetValue<string>().Contains(space, StringComparison.Ordinal))!["id"]!.GetValue<long>();
        await Until.TrueAsync(async () => await CountAsync(server, "SELECT count(*) FROM lineage_runs WHERE id = $1", run) == 1, "the run is known");
        Assert.Equal((commit, "complete"), (await ValueAsync(server, "SELECT commit_id FROM lineage_builds WHERE run_id = $1", run), (await server.User.GetJsonAsync($"api/lineage/runs/{run}"))["state"]!.GetValue<string>()));
        await Until.TrueAsync(async () => await CountAsync(server, "SELECT count(*) FROM lineage_inbox WHERE commit_id = $1", commit) == 0, "the inbox is empty");
        Assert.Equal(0, await CountAsync(server, "SELECT count(*) FROM lineage_runs WHERE id = $1", wrong));
    }

    [Fact]
    public async Task A_commit_that_is_refused_tells_nothing()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "t");
        var run = Guid.NewGuid();
        var lineage = $"\"lineage\":[{Run("load", "COMPLETE", Noon, run, outputs: List(Output($"{space}.t"))).ToJsonString()}]";
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.Conflict, Transaction(space, ["t"], "k", "v", $$"""{"cursors":[{"scope":"{{space}}","expected":"7","next":"8"}],{{lineage}}}"""));
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.BadRequest, Transaction(space, ["t"], "k", "v", """{"lineage":["no event"]}"""));

        // What another commit brings after it is there, and it is not.
        var next = Guid.NewGuid();
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction(space, ["t"], "k", "v", $$"""{"lineage":[{{Run("load", "COMPLETE", Noon, next).ToJsonString()}}]}"""));
        await Until.TrueAsync(async () => await CountAsync(server, "SELECT count(*) FROM lineage_runs WHERE id = $1", next) == 1, "the next one is known");
        Assert.Equal(0, await CountAsync(server, "SELECT count(*) FROM lineage_runs WHERE id = $1", run));
    }

    [Fact]
    public async Task What_the_database_does_not_take_is_left_out_and_keeps_nothing_back()
    {
        var server = await catalog.StartAsync();
        await server.Service.CreateTablesAsync(space, "t");
        var (bad, beside, next) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var poison = Run("load", "COMPLETE", Noon, bad, runFacets: new JsonObject { ["note"] = Facet(new JsonObject { ["text"] = "a\0b" }) }).ToJsonString();
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction(space, ["t"], "k", "v", $$"""{"lineage":[{{poison}},{{Run("load", "COMPLETE", Noon, beside).ToJsonString()}}]}"""));
        await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction(space, ["t"], "k", "w", $$"""{"lineage":[{{Run("load", "COMPLETE", Noon, next).ToJsonString()}}]}"""));
        foreach (var run in (Guid[])[beside, next])
        {
            await Until.TrueAsync(async () => await CountAsync(server, "SELECT count(*) FROM lineage_runs WHERE id = $1", run) == 1, "the others are known", TimeSpan.FromSeconds(20));
        }

        Assert.Equal(0, await CountAsync(server, "SELECT count(*) FROM lineage_runs WHERE id = $1", bad));
        await server.User.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.BadRequest, poison);
    }

    [Fact]
    public async Task That_it_is_not_known_what_decides_about_rows_is_said_of_no_column()
    {
        var server = await catalog.StartAsync();
        var facets = Columns(("x", $"{space}.a", "c"));
        facets["columnLineage"]!["untraced"] = "a PIVOT is not traced";
        await server.User.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Created, Run("job", "COMPLETE", Noon, Guid.NewGuid(), List(Input($"{space}.a")), List(Output($"{space}.b", facets: facets))).ToJsonString());
        foreach (var question in (string[])[$"table={space}.b&column=x&direction=upstream", $"table={space}.a&column=c&direction=downstream"])
        {
            var graph = await server.User.GetJsonAsync($"api/lineage/graph?{question}");
            Assert.Equal("x", Assert.Single(graph["columns"]!.AsArray())!["toColumn"]!.GetValue<string>());
            var untraced = Assert.Single(graph["untraced"]!.AsArray())!;
            Assert.Equal((null, "a PIVOT is not traced"), (untraced["column"]?.GetValue<string>(), untraced["reason"]!.GetValue<string>()));
        }
    }

    static JsonObject LakeRun() => new() { ["lakeaspire_run"] = Facet(new JsonObject { ["branch"] = "main" }) };

    static async Task<long> CountAsync(CatalogServer server, string sql, object parameter) => await ValueAsync(server, sql, parameter) ?? 0;

    static async Task<long?> ValueAsync(CatalogServer server, string sql, object parameter)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        return await command.ExecuteScalarAsync() as long?;
    }
}
