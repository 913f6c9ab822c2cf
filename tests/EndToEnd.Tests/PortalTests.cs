using System.Text.RegularExpressions;
using LakeAspire.Testing;
using Microsoft.Playwright;

namespace LakeAspire.EndToEnd.Tests;

[Collection(SharedLakeCollection.Name)]
public partial class PortalTests(SharedLake shared)
{
    [Fact]
    public async Task The_link_signs_in_and_every_page_shows_the_sample()
    {
        await using var browser = await Browser.OpenAsync(shared.Lake.Endpoint("portal"));
        var page = browser.Page;
        await page.GotoAsync(SignInLink().Match(await NewLinkAsync()).Value);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        await page.GetByText("customer_360").First.WaitForAsync();
        await page.Locator("canvas").First.WaitForAsync();
        await ShotAsync(page, "home");

        await page.GotoAsync(shared.Lake.Endpoint("portal") + "tables/gold/customer_360");
        await page.GetByText("TypeOfCustomers").First.WaitForAsync();
        await ShotAsync(page, "table");

        await page.GotoAsync(shared.Lake.Endpoint("portal") + "pipelines/watchlog");
        await page.GetByText("customer_360").First.WaitForAsync();
        await page.GetByText("succeeded").First.WaitForAsync();
        await ShotAsync(page, "pipeline");

        await page.GotoAsync(shared.Lake.Endpoint("portal") + "sql");
        var editor = page.Locator(".cm-content");
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("select MostWatch, count(*) as contracts from gold.customer_360 group by 1 order by 2 desc");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.GetByText("contracts").First.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Chart" }).ClickAsync();
        await page.Locator(".result-card canvas").First.WaitForAsync();
        await ShotAsync(page, "sql");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_stranger_sees_the_sign_in_page_alone()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = shared.Lake.Endpoint("portal") };
        foreach (var path in (string[])["", "tables", "sql", "pipelines", "tables/gold/customer_360"])
        {
            using var response = await client.GetAsync(path);
            Assert.True((int)response.StatusCode is 302 or 401, $"{path}: {(int)response.StatusCode}");
        }

        using var download = await client.PostAsync("download/sql", new FormUrlEncodedContent([new("sql", "select 1")]));
        Assert.False(download.IsSuccessStatusCode);
    }

    async Task<string> NewLinkAsync()
    {
        using var client = shared.Lake.Client("portal");
        using var response = await client.PostAsync("api/signin-links", content: null);
        return await response.Content.ReadAsStringAsync();
    }

    static async Task ShotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("LAKEASPIRE_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    [GeneratedRegex(@"http://[^""\s]+/signin\?token=[A-Za-z0-9_\-%]+")]
    private static partial Regex SignInLink();
}
