using System.Diagnostics;
using System.Text.Json;
using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

[Collection(SharedLakeCollection.Name)]
public class CliTests(SharedLake shared)
{
    [Fact]
    public async Task Lake_sql_tables_open_and_trigger_work_on_a_running_installation()
    {
        var (code, rows, error) = await RunAsync("sql", "select count(*) as n from gold.customer_360", "--json");
        Assert.True(code == 0, error);
        var expected = await shared.Lake.CountAsync("select count(*) from gold.customer_360");
        Assert.Equal(expected, JsonDocument.Parse(rows).RootElement.GetProperty("n").GetInt64());

        (code, var tables, error) = await RunAsync("tables");
        Assert.True(code == 0, error);
        Assert.Contains("customer_360", tables, StringComparison.Ordinal);

        (code, var link, error) = await RunAsync("open", "--no-browser");
        Assert.True(code == 0, error);
        Assert.Contains("/signin?token=", link, StringComparison.Ordinal);

        (code, _, error) = await RunAsync("trigger", "watchlog", "--wait");
        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task Lake_ingest_sends_files_of_any_stream()
    {
        using var folder = new TempFolder();
        var file = folder.Below("doors.ndjson");
        await File.WriteAllLinesAsync(file, ["{\"door\":1,\"open\":true}", "{\"door\":2", "{\"door\":3,\"open\":false}"]);
        var (code, text, error) = await RunAsync("ingest", file, "--stream", "doors", "--json");
        Assert.True(code == 0, text + error);
        await Eventually.TrueAsync(
            async () => (await shared.Lake.TablesAsync()) is var tables && tables.GetValueOrDefault("bronze.doors") == 2 && tables.GetValueOrDefault("bronze.doors__quarantine") == 1,
            TimeSpan.FromMinutes(1),
            () => shared.Lake.Output);
        Assert.Equal(1, await shared.Lake.CountAsync("select count(*) from bronze.doors where (event::json->>'$.door')::int = 3"));
    }

    [Fact]
    public async Task An_error_of_the_query_is_one_line_and_exit_code_1()
    {
        var (code, _, error) = await RunAsync("sql", "select nothing from gold.customer_360");
        Assert.Equal(1, code);
        Assert.Contains("nothing", error, StringComparison.Ordinal);
    }

    async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[Repository.PathOf("Cli", "bin", LakeInstallation.Configuration, "net10.0", "lake.dll"), .. arguments, "--data-dir", shared.Lake.DataDir])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
