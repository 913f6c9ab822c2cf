using LakeAspire.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class AccessTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task Principals_grants_and_keys_are_made_and_taken_back()
    {
        await using var lake = await FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        await using var tab = await chromium.OpenAsync(portal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Access", Exact = true }).ClickAsync();
        await Expect(tab.Heading("Access")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("You came by a one-time link")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(4);
        await tab.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("grace");
        await tab.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("a long enough one");
        await tab.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Administrator" }).CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(5);
        await Expect(tab.Page.Locator("tbody tr:has(.strong:text-is('administrators'))")).ToContainTextAsync("grace");

        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Grants" }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await tab.Page.GetByLabel("To", new() { Exact = true }).FillAsync("nobody");
        await tab.Page.GetByLabel("Namespace", new() { Exact = true }).FillAsync("gold");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Grant", Exact = true }).ClickAsync();
        await Expect(tab.Page.GetByText("There is nobody called 'nobody'")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("To", new() { Exact = true }).FillAsync("grace");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Grant", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Take select from grace" }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(2);

        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "API keys" }).ClickAsync();
        await tab.Page.GetByLabel("Of", new() { Exact = true }).FillAsync("grafana");
        await tab.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("nightly");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();
        await Expect(tab.Page.GetByText("lake_0123456789abcdef0123456789abcdef_secret-shown-once")).ToBeVisibleAsync();

        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Filters and masks" }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Edit default of gold.customer_360" }).ClickAsync();
        await Expect(tab.Page.GetByLabel("Masks, one in a line")).ToHaveValueAsync("email = left(email, 2) || '***'\naddress.street = NULL");
        await tab.Page.GetByLabel("Rows where").FillAsync("nope = 1");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(tab.Page.GetByText("rowFilter names a column that the table has not: nope")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Rows where").FillAsync("");
        await tab.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("mail");
        await tab.Page.GetByLabel("Binds").FillAsync("analysts, grafana");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(tab.Page.Locator("tbody tr").Nth(2)).ToContainTextAsync("analysts, grafana but ada");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Remove late of gold.customer_360" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Show everything" }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(2);

        await tab.Page.GetByRole(AriaRole.Tab, new() { Name = "Audit" }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await tab.Page.GetByRole(AriaRole.Combobox, new() { Name = "Outcome" }).SelectOptionAsync("denied");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Somebody_signs_in_with_a_password_and_out_again()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal, signIn: false);
        await tab.GotoAsync("/signin");
        await tab.Page.GetByLabel("User", new() { Exact = true }).FillAsync(FakeAccess.User);
        await tab.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(FakeAccess.Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(shared.Portal.Address.ToString());
        await tab.GotoAsync("/access");
        await Expect(tab.Page.GetByText("You are ada, an administrator")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(new Uri(tab.Site, "/signin").ToString());
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_password_is_changed_and_the_new_one_asked_for()
    {
        await using var tab = await SignedInAsync(shared.Portal);
        await tab.GotoAsync("/access?tab=password");
        await tab.Page.GetByLabel("Now", new() { Exact = true }).FillAsync("not this one");
        await tab.Page.GetByLabel("New", new() { Exact = true }).FillAsync("a newer long one");
        await tab.Page.GetByLabel("New, again").FillAsync("another long one");
        var change = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Change the password" });
        await change.ClickAsync();
        await Expect(tab.Page.GetByText("The two new ones are not the same")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("New, again").FillAsync("a newer long one");
        await change.ClickAsync();
        await Expect(tab.Page.GetByText("The password is not right.")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Now", new() { Exact = true }).FillAsync(FakeAccess.Password);
        await change.ClickAsync();
        await Expect(tab.Page.GetByText("Your password is changed. Sign in with the new one.")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_session_that_the_catalog_ended_leads_to_the_sign_in_form_and_stays_there()
    {
        await using var lake = await FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        await using var tab = await SignedInAsync(portal);
        await Expect(tab.Heading("Overview")).ToBeVisibleAsync();
        lake.Access.EndAll();
        await Expect(tab.Page.GetByLabel("Password", new() { Exact = true })).ToBeVisibleAsync();
        await tab.GotoAsync("/tables");
        await Expect(tab.Page).ToHaveURLAsync(new Uri(tab.Site, "/signin").ToString());
        await Expect(tab.Page.GetByLabel("Password", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_address_without_a_page_says_so()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        var response = await tab.Page.GotoAsync(new Uri(tab.Site, "/no/such/page").ToString());
        Assert.Equal(404, response!.Status);
        await Expect(tab.Heading("There is no such page")).ToBeVisibleAsync();
    }

    async Task<Tab> SignedInAsync(RunningPortal portal)
    {
        var tab = await chromium.OpenAsync(portal, signIn: false);
        await tab.GotoAsync("/signin");
        await tab.Page.GetByLabel("User", new() { Exact = true }).FillAsync(FakeAccess.User);
        await tab.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(FakeAccess.Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(portal.Address.ToString());
        return tab;
    }
}
