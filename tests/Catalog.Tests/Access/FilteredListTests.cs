using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Pipelines, runs, upkeep and messages of commits: everybody sees the part that is about what they may describe, and no name of anything else.</summary>
public sealed class FilteredListTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string Project =
        """
        {"models":[
          {"name":"clean","namespace":"silver","materialized":"table","dependsOn":["bronze.secret"],"rawSql":"select from secret","description":"of secret"},
          {"name":"mid","namespace":"silver","materialized":"ephemeral","dependsOn":["bronze.secret"],"rawSql":"select from secret"},
          {"name":"a","namespace":"gold","materialized":"table","dependsOn":["silver.clean"],"rawSql":"select from clean","description":"of clean"},
          {"name":"b","namespace":"gold","materialized":"table","dependsOn":["gold.a"],"rawSql":"select from a","description":"of a"},
          {"name":"c","namespace":"gold","materialized":"table","dependsOn":["silver.mid"],"rawSql":"select from mid"}],
         "sources":[{"namespace":"bronze","name":"secret"}]}
        """;

    [Fact]
    public async Task Pipelines_and_runs_show_the_models_that_may_be_described_and_texts_that_name_nothing_else()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        await server.Service.SendAsync(HttpMethod.Put, "api/projects/p", HttpStatusCode.OK, Project);
        await server.User.PostJsonAsync("api/runs", new { pipeline = "p" }, HttpStatusCode.Accepted);
        var run = (await server.Service.SendAsync(HttpMethod.Post, "api/runs/claim", HttpStatusCode.OK, """{"pipelines":["p"],"worker":"w"}"""))!["id"]!.GetValue<long>();
        await server.Service.SendAsync(HttpMethod.Patch, $"api/runs/{run}", HttpStatusCode.OK,
            """
            {"worker":"w","state":"failed","error":"silver.clean: no column of secret","nodes":[
              {"model":"silver.clean","state":"failed","error":"secret","compiledSql":"from secret"},{"model":"gold.a","state":"failed","error":"silver.clean failed","compiledSql":"from clean"},
              {"model":"gold.b","state":"failed","error":"gold.a failed","compiledSql":"from a"},{"model":"gone.model","state":"skipped","compiledSql":"from secret"}]}
            """);
        var (name, _, client) = await server.CreateServiceAsync();
        Assert.Empty((await client.GetJsonAsync("api/projects"))["projects"]!.AsArray());
        Assert.Empty((await client.GetJsonAsync("api/runs"))["runs"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync($"api/runs/{run}"));

        await server.GrantAsync(name, "describe", "gold");
        var seen = await client.GetJsonAsync("api/projects");
        var models = seen["projects"]![0]!["models"]!.AsArray();
        Assert.Equal(["a", "b", "c"], models.Select(m => m!["name"]!.GetValue<string>()));
        Assert.Equal([null, "select from a", null], models.Select(m => m!["rawSql"]?.GetValue<string>()));
        var shown = await client.GetJsonAsync($"api/runs/{run}");
        Assert.Equal(["gold.a", "gold.b"], shown["nodes"]!.AsArray().Select(n => n!["model"]!.GetValue<string>()));
        Assert.Equal([null, "from a"], shown["nodes"]!.AsArray().Select(n => n!["compiledSql"]?.GetValue<string>()));
        Assert.Equal(shown.ToJsonString(), (await client.GetJsonAsync("api/runs"))["runs"]![0]!.ToJsonString());
        foreach (var hidden in (string[])["secret", "silver", "clean", "gone"])
        {
            Assert.DoesNotContain(hidden, seen.ToJsonString() + shown.ToJsonString(), StringComparison.Ordinal);
        }

        await server.GrantAsync(name, "describe");
        Assert.Equal((await server.User.GetJsonAsync("api/projects")).ToJsonString(), (await client.GetJsonAsync("api/projects")).ToJsonString());
        Assert.Equal((await server.User.GetJsonAsync("api/runs")).ToJsonString(), (await client.GetJsonAsync("api/runs")).ToJsonString());
        await client.SendAsync(HttpMethod.Post, $"api/runs/{run}/cancel", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_model_whose_name_holds_a_dot_is_none_of_a_namespace_that_is_called_so()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.SendAsync(HttpMethod.Put, "api/projects/p", HttpStatusCode.OK, """
            {"models":[{"name":"a.b","namespace":"gold","materialized":"table","dependsOn":["gold.\"a.b\"","\"gold\".\"a.b\""],"rawSql":"select 1"}],"sources":[]}
            """);
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "describe", "gold.a");
        Assert.Empty((await client.GetJsonAsync("api/projects"))["projects"]!.AsArray());
        await server.GrantAsync(name, "describe", "gold");
        Assert.Equal("select 1", Assert.Single((await client.GetJsonAsync("api/projects"))["projects"]!.AsArray())!["models"]![0]!["rawSql"]?.GetValue<string>());
    }

    [Fact]
    public async Task Upkeep_shows_the_acts_on_what_may_be_described()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a", "b");
        await server.Service.PostJsonAsync("api/upkeep/acts", new { acts = new[] { ActOn("a"), ActOn("b") } }, HttpStatusCode.NoContent);
        var (name, _, client) = await server.CreateServiceAsync();
        Assert.Empty((await client.GetJsonAsync("api/upkeep"))["acts"]!.AsArray());
        await server.GrantAsync(name, "select", "gold", "a");
        Assert.Equal(["a"], (await client.GetJsonAsync("api/upkeep"))["acts"]!.AsArray().Select(a => a!["table"]!.GetValue<string>()));
        Assert.Empty((await client.GetJsonAsync("api/upkeep?table=gold.b"))["acts"]!.AsArray());
        Assert.Equal(2, (await server.User.GetJsonAsync("api/upkeep"))["acts"]!.AsArray().Count);

        static object ActOn(string table) => new { id = Guid.NewGuid(), @namespace = "gold", table, act = "compact", state = "succeeded", reason = "small files", startedAt = TimeProvider.System.GetUtcNow() };
    }

    [Fact]
    public async Task Messages_of_commits_that_changed_something_hidden_are_withheld_wherever_they_stand()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a", "hidden");
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent,
            """
            {"table-changes":[
              {"identifier":{"namespace":["gold"],"name":"a"},"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]},
              {"identifier":{"namespace":["gold"],"name":"hidden"},"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}]}
            """);
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "manage", "gold", "a");
        Assert.NotEqual("", (await server.User.GetJsonAsync("api/tables/gold/a"))["lastCommit"]!["message"]!.GetValue<string>());
        Assert.Equal("", (await client.GetJsonAsync("api/tables"))["tables"]![0]!["lastCommit"]!["message"]!.GetValue<string>());
        Assert.Equal("", (await client.GetJsonAsync("api/tables/gold/a"))["lastCommit"]!["message"]!.GetValue<string>());
        var history = (await client.GetJsonAsync("api/tables/gold/a/history"))["history"]!.AsArray();
        Assert.Equal("", history[0]!["commit"]!["message"]!.GetValue<string>());
        Assert.Contains(history, state => state!["commit"]!["message"]!.GetValue<string>().Length > 0);

        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/a", HttpStatusCode.NoContent);
        var dropped = Assert.Single((await client.GetJsonAsync("api/dropped"))["dropped"]!.AsArray())!;
        Assert.True(dropped["mayUndrop"]!.GetValue<bool>());
        Assert.NotEqual("", dropped["droppedBy"]!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Everybody_is_told_what_they_may_do_with_the_lake_and_its_branches()
    {
        var server = await catalog.EmptyAsync();
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.User.PostJsonAsync("api/branches", new { name = "other" }, HttpStatusCode.Created);
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "modify", branch: "dev");
        var me = await client.GetJsonAsync("api/access/me");
        Assert.Equal(("[]", """["describe","select","append","modify"]""", false, false), (
            me["privileges"]!.ToJsonString(), me["anywhere"]!.ToJsonString(), me["mayGrant"]!.GetValue<bool>(), me["hasPassword"]!.GetValue<bool>()));
        var branches = (await client.GetJsonAsync("api/branches"))["branches"]!.AsArray().ToDictionary(b => b!["name"]!.GetValue<string>(), b => b!["privileges"]!.ToJsonString());
        Assert.Equal(new Dictionary<string, string> { ["dev"] = """["describe","select","append","modify"]""", ["main"] = "[]" }, branches);
        Assert.All((await server.User.GetJsonAsync("api/branches"))["branches"]!.AsArray(), b => Assert.Equal(7, b!["privileges"]!.AsArray().Count));
    }
}
