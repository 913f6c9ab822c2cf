using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class SqlTests(SharedPortal shared, Chromium chromium)
{
    const string ByDay = "select Date as day, count(*) as events from bronze.watchlog group by 1";

    async Task<Tab> OpenAsync(string? sql = null)
    {
        var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/sql" + (sql is null ? "" : "?q=" + Uri.EscapeDataString(sql)));
        await Expect(Editor(tab)).ToBeVisibleAsync();
        return tab;
    }

    static ILocator Editor(Tab tab) => tab.Page.Locator(".cm-content");

    static ILocator Cells(Tab tab) => tab.Page.Locator(".result tbody td");

    static ILocator Button(Tab tab, string name) => tab.Page.GetByRole(AriaRole.Button, new() { Name = name });

    [Fact]
    public async Task A_query_gives_rows_and_a_chart()
    {
        await using var tab = await OpenAsync();
        await Editor(tab).ClickAsync();
        await tab.Page.Keyboard.InsertTextAsync(ByDay);
        await tab.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Cells(tab).Nth(1)).ToHaveTextAsync("2022-04-01");
        await Expect(Cells(tab).Nth(2)).ToHaveTextAsync("17000");
        await Expect(tab.Page.Locator(".result-facts")).ToContainTextAsync("30 rows");
        await Button(tab, "Chart").ClickAsync();
        var chart = tab.Page.GetByRole(AriaRole.Img, new() { Name = "events by day" });
        await Expect(chart).ToBeVisibleAsync();
        Assert.True(await Drawn.PixelsAsync(chart) > 5000);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_query_runs_on_a_branch_as_of_a_time_and_its_plan_is_shown()
    {
        await using var tab = await OpenAsync("select * from range(3)");
        await tab.Page.GetByLabel("Branch or tag").FillAsync("dev");
        await tab.Page.GetByLabel("Commit or time").FillAsync("2026-11-21T10:00Z");
        await Button(tab, "Plan").ClickAsync();
        await Expect(tab.Page.Locator(".plan")).ToContainTextAsync("branch dev at commit 7");
        await Button(tab, "Run").ClickAsync();
        await Expect(tab.Page.Locator(".result-facts")).ToContainTextAsync("3 rows");
        Assert.Contains("?branch=dev&asOf=2026-11-21T10%3A00Z", shared.Portal.Lake.State.QueryStrings);
        Assert.Contains("?branch=dev&asOf=2026-11-21T10%3A00Z&explain=true", shared.Portal.Lake.State.QueryStrings);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Only_the_rows_in_view_are_in_the_page_and_the_cut_is_said()
    {
        await using var tab = await OpenAsync("select * from range(20000)");
        await Button(tab, "Run").ClickAsync();
        await Expect(tab.Page.Locator(".result-facts")).ToContainTextAsync("cut at 10,000 rows");
        await Expect(Cells(tab).Nth(2)).ToHaveTextAsync("row 0");
        Assert.InRange(await tab.Page.Locator(".result tbody tr").CountAsync(), 10, 120);
        await tab.Page.Locator(".result-scroll").EvaluateAsync("(box) => box.scrollTo(0, box.scrollHeight)");
        await Expect(tab.Page.GetByText("row 9999", new() { Exact = true })).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Values_are_shown_as_they_are()
    {
        await using var tab = await OpenAsync("select 1");
        await Button(tab, "Run").ClickAsync();
        await Expect(Cells(tab)).ToHaveTextAsync(["1", "9007199254740993", "<b>a, \"quoted\"</b>", "null", "12.50"]);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_wrong_query_says_what_is_wrong()
    {
        await using var tab = await OpenAsync("selec 1");
        await Button(tab, "Run").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("syntax error at or near \"selec\"");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Cancel_ends_the_query_in_the_service_too()
    {
        await using var tab = await OpenAsync("select slow");
        var before = Volatile.Read(ref shared.Lake.State.Cancelled);
        await Button(tab, "Run").ClickAsync();
        await Expect(tab.Page.Locator(".running")).ToBeVisibleAsync();
        await Button(tab, "Cancel").ClickAsync();
        await Expect(tab.Heading("Cancelled")).ToBeVisibleAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref shared.Lake.State.Cancelled) > before);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Leaving_the_page_ends_its_query()
    {
        await using var tab = await OpenAsync("select slow, 2");
        var before = Volatile.Read(ref shared.Lake.State.Cancelled);
        await Button(tab, "Run").ClickAsync();
        await Expect(tab.Page.Locator(".running")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await Expect(tab.Heading("Overview")).ToBeVisibleAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref shared.Lake.State.Cancelled) > before);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Csv_is_downloaded_whole()
    {
        await using var tab = await OpenAsync("select * from range(20000)");
        await Button(tab, "Run").ClickAsync();
        await Expect(tab.Page.Locator(".result-facts")).ToBeVisibleAsync();
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => Button(tab, "CSV").ClickAsync());
        Assert.Equal("result.csv", download.SuggestedFilename);
        Assert.Equal(20_001, (await File.ReadAllLinesAsync(await download.PathAsync())).Length);
        await Expect(Cells(tab).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Tables_and_columns_are_completed()
    {
        await using var tab = await OpenAsync();
        await Editor(tab).ClickAsync();
        await tab.Page.Keyboard.TypeAsync("select * from gold.cust");
        await CompletedAsync(tab, "customer_360");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.Keyboard.TypeAsync(" where TypeOf");
        await CompletedAsync(tab, "TypeOfCustomers");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(Editor(tab)).ToHaveTextAsync("select * from gold.customer_360 where \"TypeOfCustomers\"");
        tab.AssertQuiet();
    }

    /// <summary>Names come a moment after the page; whoever asks again gets them.</summary>
    static async Task CompletedAsync(Tab tab, string name)
    {
        var option = tab.Page.Locator(".cm-tooltip-autocomplete li").Filter(new() { HasText = name });
        for (var attempt = 0; attempt < 20 && !await option.IsVisibleAsync(); attempt++)
        {
            await tab.Page.Keyboard.PressAsync("Control+Space");
            await tab.Page.WaitForTimeoutAsync(250);
        }

        await Expect(option).ToBeVisibleAsync();
        // A list that has just opened ignores Enter, so that nobody accepts what he has not seen.
        await tab.Page.WaitForTimeoutAsync(150);
    }

    [Fact]
    public async Task What_was_run_is_kept_in_this_browser()
    {
        await using var tab = await OpenAsync("select 'once'");
        await Button(tab, "Run").ClickAsync();
        await Expect(Cells(tab).First).ToBeVisibleAsync();
        await tab.GotoAsync("/sql?q=other");
        await Expect(Editor(tab)).ToHaveTextAsync("other");
        await tab.Page.GetByText("History").ClickAsync();
        await tab.Page.Locator(".menu-list").GetByText("select 'once'").ClickAsync();
        await Expect(Editor(tab)).ToHaveTextAsync("select 'once'");
        tab.AssertQuiet();
    }
}
