using System.Text;
using System.Text.Json;

namespace LakeAspire.Cli.Tests;

public class SqlTests
{
    [Fact]
    public async Task A_result_is_a_table_to_read()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("sql", "select Contract, TVDuration from gold.customer_360 limit 3");
        Assert.Equal(0, ended.Code);
        Assert.Equal(5, ended.Lines.Length);
        Assert.StartsWith("Contract", ended.Lines[0], StringComparison.Ordinal);
        Assert.Contains("HN000000", ended.Lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ended.Output + ended.Error);
        Assert.Equal("(3 rows; 42 ms)", ended.Complaint);
    }

    [Fact]
    public async Task Values_are_exact_and_nulls_are_seen()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("sql", "select 1");
        Assert.Equal(["9007199254740993", "<b>a,", "\"quoted\"</b>", "null", "12.50"], ended.Lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("select * from range(5)", null)]
    [InlineData("-", "select * from range(5)")]
    [InlineData(null, "select * from range(5)")]
    public async Task The_statement_comes_as_argument_or_by_standard_input(string? argument, string? input)
    {
        await using var lake = await Lake.StartAsync();
        var ended = await Lake.RunAsync(lake.Folder.Path, input, [], argument is null ? ["sql", "--json"] : ["sql", argument, "--json"]);
        Assert.Equal(0, ended.Code);
        Assert.Equal([0, 1, 2, 3, 4], ended.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("range").GetInt32()));
    }

    [Fact]
    public async Task A_branch_and_a_time_go_with_it_and_a_plan_is_text_or_json()
    {
        await using var lake = await Lake.StartAsync();
        Assert.Equal(0, (await lake.RunAsync("sql", "select * from range(5)", "--branch", "run/1", "--as-of", "2026-11-21T10:00Z", "--json")).Code);
        Assert.Contains("?branch=run%2F1&asOf=2026-11-21T10%3A00Z", lake.Server.State.QueryStrings);
        var text = await lake.RunAsync("sql", "select * from gold.customer_360", "--explain", "-b", "dev");
        Assert.Equal((0, "branch dev at commit 7, as user"), (text.Code, text.Lines[0]));
        Assert.Equal("dev", JsonDocument.Parse((await lake.RunAsync("sql", "select 1", "--explain", "--json", "-b", "dev")).Output).RootElement.GetProperty("branch").GetString());
        Assert.NotEqual(0, (await lake.RunAsync("sql", "select 1", "--explain", "--csv")).Code);
    }

    [Fact]
    public async Task Or_in_a_file()
    {
        await using var lake = await Lake.StartAsync();
        var file = lake.Folder.Below("query.sql");
        await File.WriteAllTextAsync(file, "select *\nfrom range(2)", TestContext.Current.CancellationToken);
        var ended = await lake.RunAsync("sql", "-f", file, "--csv");
        Assert.Equal((0, "range,label\r\n0,row 0\r\n1,row 1\r\n"), (ended.Code, ended.Output));
    }

    [Fact]
    public async Task A_table_has_a_thousand_rows_at_most_and_says_so()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("sql", "select * from range(2000)");
        Assert.Equal(1002, ended.Lines.Length);
        Assert.Contains("the first 1,000 rows (more with --max-rows", ended.Complaint, StringComparison.Ordinal);
        Assert.Equal(2000, (await lake.RunAsync("sql", "select * from range(2000)", "--json")).Lines.Length);
    }

    [Fact]
    public async Task A_cut_stream_is_said()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("sql", "select * from range(20)", "--json", "--max-rows", "5");
        Assert.Equal((0, 5), (ended.Code, ended.Lines.Length));
        Assert.Contains("cut at the row limit", ended.Complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out.csv", "range,label")]
    [InlineData("out.json", "{\"range\":0")]
    [InlineData("out.parquet", "PAR1")]
    public async Task A_file_gets_the_format_of_its_name(string name, string begin)
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("sql", "select * from range(3)", "--output", name);
        Assert.Equal((0, ""), (ended.Code, ended.Output));
        Assert.StartsWith(begin, Encoding.UTF8.GetString(await File.ReadAllBytesAsync(lake.Folder.Below(name), TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_broke_off_is_no_result()
    {
        await using var lake = await Lake.StartAsync();
        var file = lake.Folder.Below("out.csv");
        await File.WriteAllTextAsync(file, "as it was", TestContext.Current.CancellationToken);
        var ended = await lake.RunAsync("sql", "select * from range(50000) -- broken", "-o", "out.csv");
        Assert.Equal(1, ended.Code);
        Assert.Contains("broke its answer off", ended.Complaint, StringComparison.Ordinal);
        Assert.Equal("as it was", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(lake.Folder.Path, ".out.csv*"));
    }

    [Theory]
    [InlineData("selec 1", "syntax error at or near \"selec\"")]
    [InlineData("select * from gold.none", "Table gold.none does not exist")]
    public async Task A_wrong_statement_is_one_line_and_exit_code_1(string sql, string message)
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("sql", sql);
        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.StartsWith("lake: ", ended.Complaint, StringComparison.Ordinal);
        Assert.Contains(message, ended.Complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sql", "select 1", "--json", "--csv")]
    [InlineData("sql", "select 1", "--output", "x.xlsx")]
    [InlineData("sql", "select 1", "--nonsense")]
    [InlineData("sql", "select 1", "--max-rows", "0")]
    [InlineData("ingest", "x.json")]
    [InlineData("nonsense")]
    public async Task Wrong_usage_is_one_line_and_exit_code_2(params string[] arguments)
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync(arguments);
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.Contains("--help", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_query_in_the_service_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "not run: needs signals");
        await using var lake = await Lake.StartAsync();
        using var process = lake.Start("sql", "select slow");
        await Eventually.TrueAsync(() => !lake.Server.State.Queries.IsEmpty);
        Lake.Interrupt(process);
        var ended = await Lake.EndAsync(process);
        Assert.Equal((130, "lake: interrupted"), (ended.Code, ended.Complaint));
        await Eventually.TrueAsync(() => Volatile.Read(ref lake.Server.State.Cancelled) == 1);
    }
}
