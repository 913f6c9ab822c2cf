using LakeAspire.Fakes;
using LakeAspire.Testing;
using Microsoft.Playwright;

namespace LakeAspire.Portal.Tests.Browsing;

/// <summary>Every page in both themes, narrow and wide: nothing sticks out sideways, nothing complains. The pictures are kept in artifacts/portal/ to be looked at.</summary>
public class ScreenshotTests(SharedPortal shared, Chromium chromium)
{
    static readonly (string Name, string Path)[] Pages =
    [
        ("home", "/"),
        ("tables", "/tables"),
        ("table-preview", "/tables/gold/customer_360"),
        ("table-schema", "/tables/bronze/watchlog?tab=schema"),
        ("table-snapshots", "/tables/bronze/watchlog?tab=snapshots"),
        ("table-files", "/tables/bronze/watchlog?tab=files"),
        ("table-partitions", "/tables/bronze/watchlog?tab=partitions"),
        ("table-statistics", "/tables/bronze/watchlog?tab=statistics"),
        ("table-reports", "/tables/bronze/watchlog?tab=reports"),
        ("view-query", "/tables/gold/loyal_customers?tab=query"),
        ("view-versions", "/tables/gold/loyal_customers?tab=versions"),
        ("view-schema", "/tables/gold/loyal_customers?tab=schema"),
        ("table-upkeep", "/tables/silver/watch?tab=upkeep"),
        ("table-lineage", "/tables/gold/customer_360?tab=lineage"),
        ("lineage", "/lineage?table=silver.watch"),
        ("lineage-columns", "/lineage?table=gold.customer_360"),
        ("upkeep", "/upkeep"),
        ("table-history", "/tables/silver/watch?tab=history"),
        ("dropped", "/dropped"),
        ("access", "/access"),
        ("access-grants", "/access?tab=grants"),
        ("access-keys", "/access?tab=keys"),
        ("access-policies", "/access?tab=policies"),
        ("access-audit", "/access?tab=audit"),
        ("branches", "/branches"),
        ("branch-diff", "/branches?branch=dev&tab=diff"),
        ("branch-merge", "/branches?branch=dev&tab=merge"),
        ("table-missing", "/tables/gold/none"),
        ("sql", "/sql?q=select%20*%0Afrom%20gold.customer_360%0Alimit%20500"),
        ("sql-chart", "/sql?q=select%20Date%20as%20day%2C%20count(*)%20as%20events%0Afrom%20bronze.watchlog%0Agroup%20by%201"),
        ("sql-error", "/sql?q=selec%201"),
        ("pipelines", "/pipelines"),
        ("pipeline", "/pipelines/watchlog"),
        ("pipeline-failed", "/pipelines/watchlog?run=6&model=silver.rfm"),
    ];

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    public async Task Every_page_fits_its_window(int width, ColorScheme scheme)
    {
        await using var tab = await chromium.OpenAsync(shared.Portal, width, width < 600 ? 844 : 900, scheme);
        foreach (var (name, path) in Pages)
        {
            await tab.GotoAsync(path);
            await ReadyAsync(tab, name);
            await tab.Page.ScreenshotAsync(new() { Path = Picture(name, width, scheme), FullPage = true });
            var overflow = await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow == 0, $"{name} is {overflow} px too wide");
        }

        tab.AssertQuiet();
    }

    [Theory]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(1440, ColorScheme.Light)]
    public async Task The_sign_in_page_tells_what_to_do(int width, ColorScheme scheme)
    {
        await using var tab = await chromium.OpenAsync(shared.Portal, width, 844, scheme, signIn: false);
        await tab.GotoAsync("/tables");
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new Uri(tab.Site, "/signin").ToString());
        await Assertions.Expect(tab.Page.GetByText("lake open")).ToBeVisibleAsync();
        await tab.Page.ScreenshotAsync(new() { Path = Picture("signin", width, scheme), FullPage = true });
        tab.AssertQuiet();
    }

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    public async Task An_empty_lake_says_what_to_do_next(int width, ColorScheme scheme)
    {
        await using var lake = await FakeLake.StartAsync(empty: true);
        await using var portal = await RunningPortal.StartAsync(lake);
        await using var tab = await chromium.OpenAsync(portal, width, 844, scheme);
        await Assertions.Expect(tab.Page.GetByText("lake ingest events.ndjson --stream events")).ToBeVisibleAsync();
        await tab.Page.ScreenshotAsync(new() { Path = Picture("home-empty", width, scheme), FullPage = true });
        await tab.GotoAsync("/pipelines");
        await Assertions.Expect(tab.Heading("No pipelines yet")).ToBeVisibleAsync();
        await tab.Page.ScreenshotAsync(new() { Path = Picture("pipelines-empty", width, scheme), FullPage = true });
        tab.AssertQuiet();
    }

    static async Task ReadyAsync(Tab tab, string name)
    {
        await Assertions.Expect(tab.Page.Locator("h1")).ToBeVisibleAsync();
        if (name is "sql" or "sql-chart" or "sql-error")
        {
            await tab.Page.Locator(".cm-content").WaitForAsync();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
            await tab.Page.Locator(name == "sql-error" ? ".problem" : ".result tbody td >> nth=0").WaitForAsync();
            if (name == "sql-chart")
            {
                await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Chart" }).ClickAsync();
                await tab.Page.Locator("canvas").WaitForAsync();
            }
        }

        if (name == "lineage-columns")
        {
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Open columns" }).ClickAsync();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Column MostWatch of gold.customer_360" }).ClickAsync();
        }

        if (name.Contains("lineage", StringComparison.Ordinal))
        {
            await tab.Page.Locator("svg.lineage [data-viewport][transform]").WaitForAsync();
        }

        await Assertions.Expect(tab.Page.Locator("main [aria-busy=true]")).ToHaveCountAsync(0);
        await tab.Page.EvaluateAsync("document.fonts.ready.then(() => new Promise(requestAnimationFrame))");
    }

    static string Picture(string name, int width, ColorScheme scheme)
    {
        var folder = Directory.CreateDirectory(Repository.PathOf("artifacts", "portal"));
        return Path.Combine(folder.FullName, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png");
    }
}
