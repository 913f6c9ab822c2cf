namespace LakeAspire.Cli.Tests;

public sealed class AccessTests
{
    [Fact]
    public async Task Principals_grants_keys_and_the_audit_log_are_listed()
    {
        await using var lake = await Lake.StartAsync();
        var principals = await lake.RunAsync("access", "principals");
        Assert.Equal(0, principals.Code);
        Assert.Contains(principals.Lines, line => line.StartsWith("analysts", StringComparison.Ordinal) && line.Contains("ada, grafana", StringComparison.Ordinal));
        Assert.Contains((await lake.RunAsync("access", "grants")).Lines, line => line.Contains("bronze.watchlog", StringComparison.Ordinal) && line.Contains("run/*", StringComparison.Ordinal));
        Assert.Contains((await lake.RunAsync("access", "keys")).Lines, line => line.Contains("dashboards", StringComparison.Ordinal));
        var denied = await lake.RunAsync("access", "audit", "--outcome", "denied");
        Assert.Contains("table silver.watch", Assert.Single(denied.Lines.Skip(2)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_the_only_thing_on_the_standard_output()
    {
        await using var lake = await Lake.StartAsync();
        var made = await lake.RunAsync("access", "key", "grafana", "--name", "nightly");
        Assert.StartsWith("lake_", Assert.Single(made.Lines), StringComparison.Ordinal);
        Assert.Equal(0, (await lake.RunAsync("access", "grant", "select", "grafana", "--namespace", "silver")).Code);
        Assert.Contains("nobody called", (await lake.RunAsync("access", "grant", "select", "nobody")).Error, StringComparison.Ordinal);
    }
}
