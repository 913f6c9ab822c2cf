using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class KeyboardTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task Pages_are_reached_by_keys()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await Expect(tab.Page.Locator(".layer-tables").First).ToBeVisibleAsync();
        foreach (var (key, title) in ((string, string)[])[("p", "Pipelines"), ("t", "Tables"), ("h", "Overview")])
        {
            await tab.Page.Keyboard.PressAsync("g");
            await tab.Page.Keyboard.PressAsync(key);
            await Expect(tab.Heading(title)).ToBeVisibleAsync();
        }

        await tab.Page.Keyboard.PressAsync("Control+k");
        await tab.Page.Keyboard.TypeAsync("cust");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page).ToHaveURLAsync(new Uri(tab.Site, "/tables/gold/customer_360").ToString());
        await tab.Page.Keyboard.PressAsync("?");
        await Expect(tab.Heading("Keyboard shortcuts")).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(tab.Heading("Keyboard shortcuts")).ToBeHiddenAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_first_tab_stop_skips_to_the_content()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/tables");
        await Expect(tab.Page.Locator("main tbody tr").First).ToBeVisibleAsync();
        await tab.Page.EvaluateAsync("document.activeElement.blur()");
        await tab.Page.Locator(".skip-link").FocusAsync();
        await Expect(tab.Page.Locator(".skip-link")).ToBeInViewportAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        Assert.True(await tab.Page.EvaluateAsync<bool>("document.activeElement.id === 'main'"));
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_one_is_chosen_and_is_kept()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal, scheme: ColorScheme.Dark);
        const string background = "getComputedStyle(document.documentElement).getPropertyValue('--bg').trim()";
        Assert.Equal("#0d1418", await tab.Page.EvaluateAsync<string>(background));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Theme" }).ClickAsync();
        Assert.Equal("#f5f7f8", await tab.Page.EvaluateAsync<string>(background));
        await tab.Page.ReloadAsync();
        Assert.Equal("#f5f7f8", await tab.Page.EvaluateAsync<string>(background));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Theme" }).ClickAsync();
        await tab.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        Assert.Equal("#f5f7f8", await tab.Page.EvaluateAsync<string>(background));
    }

    [Fact]
    public async Task On_a_narrow_screen_the_navigation_is_a_drawer()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal, 390, 844);
        var link = tab.Page.GetByRole(AriaRole.Link, new() { Name = "Pipelines", Exact = true });
        await Expect(link).ToBeHiddenAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await link.ClickAsync();
        await Expect(tab.Heading("Pipelines")).ToBeVisibleAsync();
        await Expect(link).ToBeHiddenAsync();
        tab.AssertQuiet();
    }
}
