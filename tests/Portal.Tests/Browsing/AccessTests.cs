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
}
