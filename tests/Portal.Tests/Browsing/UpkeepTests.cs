using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class UpkeepTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task What_was_done_is_seen_and_what_would_be_done_is_asked()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Upkeep", Exact = true }).ClickAsync();
        await Expect(tab.Heading("Upkeep")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("section[aria-label='Acts'] tbody tr")).ToHaveCountAsync(2);
        await Expect(tab.Page.GetByText("12 → 1 files, 24 MB → 20 MB")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "What would be done?" }).ClickAsync();
        await Expect(tab.Page.Locator("section[aria-label='Asked for'] tbody .state")).ToHaveTextAsync("planned");
        tab.AssertQuiet();
    }
}
