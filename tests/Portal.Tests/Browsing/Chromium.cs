using LakeAspire.Testing;
using Microsoft.Playwright;

namespace LakeAspire.Portal.Tests.Browsing;

/// <summary>Debian's Chromium, one for all browser tests; each test has a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    IPlaywright? playwright;
    IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/bin/chromium"))
        {
            // Each test says that it was not run.
            return;
        }

        Assertions.SetDefaultExpectTimeout(20_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task<Tab> OpenAsync(RunningPortal portal, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light, bool signIn = true)
    {
        Needs.Chromium();
        var context = await browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var tab = new Tab(context, await context.NewPageAsync(), portal.Address);
        if (signIn)
        {
            await tab.Page.GotoAsync((await portal.SignInLinkAsync()).ToString());
            await Assertions.Expect(tab.Page).ToHaveURLAsync(portal.Address.ToString());
        }

        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}

/// <summary>A page, and what it complained about.</summary>
public sealed class Tab : IAsyncDisposable
{
    readonly IBrowserContext context;
    readonly List<string> complaints = [];

    public Tab(IBrowserContext context, IPage page, Uri site)
    {
        (this.context, Page, Site) = (context, page, site);
        context.SetDefaultTimeout(20_000);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"page: {error}");
        page.Request += (_, request) => Note(IsExternal(request.Url), $"external request: {request.Url}");
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status}: {response.Url}");
    }

    public IPage Page { get; }

    public Uri Site { get; }

    public Task GotoAsync(string path) => Page.GotoAsync(new Uri(Site, path).ToString());

    public ILocator Heading(string text) => Page.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true });

    /// <summary>No console message worse than information, no script error, no failed request, none to elsewhere.</summary>
    public void AssertQuiet()
    {
        lock (complaints)
        {
            Assert.Empty(complaints);
        }
    }

    bool IsExternal(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "ws" or "wss" && uri.Authority != Site.Authority;

    void Note(bool wrong, string what)
    {
        if (wrong)
        {
            lock (complaints)
            {
                complaints.Add(what);
            }
        }
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
