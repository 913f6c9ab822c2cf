using LakeAspire.Testing;
using Microsoft.Playwright;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>Debian's Chromium, with what its pages complained about.</summary>
public sealed class Browser : IAsyncDisposable
{
    readonly IPlaywright playwright;
    readonly IBrowser browser;

    Browser(IPlaywright playwright, IBrowser browser, IPage page) => (this.playwright, this.browser, Page) = (playwright, browser, page);

    public IPage Page { get; }

    /// <summary>Console errors and failed or external requests since the start.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Browser> OpenAsync(Uri site)
    {
        var chromium = Needs.Chromium();
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout(60_000);
        var opened = new Browser(playwright, browser, page);
        page.Console += (_, message) => opened.Note(message.Type == "error", $"console: {message.Text}");
        page.PageError += (_, error) => opened.Note(true, $"page: {error}");
        page.Request += (_, request) => opened.Note(IsExternal(request.Url, site), $"external request: {request.Url}");
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    static bool IsExternal(string url, Uri site) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "ws" or "wss" && new Uri(url).Authority != site.Authority;

    void Note(bool wrong, string what)
    {
        if (wrong)
        {
            lock (Complaints)
            {
                Complaints.Add(what);
            }
        }
    }
}
