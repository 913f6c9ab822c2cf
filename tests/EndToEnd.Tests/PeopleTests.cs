using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>People with few rights, in a browser, before the real catalog and query service.</summary>
[Collection(SharedLakeCollection.Name)]
public class PeopleTests(SharedLake shared)
{
    const string Password = "a password for the test";

    [Fact]
    public async Task A_reader_of_one_namespace_sees_that_and_no_name_of_anything_else()
    {
        var name = await MakeAsync();
        await GrantAsync(new { principal = name, privilege = "select", @namespace = "gold" });
        await using var browser = await SignInAsync(name);
        var page = browser.Page;
        var tree = page.Locator("nav[aria-label=Tables] .name");
        await Expect(tree).ToHaveTextAsync(["customer_360"]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true })).ToBeVisibleAsync();
        foreach (var path in (string[])["", "tables", "pipelines", "pipelines/watchlog?model=gold.customer_360", "upkeep", "lineage?table=gold.customer_360", "branches", "access", "dropped", "tables/gold/customer_360?tab=history"])
        {
            await page.GotoAsync(Portal + path);
            await Expect(tree).ToHaveTextAsync(["customer_360"]);
            await Expect(page.Locator("main [aria-busy=true]")).ToHaveCountAsync(0);
            await Expect(page.Locator(".problem")).ToHaveCountAsync(0);
            var text = await page.Locator("body").InnerTextAsync();
            Assert.All((string[])["silver", "bronze", "rfm", "quarantine"], hidden => Assert.DoesNotContain(hidden, text, StringComparison.OrdinalIgnoreCase));
        }

        await page.GotoAsync(Portal + "tables/silver/watch");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is no table silver.watch" })).ToBeVisibleAsync();
        await page.GotoAsync(Portal + "sql?q=" + Uri.EscapeDataString("select count(*) as contracts from gold.customer_360"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await Expect(page.Locator(".result tbody td").First).ToBeVisibleAsync();
        await page.GotoAsync(Portal + "sql?q=" + Uri.EscapeDataString("select count(*) from silver.watch"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await Expect(page.GetByText("Table silver.watch does not exist.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(Portal + "signin");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_maker_of_branches_merges_one_into_another_and_sees_nothing_of_main()
    {
        var suffix = Guid.NewGuid().ToString("N")[..8];
        var (work, accepted) = ($"work-{suffix}", $"accepted-{suffix}");
        var name = await MakeAsync();
        using var catalog = shared.Lake.Client("catalog-api");
        foreach (var branch in (string[])[work, accepted])
        {
            await PostAsync(catalog, "api/branches", new { name = branch, from = "main" });
            await GrantAsync(new { principal = name, privilege = "modify", branch });
        }

        await PostAsync(catalog, $"iceberg/v1/{work}/namespaces/gold/tables/customer_360", new { requirements = Array.Empty<object>(), updates = new[] { new { action = "set-properties", updates = new { note = suffix } } } });
        await using var browser = await SignInAsync(name);
        var page = browser.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing on main is yours to see" })).ToBeVisibleAsync();
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = work }).ClickAsync();
        await page.Locator("tbody").GetByRole(AriaRole.Link, new() { Name = "gold.customer_360" }).ClickAsync();
        await Expect(page.Locator("#panel tbody td").First).ToBeVisibleAsync();

        await page.GotoAsync($"{Portal}branches?branch={work}&tab=merge");
        await page.GetByLabel("The other branch").SelectOptionAsync(accepted);
        await Expect(page.GetByLabel("The other branch").Locator("option")).ToHaveTextAsync([accepted]);
        await page.GetByRole(AriaRole.Button, new() { Name = "What would happen?" }).ClickAsync();
        await Expect(page.Locator("div[aria-label=Changes] tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Merge into " + accepted }).ClickAsync();
        await Expect(page.GetByText($"{work} is merged into {accepted}")).ToBeVisibleAsync();

        var merged = await catalog.GetFromJsonAsync<JsonElement>($"api/tables/gold/customer_360?branch={accepted}");
        Assert.Equal(suffix, merged.GetProperty("properties").GetProperty("note").GetString());
        Assert.Equal(name, merged.GetProperty("lastCommit").GetProperty("author").GetString());
        Assert.Empty(browser.Complaints);
    }

    string Portal => shared.Lake.Endpoint("portal").ToString();

    async Task<Browser> SignInAsync(string name)
    {
        SetDefaultExpectTimeout(30_000);
        var browser = await Browser.OpenAsync(shared.Lake.Endpoint("portal"));
        await browser.Page.GotoAsync(Portal + "signin");
        await browser.Page.GetByLabel("User", new() { Exact = true }).FillAsync(name);
        await browser.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(browser.Page).ToHaveURLAsync(Portal);
        return browser;
    }

    async Task<string> MakeAsync()
    {
        var name = $"user-{Guid.NewGuid():N}";
        using var catalog = shared.Lake.Client("catalog-api");
        await PostAsync(catalog, "api/principals", new { kind = "user", name, password = Password });
        return name;
    }

    async Task GrantAsync(object grant)
    {
        using var catalog = shared.Lake.Client("catalog-api");
        await PostAsync(catalog, "api/grants", grant);
    }

    static async Task PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }
}
