using System.Net;
using LakeAspire.Fakes;

namespace LakeAspire.Portal.Tests.Access;

public class SignInTests(SharedPortal shared)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_leads_to_a_session_once()
    {
        var portal = shared.Portal;
        var link = await portal.SignInLinkAsync();
        Assert.Equal(portal.Address.Authority, link.Authority);
        Assert.Equal("/signin", link.AbsolutePath);
        using var client = portal.Client();

        // Whoever only looks (a preview, a prefetch) leaves the link as it was.
        using (var shown = await client.GetAsync(link, Cancelled))
        {
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
            Assert.False(shown.Headers.Contains("Set-Cookie"));
            Assert.Equal("no-referrer", shown.Headers.GetValues("Referrer-Policy").Single());
            Assert.True(shown.Headers.CacheControl?.NoStore);
        }

        using var first = await client.PostAsync("/signin", RunningPortal.Token(link), Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal("/", first.Headers.Location?.OriginalString);
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("lake-session-", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(FakeLake.UserKey, cookie, StringComparison.Ordinal);

        using var second = await client.PostAsync("/signin", RunningPortal.Token(link), Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_link_that_is_too_old_is_refused()
    {
        await using var portal = await RunningPortal.StartAsync(shared.Lake, ("Lake__Portal__SignInLinkLifetime", "00:00:01"));
        using var client = portal.Client();
        var link = await portal.SignInLinkAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.2), Cancelled);
        using var answer = await client.PostAsync("/signin", RunningPortal.Token(link), Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("lake open", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Links_are_for_those_who_have_the_key(string? key)
    {
        using var client = shared.Portal.Client(key);
        using var answer = await client.PostAsync("/api/signin-links", null, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_session_alone_makes_no_links()
    {
        using var client = await shared.Portal.SignedInAsync();
        using var answer = await client.PostAsync("/api/signin-links", null, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tables")]
    [InlineData("/tables/gold/customer_360")]
    [InlineData("/sql")]
    [InlineData("/pipelines/watchlog")]
    [InlineData("/nothing-here")]
    public async Task Pages_lead_to_the_sign_in_page(string path)
    {
        using var client = shared.Portal.Client();
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        using var answer = await client.GetAsync(path, Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith("/signin", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/endpoints")]
    [InlineData("GET", "/api/anything")]
    [InlineData("GET", "/lib/app.js")]
    [InlineData("GET", "/lib/app.css")]
    [InlineData("GET", "/_blazor")]
    [InlineData("POST", "/_blazor/negotiate")]
    [InlineData("POST", "/download/sql")]
    [InlineData("POST", "/signout")]
    public async Task All_else_is_refused(string method, string path)
    {
        using var client = shared.Portal.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/signin")]
    [InlineData("/favicon.svg")]
    [InlineData("/lib/signin.css")]
    [InlineData("/lib/signin.js")]
    [InlineData("/lib/theme.js")]
    public async Task Health_and_the_sign_in_page_are_open(string path)
    {
        using var client = shared.Portal.Client();
        using var answer = await client.GetAsync(path, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_endpoints_are_told_to_those_who_have_the_key()
    {
        using var client = shared.Portal.Client(FakeLake.UserKey);
        var endpoints = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/api/endpoints", Cancelled)).RootElement;
        Assert.Equal(shared.Portal.Address.ToString().TrimEnd('/'), endpoints.GetProperty("portal").GetString());
        Assert.Equal(shared.Lake.Address.ToString().TrimEnd('/'), endpoints.GetProperty("query-api").GetString());
    }

    [Fact]
    public async Task Signing_out_ends_the_session_for_good()
    {
        using var client = await shared.Portal.SignedInAsync();
        var page = await client.GetStringAsync("/tables", Cancelled);
        using var unasked = await client.PostAsync("/signout", new FormUrlEncodedContent([]), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, unasked.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/signout") { Content = new FormUrlEncodedContent([Forms.Antiforgery(page)]) };
        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_copy_of_a_cookie_is_worth_nothing_after_signing_out()
    {
        var portal = shared.Portal;
        using var client = portal.Client();
        using var signIn = await client.PostAsync("/signin", RunningPortal.Token(await portal.SignInLinkAsync()), Cancelled);
        var session = signIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        client.DefaultRequestHeaders.Add("Cookie", session);
        using var page = await client.GetAsync("/tables", Cancelled);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var forms = page.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("lake-forms-", StringComparison.Ordinal)).Split(';')[0];
        using var signOut = new HttpRequestMessage(HttpMethod.Post, "/signout") { Content = new FormUrlEncodedContent([Forms.Antiforgery(await page.Content.ReadAsStringAsync(Cancelled))]) };
        signOut.Headers.Add("Cookie", $"{session}; {forms}");
        using var ended = await client.SendAsync(signOut, Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        using var again = await client.GetAsync("/api/endpoints", Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task No_token_and_no_key_is_ever_written_or_shown()
    {
        await using var collector = await Collector.StartAsync();
        await using var portal = await RunningPortal.StartAsync(
            shared.Lake, ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("Logging__LogLevel__Default", "Debug"), ("Logging__LogLevel__Microsoft.AspNetCore", "Debug"), ("Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "Warning"));
        var link = await portal.SignInLinkAsync();
        using var client = portal.Client(cookies: true);
        await client.GetStringAsync(link, Cancelled);
        using (await client.PostAsync("/signin", RunningPortal.Token(link), Cancelled))
        {
        }

        foreach (var path in (string[])["/", "/tables/gold/customer_360", "/sql", "/api/endpoints"])
        {
            Assert.DoesNotContain(FakeLake.UserKey, await client.GetStringAsync(path, Cancelled), StringComparison.Ordinal);
        }

        await portal.StopAsync();
        Assert.Contains("/api/endpoints", collector.Received, StringComparison.Ordinal);
        foreach (var secret in (string[])[RunningPortal.TokenOf(link), FakeLake.UserKey])
        {
            Assert.DoesNotContain(secret, portal.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, collector.Received, StringComparison.Ordinal);
        }
    }
}
