using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using Lakehouse.Storage;
using Lakehouse.Tables;
using static LakeAspire.Transform.Worker.Tests.Pipelines.PipelineLab;

namespace LakeAspire.Transform.Worker.Tests.Pipelines;

/// <summary>Runs of a worker against the real catalog service.</summary>
public sealed class PipelineRunTests(PostgresServer postgres)
{
    const string Sources = "sources:\n  - name: bronze\n    tables: [{name: orders}]\n";
    const string Clean = "select id, price from {{ source('bronze', 'orders') }} where price > 0";
    const string Total = "select count(*) as orders, sum(price) as total from {{ ref('clean') }}";
    const string Rows = "SELECT * FROM (VALUES (1, 10.5::DOUBLE), (2, 20.0), (3, -1.0)) v(id, price)";

    Task<PipelineLab> StartAsync() => PipelineLab.StartAsync(postgres, ("models/sources.yml", Sources), ("models/clean.sql", Clean), ("models/total.sql", Total));

    [Fact]
    public async Task Many_commits_of_a_source_make_few_runs_and_the_tables_come_in_one_commit()
    {
        await using var lab = await StartAsync();
        var worker = await lab.StartWorkerAsync();
        Assert.Equal(["shop"], TriggersOf(worker).PipelinesReading("bronze", "orders"));
        Assert.Empty(TriggersOf(worker).PipelinesReading("bronze", "other"));
        for (var i = 0; i < 10; i++)
        {
            await lab.AppendAsync("bronze.orders", Rows);
            TriggersOf(worker).TableCommitted("bronze", "orders");
        }

        await Until.TrueAsync(async () => await lab.Lake.FindTableAsync(new TableIdentifier("gold", "total")) is not null && await lab.ReadAsync("gold.total", "orders") == "20", "gold holds all orders");
        await Until.TrueAsync(async () => (await lab.RunsAsync()).TrueForAll(r => StateOf(r) == "succeeded"), "all runs are over");
        var runs = await lab.RunsAsync();
        Assert.InRange(runs.Count, 1, 4);
        var run = runs[0];
        Assert.Equal("gold.clean:succeeded gold.total:succeeded", NodesOf(run));
        Assert.Equal(20, run.GetProperty("nodes").EnumerateArray().First(n => n.GetProperty("model").GetString() == "gold.clean").GetProperty("rows").GetInt64());

        var commits = (await lab.Service.GetFromJsonAsync<JsonElement>("api/commits?limit=100")).GetProperty("commits").EnumerateArray().ToList();
        var commit = commits.Single(c => c.GetProperty("id").GetInt64() == run.GetProperty("commitId").GetInt64());
        Assert.Equal(run.GetProperty("id").GetInt64(), commit.GetProperty("runId").GetInt64());
        Assert.Equal(["gold.clean", "gold.total"], commit.GetProperty("tables").EnumerateArray().Select(t => $"{t.GetProperty("namespace").GetString()}.{t.GetProperty("name").GetString()}").Order());
        Assert.Equal(runs.Count, commits.Count(c => c.GetProperty("author").GetString() == "transform-worker"));

        var bronze = await lab.Lake.LoadTableAsync(new TableIdentifier("bronze", "orders"));
        var gold = await lab.Lake.LoadTableAsync(new TableIdentifier("gold", "total"));
        Assert.Equal(bronze.CurrentSnapshot!.SnapshotId.ToString(), gold.CurrentSnapshot!.Summary["lake.source.bronze.orders"]);
        Assert.Equal(run.GetProperty("id").GetInt64().ToString(), gold.CurrentSnapshot.Summary["lake.run.id"]);
        Assert.Equal(runs.Count, gold.Metadata.Snapshots.Count);
    }

    [Fact]
    public async Task The_project_is_registered_with_its_graph()
    {
        await using var lab = await StartAsync();
        await lab.StartWorkerAsync();
        JsonElement project = default;
        await Until.TrueAsync(
            async () => (project = (await lab.Service.GetFromJsonAsync<JsonElement>("api/projects")).GetProperty("projects").EnumerateArray().FirstOrDefault()).ValueKind == JsonValueKind.Object, "the project is registered");
        Assert.Equal("shop", project.GetProperty("name").GetString());
        var models = project.GetProperty("models").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!);
        Assert.Equal(["gold.clean"], models["total"].GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()));
        Assert.Equal(["bronze.orders"], models["clean"].GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()));
        Assert.Equal(("gold", "table", "models/clean.sql", Clean), (
            models["clean"].GetProperty("namespace").GetString(), models["clean"].GetProperty("materialized").GetString(), models["clean"].GetProperty("path").GetString(), models["clean"].GetProperty("rawSql").GetString()));
        Assert.Empty(await lab.RunsAsync());
    }

    [Fact]
    public async Task A_failed_run_says_why_and_leaves_every_table_and_no_file()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync("bronze.orders", Rows);
        await lab.StartWorkerAsync();
        await Until.TrueAsync(async () => (await lab.RunsAsync()) is [var first] && StateOf(first) == "succeeded", "the first run is over");
        var before = await lab.Lake.LoadTableAsync(new TableIdentifier("gold", "clean"));
        var files = lab.DataFilesOf("gold.clean").Concat(lab.DataFilesOf("gold.total")).ToHashSet();

        lab.Write("models/clean.sql", Clean.Replace("> 0", "> 15", StringComparison.Ordinal));
        lab.Write("models/total.sql", "select\n  no_such_column from {{ ref('clean') }}");
        var run = await lab.EndedAsync((await lab.RequestRunAsync()).GetProperty("id").GetInt64());
        Assert.Equal("failed", StateOf(run));
        Assert.Equal("gold.clean:succeeded gold.total:failed", NodesOf(run));
        Assert.Contains("models/total.sql", run.GetProperty("error").GetString());
        var node = run.GetProperty("nodes").EnumerateArray().Single(n => n.GetProperty("state").GetString() == "failed");
        Assert.Contains("no_such_column", node.GetProperty("error").GetString());
        Assert.Equal("select\n  no_such_column from \"lake\".\"gold\".\"clean\"", node.GetProperty("compiledSql").GetString());
        Assert.Equal(before.MetadataLocation, (await lab.Lake.LoadTableAsync(new TableIdentifier("gold", "clean"))).MetadataLocation);
        Assert.Equal(files, lab.DataFilesOf("gold.clean").Concat(lab.DataFilesOf("gold.total")).ToHashSet());
    }

    [Fact]
    public async Task Columns_that_stay_keep_their_ids_and_history_is_kept()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync("bronze.orders", Rows);
        await lab.StartWorkerAsync();
        await Until.TrueAsync(async () => (await lab.RunsAsync()) is [var first] && StateOf(first) == "succeeded", "the first run is over");
        var before = await lab.Lake.LoadTableAsync(new TableIdentifier("gold", "clean"));

        lab.Write("models/clean.sql", "select 'x' as added, price, id::varchar as id from {{ source('bronze', 'orders') }}");
        lab.Write("models/p.yml", "models:\n  - name: clean\n    description: Orders\n    columns: [{name: added, description: New}]\n");
        var run = await lab.EndedAsync((await lab.RequestRunAsync()).GetProperty("id").GetInt64());
        Assert.Equal("succeeded", StateOf(run));
        var after = await lab.Lake.LoadTableAsync(new TableIdentifier("gold", "clean"));
        Assert.Equal(["added", "price", "id"], after.Schema.Fields.Select(f => f.Name));
        Assert.Equal(before.Schema.FindColumn("price")!.Id, after.Schema.FindColumn("price")!.Id);
        Assert.DoesNotContain(after.Schema.FindColumn("id")!.Id, before.Schema.Fields.Select(f => f.Id));
        Assert.Equal("New", after.Schema.FindColumn("added")!.Doc);
        Assert.Equal(2, after.Metadata.Snapshots.Count);
        Assert.Equal("3", await lab.ReadAsync("gold.clean", "count(*)"));
    }

    [Fact]
    public async Task Sources_are_read_without_their_deleted_rows()
    {
        var golden = Path.Combine(Needs.Golden("spark-delta/dv-update"), "table");
        await using var lab = await PipelineLab.StartAsync(
            postgres,
            ("models/sources.yml", "sources:\n  - name: bronze\n    tables: [{name: orders}, {name: vectors}, {name: delta}]\n"),
            ("models/kept.sql", "select 'positions' as kind, price from {{ source('bronze', 'orders') }} union all select 'vectors', price from {{ source('bronze', 'vectors') }}"),
            ("models/kinds.sql", "select kind, count(*) as n from {{ ref('kept') }} group by all union all select 'delta', count(*) from {{ source('bronze', 'delta') }}"));
        foreach (var (table, version) in new[] { ("bronze.orders", 2), ("bronze.vectors", 3) })
        {
            await lab.AppendAsync(table, "SELECT i AS id, i::DOUBLE AS price FROM range(1000) t(i)", version);
            await lab.DeleteAsync(table, "id % 10 = 3");
            var (rows, deletes) = (await lab.ReadAsync(table, "count(*)"), (await lab.Lake.LoadTableAsync(TableIdentifier.Parse(table))).CurrentSnapshot!.SummaryNumber("total-delete-files"));
            Assert.Equal(("900", 1L), (rows, deletes));
        }

        await lab.Lake.Catalog.RegisterDeltaTableAsync(TableIdentifier.Parse("bronze.delta"), LocalPath.ToLocation(golden));
        await lab.StartWorkerAsync();
        await Until.TrueAsync(async () => (await lab.RunsAsync()) is [var first] && StateOf(first) is ("succeeded" or "failed"), "the run is over");
        Assert.Equal("delta 57, positions 900, vectors 900", await lab.ReadAsync("gold.kinds", "string_agg(kind || ' ' || n, ', ' ORDER BY kind)"));
        Assert.Equal("0", await lab.ReadAsync("gold.kept", "count(*) FILTER (price % 10 = 3)"));
    }

    [Fact]
    public async Task The_run_of_a_worker_that_died_is_done_by_the_next_one()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync("bronze.orders", Rows);
        var run = await lab.RequestRunAsync();
        await ClaimAsDeadWorkerAsync(lab);
        await lab.StartWorkerAsync();
        var ended = await lab.EndedAsync(run.GetProperty("id").GetInt64());
        Assert.Equal(("succeeded", 2), (StateOf(ended), ended.GetProperty("attempt").GetInt32()));
        Assert.Equal("2", await lab.ReadAsync("gold.total", "orders"));
    }

    [Fact]
    public async Task A_run_that_was_published_before_its_worker_died_is_not_done_again()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync("bronze.orders", Rows);
        var run = (await lab.RequestRunAsync()).GetProperty("id").GetInt64();
        await ClaimAsDeadWorkerAsync(lab);
        await using var transaction = lab.Lake.BeginTransaction("transform-worker", "published by the worker that died", run, 1);
        transaction.AddItem("runs/shop", run.ToString(), "hash");
        var commit = Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());

        await lab.StartWorkerAsync();
        var ended = await lab.EndedAsync(run);
        Assert.Equal(("succeeded", commit.CommitId), (StateOf(ended), ended.GetProperty("commitId").GetInt64()));
        Assert.Empty(ended.GetProperty("nodes").EnumerateArray());
    }

    [Fact]
    public async Task A_cancelled_run_stops_soon_and_the_worker_takes_the_next_one()
    {
        await using var lab = await StartAsync();
        lab.Write("models/clean.sql", "select 1 as id, sum(a.range * b.range)::double as price from range(3000000) a, range(3000000) b");
        await lab.StartWorkerAsync();
        var slow = (await lab.RequestRunAsync()).GetProperty("id").GetInt64();
        await Until.TrueAsync(async () => NodesOf(await lab.RunAsync(slow)).Contains("gold.clean:running", StringComparison.Ordinal), "the slow model is at work");
        lab.Write("models/clean.sql", "select 1 as id, 2.0::double as price");
        (await lab.Service.PostAsync($"api/runs/{slow}/cancel", content: null)).EnsureSuccessStatusCode();
        var next = await lab.EndedAsync((await lab.RequestRunAsync()).GetProperty("id").GetInt64());
        Assert.Equal(("cancelled", "succeeded"), (StateOf(await lab.RunAsync(slow)), StateOf(next)));
        Assert.Equal("2.0", await lab.ReadAsync("gold.total", "total"));
    }

    [Fact]
    public async Task A_worker_that_is_stopped_gives_its_run_back()
    {
        await using var lab = await StartAsync();
        lab.Write("models/clean.sql", "select 1 as id, sum(a.range * b.range)::double as price from range(3000000) a, range(3000000) b");
        var worker = await lab.StartWorkerAsync(leaseSeconds: 600);
        var id = (await lab.RequestRunAsync()).GetProperty("id").GetInt64();
        await Until.TrueAsync(async () => NodesOf(await lab.RunAsync(id)).Contains("gold.clean:running", StringComparison.Ordinal), "the slow model is at work");
        await worker.StopAsync();
        Assert.Equal("running", StateOf(await lab.RunAsync(id)));
        lab.Write("models/clean.sql", "select 1 as id, 2.0::double as price");
        await lab.StartWorkerAsync();
        Assert.Equal("succeeded", StateOf(await lab.EndedAsync(id)));
    }

    [Fact]
    public async Task A_worker_asks_for_a_run_at_its_start_only_if_the_tables_are_not_what_they_would_be()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync("bronze.orders", Rows);
        var first = await lab.StartWorkerAsync();
        await Until.TrueAsync(async () => (await lab.RunsAsync()) is [var run] && StateOf(run) == "succeeded", "the first run is over");
        await first.StopAsync();

        var second = await lab.StartWorkerAsync();
        var requested = (await lab.RequestRunAsync()).GetProperty("id").GetInt64();
        await lab.EndedAsync(requested);
        Assert.Equal(2, (await lab.RunsAsync()).Count);
        await second.StopAsync();

        await lab.AppendAsync("bronze.orders", Rows);
        await lab.StartWorkerAsync();
        await Until.TrueAsync(async () => (await lab.RunsAsync()) is [var run, _, _] && StateOf(run) == "succeeded", "the third run is over");
        Assert.Equal("4", await lab.ReadAsync("gold.total", "orders"));
    }

    [Fact]
    public async Task A_run_is_in_the_trace_of_what_caused_it_down_to_its_commit()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync("bronze.orders", Rows);
        var spans = new System.Collections.Concurrent.ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Lake", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom();
        var run = await lab.RequestRunAsync($"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        await lab.StartWorkerAsync();
        await lab.EndedAsync(run.GetProperty("id").GetInt64());
        await Until.TrueAsync(() => Task.FromResult(spans.Any(s => s.TraceId == trace && s.OperationName == "pipeline shop")), "the run's span has ended");
        var names = spans.Where(s => s.TraceId == trace && s.Source.Name is "LakeAspire.Transform" or "Lakehouse.Pipelines").Where(s => s.TraceId == trace).Select(s => s.OperationName).Order(StringComparer.Ordinal);
        Assert.Equal(["model gold.clean", "model gold.total", "pipeline shop", "publish", "run shop"], names);
    }

    static async Task ClaimAsDeadWorkerAsync(PipelineLab lab)
    {
        var claimed = await lab.Service.PostAsJsonAsync("api/runs/claim", new { pipelines = new[] { "shop" }, worker = "dead", leaseSeconds = 1 });
        Assert.Equal(System.Net.HttpStatusCode.OK, claimed.StatusCode);
    }
}
