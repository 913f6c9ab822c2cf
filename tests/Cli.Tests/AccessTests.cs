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
    public async Task Row_filters_and_masks_are_listed_set_and_dropped()
    {
        await using var lake = await Lake.StartAsync();
        var all = await lake.RunAsync("access", "policy", "list");
        Assert.Contains(all.Lines, line => line.StartsWith("gold.customer_360", StringComparison.Ordinal) && line.Contains("region = 'EMEA'", StringComparison.Ordinal) && line.Contains("everybody", StringComparison.Ordinal));
        var set = await lake.RunAsync("access", "policy", "set", "gold.orders", "--name", "mine", "--filter", "a = 'x=y'", "--mask", "mail=left(mail, 2) || '='", "--mask", "address.street=NULL", "--to", "analysts", "grafana", "--except", "ada");
        Assert.Contains("policy mine of gold.orders, version 1", set.Error, StringComparison.Ordinal);
        var made = Assert.Single((await lake.RunAsync("access", "policy", "list", "gold.orders", "--json")).Lines);
        Assert.Contains("""
            "rowFilter":"a = 'x=y'","masks":{"mail":"left(mail, 2) || '='","address.street":"NULL"},"bound":["analysts","grafana"],"exempt":["ada"]
            """, System.Text.RegularExpressions.Regex.Unescape(made), StringComparison.Ordinal);
        Assert.Contains("has not: nope", (await lake.RunAsync("access", "policy", "set", "gold.orders", "--filter", "nope = 1")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await lake.RunAsync("access", "policy", "drop", "gold.orders", "--name", "mine")).Code);
        Assert.NotEqual(0, (await lake.RunAsync("access", "policy", "drop", "gold.orders", "--name", "mine")).Code);
        foreach (var wrong in new string[][] { ["set", "gold.orders"], ["set", "orders", "--filter", "true"], ["set", "gold.orders", "--mask", "mail"], ["set", "gold.orders", "--mask", "a=1", "--mask", "a=2"], ["list", "orders"] })
        {
            Assert.NotEqual(0, (await lake.RunAsync(["access", "policy", .. wrong])).Code);
        }
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
