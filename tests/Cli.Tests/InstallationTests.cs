using LakeAspire.Fakes;
using LakeAspire.Testing;

namespace LakeAspire.Cli.Tests;

public class InstallationTests
{
    [Fact]
    public async Task The_data_folder_is_found_upward()
    {
        await using var lake = await Lake.StartAsync();
        var below = Directory.CreateDirectory(lake.Folder.Below("a", "b")).FullName;
        var ended = await Lake.RunAsync(below, null, [], "tables");
        Assert.Equal(0, ended.Code);
        Assert.Contains("gold.customer_360", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Or_named_before_or_behind_the_command()
    {
        await using var lake = await Lake.StartAsync();
        Assert.Equal(0, (await Lake.RunAsync(Path.GetTempPath(), null, [], "tables", "--data-dir", lake.DataDir)).Code);
        Assert.Equal(0, (await Lake.RunAsync(Path.GetTempPath(), null, [], "--data-dir", lake.DataDir, "tables")).Code);
    }

    [Fact]
    public async Task By_url_the_portal_tells_where_the_others_are()
    {
        await using var lake = await Lake.StartAsync();
        var url = lake.Server.Address.ToString();
        var keyFile = Path.Combine(lake.DataDir, "secrets", "user.key");
        (string, string)[] none = [];
        (string, string)[] key = [("LAKE_KEY", FakeLake.UserKey)];
        foreach (var (environment, arguments) in (((string, string)[], string[])[])[
            (key, ["tables", "--url", url]), ([.. key, ("LAKE_URL", url)], ["tables"]), (none, ["tables", "--url", url, "--key-file", keyFile]), (none, ["tables", "--url", url, "--key", FakeLake.UserKey])])
        {
            var ended = await Lake.RunAsync(Path.GetTempPath(), null, environment, arguments);
            Assert.True(ended.Code == 0, ended.Error);
            Assert.Contains("gold.customer_360", ended.Output, StringComparison.Ordinal);
        }

        Assert.Contains(lake.Server.Requests, request => request.Request == "GET /api/endpoints");
    }

    [Fact]
    public async Task No_installation_is_exit_code_3()
    {
        using var empty = new TempFolder();
        foreach (var arguments in (string[][])[["tables"], ["tables", "--data-dir", empty.Path]])
        {
            var ended = await Lake.RunAsync(empty.Path, null, [], arguments);
            Assert.Equal(3, ended.Code);
            Assert.Contains("Start LakeAspire", ended.Complaint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_answer_is_exit_code_3()
    {
        await using var lake = await Lake.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(lake.DataDir, "endpoints.json"), """{"catalog-api":"http://127.0.0.1:9"}""", TestContext.Current.CancellationToken);
        var ended = await lake.RunAsync("tables");
        Assert.Equal(3, ended.Code);
        Assert.Contains("Is LakeAspire running?", ended.Complaint, StringComparison.Ordinal);
        Assert.Equal(3, (await lake.RunAsync("sql", "select 1")).Code);
    }

    [Fact]
    public async Task A_wrong_or_missing_key_is_exit_code_4()
    {
        await using var lake = await Lake.StartAsync();
        var wrong = await Lake.RunAsync(lake.Folder.Path, null, [("LAKE_KEY", "wrong-key-wrong-key-wrong-key-wrong")], "tables");
        Assert.Equal(4, wrong.Code);
        Assert.DoesNotContain("wrong-key", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await Lake.RunAsync(Path.GetTempPath(), null, [], "tables", "--url", lake.Server.Address.ToString())).Code);
        File.Delete(Path.Combine(lake.DataDir, "secrets", "user.key"));
        Assert.Equal(4, (await lake.RunAsync("tables")).Code);
    }

    [Fact]
    public async Task A_failure_of_a_service_comes_with_its_error_id()
    {
        await using var lake = await Lake.StartAsync();
        lake.Server.State.Outage = 500;
        var ended = await lake.RunAsync("tables");
        Assert.Equal(1, ended.Code);
        Assert.Contains("error id 0123456789ab", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_command_and_exit_code()
    {
        var ended = await Lake.RunAsync(Path.GetTempPath(), null, [], "--help");
        Assert.Equal(0, ended.Code);
        foreach (var word in (string[])["sql", "tables", "ingest", "trigger", "runs", "open", "--data-dir", "--url", "--key-file", "LAKE_KEY", "130"])
        {
            Assert.Contains(word, ended.Output, StringComparison.Ordinal);
        }
    }
}
