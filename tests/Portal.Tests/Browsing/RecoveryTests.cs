using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class RecoveryTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task The_past_of_a_table_is_looked_at_and_brought_back_after_a_confirmation()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables/gold/customer_360?tab=history");
        await Expect(tab.Page.Locator("[aria-label='History'] tbody tr")).ToHaveCountAsync(3);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Look at commit 31" }).ClickAsync();
        var past = tab.Page.Locator("section[aria-label='As of commit 31']");
        await Expect(past.Locator(".result tbody td").Nth(1)).ToBeVisibleAsync();
        await past.GetByRole(AriaRole.Button, new() { Name = "Roll back to this…" }).ClickAsync();
        await Expect(past.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync("from 1,200 rows to 800 rows");
        await past.GetByRole(AriaRole.Button, new() { Name = "Leave it" }).ClickAsync();
        await Expect(past.GetByRole(AriaRole.Alertdialog)).ToHaveCountAsync(0);
        await past.GetByRole(AriaRole.Button, new() { Name = "Roll back to this…" }).ClickAsync();
        await past.GetByRole(AriaRole.Button, new() { Name = "Roll back", Exact = true }).ClickAsync();
        await Expect(past.GetByRole(AriaRole.Status)).ToHaveTextAsync("Rolled back, by commit 46.");
        tab.AssertQuiet();
    }

    [Fact]
    public async Task What_was_dropped_is_listed_and_comes_back()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Dropped" }).ClickAsync();
        await Expect(tab.Heading("Dropped")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("purged")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Bring gold.trial back" })).ToHaveCountAsync(0);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Bring silver.old_watch back" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("silver.old_watch is back, by commit 45.");
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Bring silver.old_watch back" })).ToHaveCountAsync(0);
        tab.AssertQuiet();
    }
}
