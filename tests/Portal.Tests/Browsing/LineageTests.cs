using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class LineageTests(SharedPortal shared, Chromium chromium)
{
    const string Transform = "document.querySelector('svg.lineage [data-viewport]').getAttribute('transform')";

    [Fact]
    public async Task A_table_is_chosen_and_what_it_is_made_of_is_seen_and_lit()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Lineage", Exact = true }).First.ClickAsync();
        await Expect(tab.Heading("Lineage")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Table", new() { Exact = true }).SelectOptionAsync("silver.watch");
        await Expect(tab.Page.Locator("svg.lineage .lineage-head")).ToHaveCountAsync(7);
        await Expect(tab.Page.Locator("svg.lineage .far")).ToHaveCountAsync(0);

        await tab.Page.Locator("svg.lineage").GetByRole(AriaRole.Button, new() { Name = "silver.watch_durations", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("section[aria-label=Chosen] td").First).ToHaveTextAsync("watchlog.silver.watch_durations");
        await Expect(tab.Page.Locator("svg.lineage .node.far")).ToHaveCountAsync(0);
        await tab.Page.GetByLabel("Direction").SelectOptionAsync("upstream");
        await Expect(tab.Page.Locator("svg.lineage .lineage-head")).ToHaveCountAsync(4);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Columns_open_and_a_column_lights_its_own_way()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables/gold/customer_360?tab=lineage");
        await Expect(tab.Page.Locator("svg.lineage .lineage-head")).ToHaveCountAsync(8);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Open columns" }).ClickAsync();
        await Expect(tab.Page.Locator("svg.lineage .edge-column")).Not.ToHaveCountAsync(0);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Column MostWatch of gold.customer_360" }).ClickAsync();
        await Expect(tab.Page.Locator("svg.lineage .lineage-column.near")).ToHaveCountAsync(5);
        await Expect(tab.Page.Locator("svg.lineage .node.far")).ToHaveCountAsync(3);
        await Expect(tab.Page.Locator("section[aria-label=Chosen]")).ToContainTextAsync("silver.watch.MostWatch");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Column TopThree of gold.customer_360, not traced" }).ClickAsync();
        await Expect(tab.Page.Locator("section[aria-label=Chosen]")).ToContainTextAsync("columns of PIVOT and UNPIVOT are not traced");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_past_shows_what_was_then()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/lineage?table=gold.customer_360");
        await Expect(tab.Page.Locator("svg.lineage .lineage-head")).ToHaveCountAsync(8);
        await tab.Page.GetByLabel("As of, UTC").FillAsync("2026-11-01T10:00");
        await tab.Page.GetByLabel("As of, UTC").BlurAsync();
        await Expect(tab.Page.Locator("svg.lineage .lineage-head")).ToHaveCountAsync(7);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Now", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("svg.lineage .lineage-head")).ToHaveCountAsync(8);
        await tab.GotoAsync("/lineage?table=gold.none");
        await Expect(tab.Page.GetByText("Nothing is known of where gold.none comes from")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task It_is_moved_and_zoomed_by_mouse_and_keys_and_everything_is_reached_by_keys()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/lineage?table=gold.customer_360");
        await Expect(tab.Page.Locator("svg.lineage [data-viewport][transform]")).ToHaveCountAsync(1);
        var drawing = tab.Page.Locator("svg.lineage");
        var fitted = await tab.Page.EvaluateAsync<string>(Transform);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Larger" }).ClickAsync();
        Assert.NotEqual(fitted, await tab.Page.EvaluateAsync<string>(Transform));
        await drawing.FocusAsync();
        await tab.Page.Keyboard.PressAsync("0");
        Assert.Equal(fitted, await tab.Page.EvaluateAsync<string>(Transform));
        await tab.Page.Keyboard.PressAsync("ArrowRight");
        var moved = await tab.Page.EvaluateAsync<string>(Transform);
        Assert.NotEqual(fitted, moved);

        var box = (await drawing.BoundingBoxAsync())!;
        await tab.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + box.Height - 10);
        await tab.Page.Mouse.DownAsync();
        await tab.Page.Mouse.MoveAsync(box.X + (box.Width / 2) - 80, box.Y + box.Height - 40, new() { Steps = 4 });
        await tab.Page.Mouse.UpAsync();
        Assert.NotEqual(moved, await tab.Page.EvaluateAsync<string>(Transform));

        await drawing.FocusAsync();
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.Locator("svg.lineage .lineage-head[aria-pressed=true]")).ToHaveCountAsync(1);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_lineage_of_a_branch_is_chosen_and_stays_on_it()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/lineage?table=gold.customer_360");
        await tab.Page.GetByLabel("Branch or tag").SelectOptionAsync("dev");
        await Expect(tab.Page).ToHaveURLAsync(new Uri(tab.Site, "/lineage?table=gold.customer_360&branch=dev").ToString());
        await tab.Page.Locator("svg.lineage").GetByRole(AriaRole.Button, new() { Name = "silver.watch", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("section[aria-label=Chosen] h3 a").First).ToHaveAttributeAsync("href", "tables/silver/watch?branch=dev");
        tab.AssertQuiet();
    }
}
