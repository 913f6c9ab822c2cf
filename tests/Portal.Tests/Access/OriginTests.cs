using System.Net;
using System.Net.WebSockets;
using LakeAspire.Fakes;

namespace LakeAspire.Portal.Tests.Access;

public class OriginTests(SharedPortal shared)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1:{port}", HttpStatusCode.OK)]
    [InlineData("localhost:{port}", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:{port}", HttpStatusCode.OK)]
    [InlineData("[::1]:{port}", HttpStatusCode.OK)]
    [InlineData("localhost", HttpStatusCode.BadRequest)]
    [InlineData("localhost:1", HttpStatusCode.BadRequest)]
    [InlineData("evil.example:{port}", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.evil.example:{port}", HttpStatusCode.BadRequest)]
    public async Task Only_our_names_are_answered(string host, HttpStatusCode expected)
    {
        using var client = shared.Portal.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Host = host.Replace("{port}", $"{shared.Portal.Address.Port}", StringComparison.Ordinal);
        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Configured_names_are_answered_with_their_port_or_with_any()
    {
        await using var portal = await RunningPortal.StartAsync(shared.Lake, ("Lake__Portal__AllowedHosts", "lake.example; data.example:8443"));
        using var client = portal.Client();
        foreach (var (host, expected) in ((string, HttpStatusCode)[])[
            ("lake.example", HttpStatusCode.OK), ("lake.example:81", HttpStatusCode.OK), ("data.example:8443", HttpStatusCode.OK),
            ("data.example", HttpStatusCode.BadRequest), ("data.example:1", HttpStatusCode.BadRequest), ("x.lake.example", HttpStatusCode.BadRequest)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
            request.Headers.Host = host;
            using var answer = await client.SendAsync(request, Cancelled);
            Assert.True(expected == answer.StatusCode, $"{host}: {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}", null, true)]
    [InlineData(null, null, true)]
    [InlineData(null, "same-origin", true)]
    [InlineData("null", "same-origin", true)]
    [InlineData("null", null, false)]
    [InlineData("null", "cross-site", false)]
    [InlineData(null, "cross-site", false)]
    [InlineData(null, "same-site", false)]
    [InlineData("http://127.0.0.1:1", "same-site", false)]
    [InlineData("http://localhost:{port}", "cross-site", false)]
    [InlineData("https://evil.example", "cross-site", false)]
    [InlineData("file://127.0.0.1:{port}", null, false)]
    public async Task What_changes_something_must_come_from_our_pages(string? origin, string? site, bool allowed)
    {
        using var client = shared.Portal.Client(FakeLake.UserKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/signin-links");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin.Replace("{port}", $"{shared.Portal.Address.Port}", StringComparison.Ordinal));
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}", true)]
    [InlineData("http://127.0.0.1:1", false)]
    [InlineData("http://evil.example", false)]
    [InlineData("null", false)]
    public async Task A_websocket_must_come_from_our_pages(string origin, bool allowed)
    {
        using var client = shared.Portal.Client();
        using var signIn = await client.PostAsync("/signin", RunningPortal.Token(await shared.Portal.SignInLinkAsync()), Cancelled);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", signIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        socket.Options.SetRequestHeader("Origin", origin.Replace("{port}", $"{shared.Portal.Address.Port}", StringComparison.Ordinal));
        var connecting = socket.ConnectAsync(new Uri($"ws://{shared.Portal.Address.Authority}/_blazor"), Cancelled);
        if (allowed)
        {
            await connecting;
            Assert.Equal(WebSocketState.Open, socket.State);
        }
        else
        {
            var refused = await Assert.ThrowsAsync<WebSocketException>(() => connecting);
            Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_browser_is_told_to_run_our_files_alone()
    {
        using var client = await shared.Portal.SignedInAsync();
        foreach (var path in (string[])["/", "/signin?token=x", "/lib/app.js", "/api/endpoints", "/nothing-here"])
        {
            using var answer = await client.GetAsync(path, Cancelled);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("style-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }
}
