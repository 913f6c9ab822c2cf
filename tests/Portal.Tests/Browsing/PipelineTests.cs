using LakeAspire.Fakes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LakeAspire.Portal.Tests.Browsing;

public class PipelineTests(SharedPortal shared, Chromium chromium)
{
    [Fact]
    public async Task A_pipeline_is_run_and_watched()
    {
        await using var lake = await FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        await using var tab = await chromium.OpenAsync(portal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Pipelines", Exact = true }).ClickAsync();
        await Expect(tab.Heading("Pipelines")).ToBeVisibleAsync();
        await tab.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "watchlog" }).ClickAsync();
        await Expect(tab.Page.Locator(".graph a")).ToHaveCountAsync(7);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(tab.Heading("Run #10")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("section:has(#run-title) .state")).ToHaveTextAsync("succeeded");
        await Expect(tab.Page.Locator(".gantt-bar")).ToHaveCountAsync(6);
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_failed_model_shows_its_error_and_its_sql()
    {
        await using var tab = await chromium.OpenAsync(shared.Portal);
        await tab.GotoAsync("/pipelines/watchlog?run=6");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "silver.rfm, failed" }).First.ClickAsync();
        var model = tab.Page.Locator("section:has(#model-title)");
        await Expect(model).ToContainTextAsync("Referenced column \"Recencyy\" not found");
        await Expect(model.Locator(".cm-content")).ToContainTextAsync("{{ ref('silver.rfm_inputs') }}");
        await model.GetByRole(AriaRole.Button, new() { Name = "As run" }).ClickAsync();
        await Expect(model.Locator(".cm-content")).ToContainTextAsync("\"lake\".\"silver\".\"rfm\"");
        await Expect(tab.Page.GetByText("The run failed; every table is as it was")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }
}
