using LakeAspire.Testing;
using Lakehouse.Pipelines.Running;

namespace Lakehouse.Pipelines.Tests;

public sealed class RunnerTests : IDisposable
{
    const string Sources = "sources:\n  - name: bronze\n    tables: [{name: orders}]\n";

    readonly TempFolder folder = new();
    readonly List<NodeReport> reports = [];

    async Task<(RunResult Result, FolderLake Lake)> RunAsync(TestProject project, FolderLake? lake = null, long run = 1, CancellationToken cancellationToken = default)
    {
        if (lake is null)
        {
            lake = new FolderLake(folder.Path);
            await lake.AddSourceAsync("bronze.orders", "SELECT * FROM (VALUES (1, 10.5), (2, 20.0)) v(id, price)");
        }

        var runner = new PipelineRunner(lake, new RunnerOptions(), TimeProvider.System);
        return (await runner.RunAsync(project.Load(), run, 1, reports.Add, cancellationToken), lake);
    }

    IEnumerable<string> StatesOf(string model) => reports.Where(r => r.Model == model).Select(r => r.State.ToString());

    [Fact]
    public async Task Models_are_built_in_order_and_published_together_with_what_they_were_made_of()
    {
        using var project = new TestProject(
            ("models/sources.yml", Sources),
            ("models/total.sql", "select sum(price) as total from {{ ref('clean') }}"),
            ("models/clean.sql", "select id, price from {{ source('bronze', 'orders') }} where id > 0"));
        var (result, lake) = await RunAsync(project);
        Assert.Equal(new RunResult.Succeeded(101), result);
        Assert.Equal(["30.5"], await lake.RowsAsync("main.total"));
        Assert.Equal(["Pending", "Running", "Succeeded"], StatesOf("main.clean"));
        var done = reports.Last(r => r.Model == "main.clean");
        Assert.Equal((2L, "select id, price from \"lake\".\"bronze\".\"orders\" where id > 0"), (done.Rows, done.CompiledSql));
        Assert.True(done.FinishedAt >= done.StartedAt);
        var properties = Assert.Single(lake.Published);
        Assert.Equal("7", properties["lake.source.bronze.orders"]);
        Assert.Equal("1", properties["lake.run.id"]);
        Assert.Equal(project.Load().Plan.ProjectHash, properties["lake.pipeline.hash"]);
        Assert.Empty(lake.StagedFiles);
    }

    [Fact]
    public async Task A_failed_model_fails_the_run_skips_what_needs_it_and_leaves_every_table_as_it_was()
    {
        using var project = new TestProject(
            ("models/sources.yml", Sources),
            ("models/good.sql", "select id from {{ source('bronze', 'orders') }}"),
            ("models/middle.sql", "select * from {{ ref('bad') }}"),
            ("models/top.sql", "select * from {{ ref('middle') }}"),
            ("models/bad.sql", "select id from {{ source('bronze', 'orders') }}"));
        var (first, lake) = await RunAsync(project);
        Assert.IsType<RunResult.Succeeded>(first);
        reports.Clear();

        project.Write("models/good.sql", "select id + 1 as id from {{ source('bronze', 'orders') }}");
        project.Write("models/bad.sql", "select\n  nothing\nfrom {{ source('bronze', 'orders') }}");
        var (second, _) = await RunAsync(project, lake, run: 2);
        var failed = Assert.IsType<RunResult.Failed>(second);
        Assert.Contains("main.bad", failed.Error);
        Assert.Contains("models/bad.sql (line 2 of the compiled SQL)", failed.Error);
        Assert.Contains("\"nothing\" not found", failed.Error);
        Assert.Equal(["Pending", "Running", "Failed"], StatesOf("main.bad"));
        Assert.Equal(["Pending", "Skipped"], StatesOf("main.middle"));
        Assert.Equal(["Pending", "Skipped"], StatesOf("main.top"));
        Assert.Equal(["Pending", "Running", "Succeeded"], StatesOf("main.good"));
        Assert.Contains("nothing", reports.Single(r => r.State == NodeState.Failed).CompiledSql);
        Assert.Equal(["1", "2"], await lake.RowsAsync("main.good"));
        Assert.Empty(lake.StagedFiles);
        Assert.Single(lake.Published);
    }

    [Fact]
    public async Task A_template_that_fails_only_when_it_runs_is_the_model_s_failure()
    {
        using var project = new TestProject(("models/a.sql", "select 1 as x\n{% if execute %}{{ nothing.at_all }}{% endif %}"));
        var (result, _) = await RunAsync(project);
        Assert.Contains("models/a.sql:2: 'nothing' is undefined", Assert.IsType<RunResult.Failed>(result).Error);
        Assert.Equal(["Pending", "Failed"], StatesOf("main.a"));
    }

    [Fact]
    public async Task A_source_that_does_not_exist_fails_the_run_before_anything_is_built()
    {
        using var project = new TestProject(
            ("models/sources.yml", "sources:\n  - name: bronze\n    tables: [{name: nowhere}]\n"),
            ("models/a.sql", "select * from {{ source('bronze', 'nowhere') }}"));
        var (result, _) = await RunAsync(project);
        Assert.Contains("bronze.nowhere", Assert.IsType<RunResult.Failed>(result).Error);
        Assert.Equal(["Pending", "Skipped"], StatesOf("main.a"));
    }

    [Fact]
    public async Task A_run_that_is_published_already_is_not_done_again()
    {
        using var project = new TestProject(("models/a.sql", "select 1 as x"));
        var lake = new FolderLake(folder.Path);
        lake.AddCommit("shop", 5, 42);
        var (result, _) = await RunAsync(project, lake, run: 5);
        Assert.Equal(new RunResult.Succeeded(42), result);
        Assert.Empty(reports);
        Assert.Empty(lake.Published);
    }

    [Fact]
    public async Task A_refused_publication_fails_the_run_and_an_unknown_one_leaves_it_undecided()
    {
        using var project = new TestProject(("models/a.sql", "select 1 as x"));
        var lake = new FolderLake(folder.Path);
        lake.Answers.Enqueue(new PublicationResult.Refused("another run was first"));
        lake.Answers.Enqueue(new PublicationResult.Unknown("connection lost"));
        Assert.Equal(new RunResult.Failed("another run was first"), (await RunAsync(project, lake)).Result);
        Assert.Equal(new RunResult.Undecided("connection lost"), (await RunAsync(project, lake)).Result);
        Assert.Empty(lake.Published);
    }

    [Fact]
    public async Task A_cancelled_run_stops_within_a_second_and_leaves_no_files()
    {
        using var project = new TestProject(("models/slow.sql", "select sum(a.range * b.range) as x from range(1000000) a, range(1000000) b"));
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var lake = new FolderLake(folder.Path);
        var runner = new PipelineRunner(lake, new RunnerOptions(), TimeProvider.System);
        var run = runner.RunAsync(project.Load(), 1, 1, r => { if (r.State == NodeState.Running) { started.TrySetResult(); } }, cancel.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var stop = System.Diagnostics.Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(stop.Elapsed < TimeSpan.FromSeconds(5), $"took {stop.Elapsed}");
        Assert.Empty(lake.StagedFiles);
        Assert.Empty(lake.Published);
    }

    public void Dispose() => folder.Dispose();
}
