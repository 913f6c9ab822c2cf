using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class HomeTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task The_overview_shows_layers_runs_commits_and_events()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await Expect(tab.Heading("Overview")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "gold" }).GetByRole(AriaRole.Link, new() { Name = "customer_360" })).ToContainTextAsync("21,877");
        await Expect(tab.Page.GetByText("run 9 of watchlog").First).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".run-list").GetByText("#9")).ToBeVisibleAsync();
        var chart = tab.Page.GetByRole(AriaRole.Img, new() { Name = "Events a day from 2022-04-01 to 2022-04-30" });
        await Expect(chart).ToBeVisibleAsync();
        Assert.True(await Drawn.PixelsAsync(chart) > 1000);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task The_services_are_called_as_the_user_and_the_browser_never_has_the_key()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await Expect(tab.Heading("Overview")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".layer-tables").First).ToBeVisibleAsync();
        Assert.Contains(shared.Lake.Requests, request => request.Request == "GET /api/tables" && request.Authorization == "Bearer " + Fakes.FakeLake.UserKey);

        // Only sessions begin and end in the portal's own name: other tests sign in and out meanwhile.
        Assert.DoesNotContain(shared.Lake.Requests, request => request.Authorization == "Bearer " + Fakes.FakeLake.ServiceKey && !IsSession(request.Request));
        Assert.DoesNotContain(Fakes.FakeLake.UserKey, await tab.Page.ContentAsync(), StringComparison.Ordinal);
    }

    static bool IsSession(string request) => request.Contains(" /api/access/sign-in", StringComparison.Ordinal) || request.Contains(" /api/access/sessions/", StringComparison.Ordinal);

    [Fact]
    public async Task What_happens_is_seen_without_a_reload()
    {
        await using var lake = await Fakes.FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        await using var tab = await chromium.OpenAsync(portal);
        var tables = tab.Page.Locator(".tree");
        await Expect(tables.GetByText("customer_360")).ToBeVisibleAsync();
        lake.State.Tables.Add(new("gold", "brand_new", 12, 100, [("a", "long")], null, 43));
        await Expect(tables.GetByText("brand_new")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_service_that_fails_is_said_and_comes_back_by_itself()
    {
        await using var lake = await Fakes.FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        lake.State.Outage = 500;
        await using var tab = await chromium.OpenAsync(portal);
        await Expect(tab.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("error id 0123456789ab");
        lake.State.Outage = null;
        await Expect(tab.Page.Locator(".layer-tables").First).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("main [role=alert]")).ToHaveCountAsync(0);
    }
}
