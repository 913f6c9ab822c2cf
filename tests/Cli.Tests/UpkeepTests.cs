using System.Text.Json;

namespace LakeAspire.Cli.Tests;

public sealed class UpkeepTests
{
    [Fact]
    public async Task A_dry_run_says_what_would_be_done()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("upkeep", "--dry-run");

        Assert.Equal(0, ended.Code);
        var act = Assert.Single(ended.Lines.Skip(2));
        Assert.Contains("silver.watch", act, StringComparison.Ordinal);
        Assert.Contains("compact", act, StringComparison.Ordinal);
        Assert.Contains("planned", act, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acts_come_as_JSON()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("upkeep", "silver.watch", "--json");

        var act = JsonDocument.Parse(Assert.Single(ended.Lines)).RootElement;
        Assert.Equal(12, act.GetProperty("details").GetProperty("filesBefore").GetInt32());
        Assert.Equal("", ended.Error);
    }

    [Fact]
    public async Task A_table_in_shape_needs_nothing()
    {
        await using var lake = await Lake.StartAsync();
        Assert.Contains("nothing to do", (await lake.RunAsync("upkeep", "gold.customer_360")).Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_said()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("upkeep", "gold.broken");

        Assert.Equal(1, ended.Code);
        Assert.EndsWith("There is no table gold.broken.", ended.Error.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(2, (await lake.RunAsync("upkeep", "nodot")).Code);
    }
}
