using System.Text.Json;

namespace LakeAspire.Cli.Tests;

/// <summary>Commands of branches, beside a fake catalog.</summary>
public sealed class BranchTests
{
    [Fact]
    public async Task Branches_and_tags_are_listed_made_protected_and_dropped()
    {
        await using var lake = await Lake.StartAsync();
        var list = await lake.RunAsync("branch", "list");
        Assert.Equal((0, 5), (list.Code, list.Lines.Length));
        Assert.Contains(list.Lines, line => line.StartsWith("dev", StringComparison.Ordinal) && line.Contains("main@40", StringComparison.Ordinal));
        Assert.Contains(list.Lines, line => line.StartsWith("run/42", StringComparison.Ordinal) && line.Contains("no changes", StringComparison.Ordinal));
        Assert.StartsWith("v1", (await lake.RunAsync("tag", "list")).Lines[2], StringComparison.Ordinal);

        Assert.Equal("branch try is made, from dev at commit 43", Assert.Single((await lake.RunAsync("branch", "create", "try", "--from", "dev", "--keep", "7d")).Lines));
        var again = await lake.RunAsync("branch", "create", "try");
        Assert.Equal(1, again.Code);
        Assert.Contains("There is a branch or tag 'try' already.", again.Error, StringComparison.Ordinal);
        Assert.Equal("branch try is protected: it accepts merges only, from dev at commit 43", Assert.Single((await lake.RunAsync("branch", "protect", "try")).Lines));
        Assert.Equal("run/42 is dropped", Assert.Single((await lake.RunAsync("branch", "delete", "run/42")).Lines));
        Assert.Equal(2, (await lake.RunAsync("branch", "create", "x", "--keep", "soon")).Code);
    }

    [Fact]
    public async Task A_merge_says_what_it_did_and_a_conflict_what_stands_against_it()
    {
        await using var lake = await Lake.StartAsync();
        var planned = await lake.RunAsync("merge", "dev", "--dry-run");
        Assert.Equal(0, planned.Code);
        Assert.Contains(planned.Lines, line => line.Contains("gold.customer_360", StringComparison.Ordinal) && line.Contains("appends", StringComparison.Ordinal) && line.Contains("1,200 → 1,250", StringComparison.Ordinal));
        Assert.Equal("position kafka/orders/0: 17 → 23", planned.Lines[^2]);
        Assert.Equal("dev would be merged into main: 2 changes, no conflict", planned.Lines[^1]);
        Assert.Equal("dev is merged into main, commit 45", (await lake.RunAsync("merge", "dev")).Lines[^1]);

        var conflict = await lake.RunAsync("merge", "dev", "--into", "run/42", "--dry-run");
        Assert.Equal(1, conflict.Code);
        Assert.Contains("conflict: table gold.customer_360: changed on both sides: snapshot 7 of the target is no append: overwrite (dev in commit 44, run/42 in commit 43)", conflict.Error, StringComparison.Ordinal);
        Assert.Equal("table", JsonDocument.Parse(Assert.Single((await lake.RunAsync("merge", "dev", "--into", "run/42", "--json", "--dry-run")).Lines)).RootElement.GetProperty("conflicts")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Log_and_diff_and_what_a_reset_would_do()
    {
        await using var lake = await Lake.StartAsync();
        var log = await lake.RunAsync("log", "dev");
        Assert.Contains(log.Lines, line => line.Contains("gold.customer_360, gold.segments (created)", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("[merge of test@39] merge test into main", StringComparison.Ordinal) && line.Contains("+1,197", StringComparison.Ordinal));

        var diff = await lake.RunAsync("diff", "main", "dev");
        Assert.Contains(diff.Lines, line => line.Contains("renamed from silver.watch", StringComparison.Ordinal));
        Assert.Contains("have the same tables", (await lake.RunAsync("diff", "dev", "dev")).Complaint, StringComparison.Ordinal);
        Assert.Equal(2, (await lake.RunAsync("diff", "main", "dev", "--net")).Code);

        var reset = await lake.RunAsync("reset", "main", "--to", "v1");
        Assert.Equal(0, reset.Code);
        Assert.Contains("Nothing was changed. To do it: lake reset main --to v1 --expected-head 43", reset.Error, StringComparison.Ordinal);
    }
}
