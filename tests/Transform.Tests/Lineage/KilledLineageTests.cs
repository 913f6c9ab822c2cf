using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using LakeAspire.Transform.Worker.Tests.Landing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Transform.Worker.Tests.Lineage;

/// <summary>A worker that dies with the answer to its commit on the way, and that could tell nothing before: the lineage of what it committed is there all the same.</summary>
public sealed class KilledLineageTests(PostgresServer postgres)
{
    const string Declaration = """
        stream: s
        columns:
          - {name: id, type: long, from: order.id, required: true}
          - {name: note, type: string, from: note}
          - {name: file, type: string, from_source: name}
          - {name: twice, type: long, expression: "id * 2"}
        """;

    [Fact]
    public async Task The_lineage_of_a_load_and_of_a_run_survives_a_worker_that_is_killed_right_after_its_commit()
    {
        var fate = new Fate();
        await using var bench = await LandingBench.StartAsync(postgres, configure: builder => builder.Services.AddSingleton<IStartupFilter>(fate));
        Write(bench, "dbt_project.yml", "name: shop\nmodels:\n  +materialized: table\n  +schema: gold\n");
        Write(bench, "models/sources.yml", "sources:\n  - name: bronze\n    tables: [{name: s}]\n");
        Write(bench, "macros/names.sql", "{% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name or target.schema }}{% endmacro %}");
        Write(bench, "models/total.sql", "select sum(twice) as total from {{ source('bronze', 's') }} where note is not null");
        bench.Declare("s", Declaration);
        await bench.PutAsync("s", "a.ndjson", Encoding.UTF8.GetBytes("""{"order": {"id": 1}, "note": "x"}""" + "\n" + """{"note": "no id"}""" + "\n"));

        await UntilKilledAsync(fate, bench, "load ", () => Task.CompletedTask);
        await UntilKilledAsync(fate, bench, "run ", async () => (await bench.Catalog.Service.PostAsJsonAsync("api/runs", new { pipeline = "shop", trigger = "manual" })).EnsureSuccessStatusCode());

        JsonNode? graph = null;
        await Until.TrueAsync(async () => (graph = await GraphAsync(bench, "table=gold.total&column=total&direction=upstream"))?["columns"]!.AsArray().Count >= 3, "the lineage is there");
        var names = graph!["nodes"]!.AsArray().ToDictionary(n => n!["id"]!.GetValue<string>(), n => n!["name"]!.GetValue<string>());
        var columns = graph["columns"]!.AsArray().Select(c => $"{names[c!["from"]!.GetValue<string>()]}.{c["fromColumn"]}>{names[c["to"]!.GetValue<string>()]}.{c["toColumn"]} {c["direct"]}").ToList();
        Assert.Contains("s.order.id>bronze.s.twice true", columns);
        Assert.Contains("bronze.s.twice>gold.total.total true", columns);
        Assert.Contains("bronze.s.note>gold.total. false", columns);

        var version = await bench.Catalog.User.GetFromJsonAsync<JsonObject>("api/lineage/versions?table=bronze.s");
        Assert.Equal(("load.s", fate.Commits[0], 1L), (version!["run"]!["job"]!["name"]!.GetValue<string>(), version["commitId"]!.GetValue<long>(), version["run"]!["outputs"]!.AsArray().Single(o => o!["name"]!.GetValue<string>() == "bronze.s")!["rows"]!.GetValue<long>()));
        Assert.Equal("complete", version["run"]!["state"]!.GetValue<string>());
        version = await bench.Catalog.User.GetFromJsonAsync<JsonObject>("api/lineage/versions?table=gold.total");
        Assert.Equal(("shop.gold.total", fate.Commits[1]), (version!["run"]!["job"]!["name"]!.GetValue<string>(), version["commitId"]!.GetValue<long>()));
    }

    static async Task UntilKilledAsync(Fate fate, LandingBench bench, string message, Func<Task> begin)
    {
        using var worker = WorkerProcess.Start(bench, ("Lake__Pipelines__0", bench.Project));
        fate.Strike(message, worker.KillAsync);
        await worker.ReadyAsync();
        await begin();
        await fate.Struck.WaitAsync(TimeSpan.FromMinutes(2));
    }

    static void Write(LandingBench bench, string path, string text)
    {
        var full = Path.Combine([bench.Project, .. path.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    static async Task<JsonNode?> GraphAsync(LandingBench bench, string question)
    {
        using var response = await bench.Catalog.User.GetAsync($"api/lineage/graph?{question}");
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }

    /// <summary>Stands before the catalog: kills the worker between its commit and the answer, and takes no event from anybody.</summary>
    sealed class Fate : IStartupFilter
    {
        string wanted = "";
        Func<Task>? kill;
        TaskCompletionSource struck = new();

        public Task Struck => struck.Task;

        public List<long> Commits { get; } = [];

        public void Strike(string message, Func<Task> by) => (struck, wanted, kill) = (new(TaskCreationOptions.RunContinuationsAsynchronously), message, by);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, following) =>
            {
                var path = context.Request.Path.Value!;
                if (context.Request.Method == "POST" && path.StartsWith("/api/lineage", StringComparison.Ordinal))
                {
                    context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
                    return;
                }

                if (!path.EndsWith("transactions/commit", StringComparison.Ordinal))
                {
                    await following(context);
                    return;
                }

                context.Request.EnableBuffering();
                var message = (await JsonNode.ParseAsync(context.Request.Body))!["lakeaspire"]!["message"]!.GetValue<string>();
                context.Request.Body.Position = 0;
                await following(context);
                if (kill is { } strike && message.StartsWith(wanted, StringComparison.Ordinal) && context.Response.StatusCode == (int)HttpStatusCode.NoContent)
                {
                    kill = null;
                    Commits.Add(long.Parse(context.Response.Headers["LakeAspire-Commit"].ToString(), System.Globalization.CultureInfo.InvariantCulture));
                    await strike();
                    struck.SetResult();
                }
            });
            next(app);
        };
    }
}
