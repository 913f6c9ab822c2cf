using System.Text.Json;

namespace LakeAspire.Cli.Tests;

public class CommandTests
{
    [Fact]
    public async Task Tables_are_listed_by_layer()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("tables");
        Assert.Equal(["bronze.watchlog", "bronze.watchlog__quarantine", "silver.rfm", "silver.watch", "gold.customer_360", "gold.loyal_customers"], ended.Lines.Skip(2).Select(line => line.Split(' ')[0]));
        Assert.Contains("594,012", ended.Output, StringComparison.Ordinal);
        var json = await lake.RunAsync("tables", "--json");
        Assert.Equal(5, json.Lines.Count(line => JsonDocument.Parse(line).RootElement.TryGetProperty("rows", out _)));
    }

    [Fact]
    public async Task An_empty_lake_says_what_to_do()
    {
        await using var lake = await Lake.StartAsync(empty: true);
        var ended = await lake.RunAsync("tables");
        Assert.Equal((0, ""), (ended.Code, ended.Output));
        Assert.Contains("lake ingest", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_narrow_terminal_gets_a_narrow_table()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await Lake.RunAsync(lake.Folder.Path, null, [("COLUMNS", "50")], "sql", "select * from gold.customer_360 limit 3");
        Assert.All(ended.Lines, line => Assert.True(line.Length <= 50, line));
        Assert.Contains("left out", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_prints_a_link()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("open", "--no-browser");
        Assert.Equal(0, ended.Code);
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/signin\?token=\w+\n$", ended.Output);
    }

    [Fact]
    public async Task Trigger_starts_a_run()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("trigger", "watchlog");
        Assert.Equal((0, "Run 10 of watchlog is queued.\n"), (ended.Code, ended.Output));
        Assert.Equal(10, JsonDocument.Parse((await lake.RunAsync("runs", "--json", "--limit", "1")).Output).RootElement.GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task Trigger_can_wait_and_shows_the_models()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("trigger", "watchlog", "--wait");
        Assert.Equal(0, ended.Code);
        Assert.Equal(8, ended.Lines.Length);
        Assert.Contains("✓ customer_360  250 ms  21,877 rows", ended.Output, StringComparison.Ordinal);
        Assert.Contains("commit 60", ended.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_is_exit_code_1()
    {
        await using var lake = await Lake.StartAsync();
        lake.Server.State.FailingModel = "rfm";
        var ended = await lake.RunAsync("trigger", "watchlog", "--wait");
        Assert.Equal(1, ended.Code);
        Assert.Contains("✗ rfm", ended.Output, StringComparison.Ordinal);
        Assert.Contains("- customer_360  skipped", ended.Output, StringComparison.Ordinal);
        Assert.Contains("failed: model silver.rfm failed", ended.Complaint, StringComparison.Ordinal);

        var json = await lake.RunAsync("trigger", "watchlog", "--wait", "--json");
        Assert.Equal((1, "failed"), (json.Code, JsonDocument.Parse(json.Output).RootElement.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task An_unknown_pipeline_is_said_with_those_that_are_known()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("trigger", "watchdog");
        Assert.Equal(1, ended.Code);
        Assert.Contains("known: watchlog", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_listed_with_their_errors()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("runs", "watchlog");
        Assert.Equal(11, ended.Lines.Length);
        Assert.Contains(ended.Lines, line => line.Contains("failed", StringComparison.Ordinal) && line.Contains("Binder Error", StringComparison.Ordinal));
    }
}
