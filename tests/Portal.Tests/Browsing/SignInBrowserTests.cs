using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class SignInBrowserTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task A_link_signs_in_without_a_click_and_leaves_no_token_behind()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal, signIn: false);
        var link = await shared.Portal.SignInLinkAsync();
        var referrers = new List<string>();
        tab.Page.Request += (_, request) => referrers.Add(request.Headers.GetValueOrDefault("referer", ""));
        await tab.Page.GotoAsync(link.ToString());
        await Expect(tab.Heading("Overview")).ToBeVisibleAsync();
        Assert.DoesNotContain(referrers, referrer => referrer.Contains("token", StringComparison.Ordinal));
        await tab.Page.GoBackAsync();
        Assert.DoesNotContain("token", tab.Page.Url, StringComparison.Ordinal);
        var cookie = Assert.Single(await tab.Page.Context.CookiesAsync(), cookie => cookie.Name.StartsWith("lake-session-", StringComparison.Ordinal));
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
    }

    [Fact]
    public async Task A_used_link_is_refused_with_what_to_do()
    {
        var link = await shared.Portal.SignInLinkAsync();
        await using (var first = await chromium.OpenAsync(shared.Portal, signIn: false))
        {
            await first.Page.GotoAsync(link.ToString());
            await Expect(first.Heading("Overview")).ToBeVisibleAsync();
        }

        await using var second = await chromium.OpenAsync(shared.Portal, signIn: false);
        await second.Page.GotoAsync(link.ToString());
        await Expect(second.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("works once");
        await Expect(second.Page.GetByText("lake open")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Signing_out_leads_to_the_sign_in_page_in_every_tab()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        var other = await tab.Page.Context.NewPageAsync();
        await other.GotoAsync(new Uri(tab.Site, "/tables").ToString());
        await Expect(other.Locator("main tbody tr").First).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(tab.Heading("Sign in")).ToBeVisibleAsync();
        await other.BringToFrontAsync();
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_scripts_a_click_signs_in()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal, signIn: false);
        await using var context = await tab.Page.Context.Browser!.NewContextAsync(new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync((await shared.Portal.SignInLinkAsync()).ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
    }
}
