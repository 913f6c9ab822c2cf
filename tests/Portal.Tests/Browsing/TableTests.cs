using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class TableTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task A_table_s_views_are_reached_by_click_and_by_arrow_keys()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables");
        await tab.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "bronze.watchlog", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator(".result tbody td").Nth(1)).ToBeVisibleAsync();
        foreach (var (name, text) in ((string, string)[])[
            ("Schema", "TotalDuration"), ("Snapshots", "7301986345178322001"), ("Files", "00000-0198c5e2-7d1a-7b3e-9f00-4c1d2e3f0000.parquet"), ("Partitions", "Date = 2022-04-30"), ("Statistics", "84,858")])
        {
            await tab.Page.GetByRole(AriaRole.Tab, new() { Name = name }).ClickAsync();
            await Expect(tab.Page.GetByRole(AriaRole.Tabpanel)).ToContainTextAsync(text);
        }

        await tab.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Partitions" })).ToHaveAttributeAsync("aria-selected", "true");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Tables_are_filtered_and_sorted()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables");
        var rows = tab.Page.Locator("main tbody tr");
        await Expect(rows).ToHaveCountAsync(6);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Rows" }).ClickAsync();
        await Expect(rows.First).ToContainTextAsync("watchlog");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Rows" }).ClickAsync();
        await Expect(rows.First).ToContainTextAsync("loyal_customers");
        await Expect(rows.Nth(1)).ToContainTextAsync("quarantine");
        await tab.Page.Keyboard.PressAsync("/");
        await tab.Page.Keyboard.TypeAsync("customer_");
        await Expect(rows).ToHaveCountAsync(1);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_view_shows_its_query_in_each_dialect_and_its_versions()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables");
        await Expect(tab.Page.GetByText("5 tables and 1 view on main")).ToBeVisibleAsync();
        await tab.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "gold.loyal_customers", Exact = true }).ClickAsync();
        await Expect(tab.Page.GetByText("View · version 2 by ada · spark, trino")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Query" }).ClickAsync();
        var panel = tab.Page.GetByRole(AriaRole.Tabpanel);
        await Expect(panel).ToContainTextAsync("where rlike(RFM, '^[45]{3}$')");
        await Expect(panel).ToContainTextAsync("where regexp_like(RFM, '^[45]{3}$')");
        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Versions" }).ClickAsync();
        await Expect(panel.Locator("tbody tr")).ToHaveCountAsync(2);
        await panel.GetByText("Show").Nth(1).ClickAsync();
        await Expect(panel).ToContainTextAsync("where RFM = '555'");
        await Expect(tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Upkeep" })).ToHaveCountAsync(0);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Reports_of_engines_are_shown_with_all_that_they_measured()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables/bronze/watchlog?tab=reports");
        var panel = tab.Page.GetByRole(AriaRole.Tabpanel);
        await Expect(panel).ToContainTextAsync("Date = (date) and Score > (1-digit-int)");
        await Expect(panel).ToContainTextAsync("planned in 12 ms · 3 files · 4 of 30 manifests");
        await Expect(panel).ToContainTextAsync("+19,800 rows · +1 file");
        await panel.GetByText("All figures").First.ClickAsync();
        await Expect(panel.GetByText("skipped-data-manifests")).ToBeVisibleAsync();
        await tab.GotoAsync("/tables/silver/rfm?tab=reports");
        await Expect(tab.Page.GetByText("No reports yet")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_table_leads_to_a_query_of_it()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables/gold/customer_360");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Query", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator(".cm-content")).ToContainTextAsync("from gold.customer_360");
        tab.AssertQuiet();
    }
}
