using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class BranchTests(Chromium chromium)
{
    [Fact]
    public async Task Branches_are_made_looked_at_merged_and_deleted()
    {
        await using var lake = await Fakes.FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        await using var tab = await chromium.OpenAsync(portal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Branches", Exact = true }).ClickAsync();
        await Expect(tab.Heading("Branches")).ToBeVisibleAsync();
        var rows = tab.Page.Locator("section[aria-label='All branches'] tbody tr");
        await Expect(rows).ToHaveCountAsync(4);

        // A new branch is opened at once.
        await tab.Page.GetByLabel("Name of the new branch or tag").FillAsync("try/1");
        await tab.Page.GetByLabel("Where it starts").FillAsync("dev");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Create branch" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(5);
        await Expect(tab.Page.Locator("#panel h2")).ToHaveTextAsync("try/1");
        await Expect(tab.Page.GetByText("merge of test at #39")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("+1,194")).ToBeVisibleAsync();

        await rows.GetByRole(AriaRole.Link, new() { Name = "dev", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Differences" }).ClickAsync();
        await Expect(tab.Page.GetByText("1,200 → 1,250")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("renamed from silver.watch")).ToBeVisibleAsync();

        // A merge is looked at before it is made; a conflict can't be.
        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Merge" }).ClickAsync();
        var merge = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Merge into" });
        await Expect(merge).ToBeDisabledAsync();
        await tab.Page.GetByLabel("The other branch").SelectOptionAsync("run/42");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "What would happen?" }).ClickAsync();
        await Expect(tab.Page.Locator("div[aria-label='Conflicts'] tbody tr")).ToHaveCountAsync(1);
        await Expect(merge).ToBeDisabledAsync();
        await tab.Page.GetByLabel("The other branch").SelectOptionAsync("main");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "What would happen?" }).ClickAsync();
        await Expect(tab.Page.Locator("div[aria-label='Changes'] tbody tr")).ToHaveCountAsync(2);
        await merge.ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "dev is merged into main, commit #45" })).ToBeVisibleAsync();

        await rows.Filter(new() { HasText = "try/1" }).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Really delete try/1?" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(4);
        tab.AssertQuiet();
    }
}
