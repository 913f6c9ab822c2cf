namespace LakeAspire.Cli.Tests;

public sealed class SafetyTests
{
    [Fact]
    public async Task A_verification_names_what_is_missing_and_fails()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("verify");
        Assert.Equal(1, ended.Code);
        Assert.Contains("gold.customer_360 on dev: file:///lake/gold/c/1.parquet: data file does not exist", Assert.Single(ended.Lines), StringComparison.Ordinal);
        Assert.Contains("17 files", ended.Complaint, StringComparison.Ordinal);
        Assert.Equal(2, (await lake.RunAsync("verify", "--json")).Lines.Length);
    }

    [Fact]
    public async Task A_rollback_shows_before_and_after()
    {
        await using var lake = await Lake.StartAsync();
        var dry = await lake.RunAsync("rollback", "gold.customer_360", "--to", "@31", "--dry-run");
        Assert.Equal(0, dry.Code);
        Assert.Contains("1,200", dry.Output, StringComparison.Ordinal);
        Assert.Contains("800", dry.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was done", dry.Complaint, StringComparison.Ordinal);
        Assert.Contains("by commit 46", (await lake.RunAsync("rollback", "gold.customer_360", "--to", "2026-11-21T10:00:00Z")).Complaint, StringComparison.Ordinal);
        Assert.Equal(2, (await lake.RunAsync("rollback", "gold.customer_360", "--to", "yesterday-ish")).Code);
        Assert.Equal(2, (await lake.RunAsync("rollback", "customer_360", "--to", "1")).Code);
        Assert.Equal(1, (await lake.RunAsync("rollback", "gold.none", "--to", "1")).Code);
    }

    [Fact]
    public async Task What_was_dropped_is_listed_and_comes_back()
    {
        await using var lake = await Lake.StartAsync();
        var listed = await lake.RunAsync("dropped");
        Assert.Equal(5, listed.Lines.Length);
        Assert.Contains("no: its files were purged", listed.Output, StringComparison.Ordinal);
        Assert.Contains("silver.old_watch is back, by commit 45", (await lake.RunAsync("undrop", "silver.old_watch")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await lake.RunAsync("undrop", "silver.old_watch")).Code);
        Assert.Contains("gold.customer_360 is protected", (await lake.RunAsync("protect", "gold.customer_360")).Output, StringComparison.Ordinal);
        Assert.Contains("gold is not protected", (await lake.RunAsync("protect", "gold", "--off")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_says_why_not_and_what_next()
    {
        await using var lake = await Lake.StartAsync();
        var file = lake.Folder.Below("lake.zip");
        await File.WriteAllBytesAsync(file, [1, 2, 3], TestContext.Current.CancellationToken);
        var refused = await lake.RunAsync("restore", file);
        Assert.Equal(1, refused.Code);
        Assert.EndsWith("Nothing was changed.", refused.Complaint, StringComparison.Ordinal);
        Assert.Contains("lake verify", (await lake.RunAsync("restore", file, "--replace")).Complaint, StringComparison.Ordinal);
        Assert.Equal(1, (await lake.RunAsync("restore", lake.Folder.Below("none.zip"))).Code);
    }
}
