using System.Net;
using LakeAspire.Fakes;
using LakeAspire.Testing;

namespace LakeAspire.Portal.Tests.Access;

/// <summary>People who sign in as users: with a password, by a provider; and what the services are told then.</summary>
public class PeopleTests(SharedPortal shared)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_leads_to_a_session_that_acts_as_that_user_until_it_ends()
    {
        await using var lake = await FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        using var client = portal.Client(cookies: true);
        using (var answer = await client.PostAsync("/signin/password", Form(FakeAccess.User, FakeAccess.Password), Cancelled))
        {
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            var cookie = answer.Headers.GetValues("Set-Cookie").Single();
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.All(lake.Access.Tokens.Keys, token => Assert.DoesNotContain(token, cookie, StringComparison.Ordinal));
        }

        var page = await client.GetStringAsync("/tables", Cancelled);
        using (var query = await client.PostAsync("/download/sql", new FormUrlEncodedContent([Forms.Antiforgery(page), new("sql", "select 1")]), Cancelled))
        {
            var sent = lake.Requests.Last(r => r.Request.StartsWith("POST /sql", StringComparison.Ordinal));
            Assert.Contains(sent.Authorization["Bearer ".Length..], lake.Access.Tokens.Keys);
        }

        using var link = await client.PostAsync("/api/signin-links", null, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, link.StatusCode);
        lake.Access.EndAll();
        using var late = await client.PostAsync("/download/sql", new FormUrlEncodedContent([Forms.Antiforgery(page), new("sql", "select 1")]), Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_in_the_catalog_too()
    {
        await using var lake = await FakeLake.StartAsync();
        await using var portal = await RunningPortal.StartAsync(lake);
        using var client = portal.Client(cookies: true);
        using (await client.PostAsync("/signin/password", Form(FakeAccess.User, FakeAccess.Password), Cancelled))
        {
            Assert.Single(lake.Access.Tokens);
        }

        var page = await client.GetStringAsync("/tables", Cancelled);
        using var answer = await client.PostAsync("/signout", new FormUrlEncodedContent([Forms.Antiforgery(page)]), Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Empty(lake.Access.Tokens);
        Assert.Contains(lake.Requests, r => r.Request.StartsWith("DELETE /api/access/sessions/", StringComparison.Ordinal) && r.Authorization == "Bearer " + FakeLake.ServiceKey);
    }

    [Theory]
    [InlineData(FakeAccess.User, "wrong")]
    [InlineData("nobody", FakeAccess.Password)]
    [InlineData("<script>alert(1)</script>", "x")]
    [InlineData("", "")]
    public async Task What_is_not_right_is_refused_in_one_way(string user, string password)
    {
        using var client = shared.Portal.Client();
        using var answer = await client.PostAsync("/signin/password", Form(user, password), Cancelled);
        var page = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Contains("The name or the password is not right.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_site_cannot_sign_anybody_in()
    {
        using var client = shared.Portal.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/signin/password") { Content = Form(FakeAccess.User, FakeAccess.Password) };
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_provider_signs_in_whom_it_knows()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var portal = await StartAsync(shared.Lake, provider);
        using var client = portal.Client(cookies: true);
        Assert.Contains("Sign in with Example", await client.GetStringAsync("/signin", Cancelled), StringComparison.Ordinal);
        using (var answer = await RoundTripAsync(client))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Contains(shared.Lake.Access.Tokens.Values, t => t.Name == "grace");
        using var page = await client.GetAsync("/tables", Cancelled);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("audience")]
    [InlineData("issuer")]
    [InlineData("key")]
    [InlineData("algorithm")]
    [InlineData("time")]
    public async Task A_token_that_is_not_for_us_signs_nobody_in(string spoil)
    {
        await using var provider = await FakeProvider.StartAsync();
        provider.Spoil = spoil;
        await using var portal = await StartAsync(shared.Lake, provider);
        using var client = portal.Client(cookies: true);
        using var answer = await RoundTripAsync(client);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using var page = await client.GetAsync("/tables", Cancelled);
        Assert.NotEqual(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_this_browser_did_not_ask_for_signs_nobody_in()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var portal = await StartAsync(shared.Lake, provider);
        using var attacker = portal.Client(cookies: true);
        var callback = await CallbackAsync(attacker);
        using var victim = portal.Client(cookies: true);
        using (var answer = await victim.GetAsync(callback, Cancelled))
        {
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        using var began = await victim.GetAsync("/signin/openid", Cancelled);
        using var mixed = await victim.GetAsync(callback, Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, mixed.StatusCode);
    }

    static Task<RunningPortal> StartAsync(FakeLake lake, FakeProvider provider) => RunningPortal.StartAsync(
        lake, ("Lake__Portal__OpenId__Authority", provider.Issuer), ("Lake__Portal__OpenId__ClientId", FakeProvider.ClientId), ("Lake__Portal__OpenId__ClientSecret", FakeProvider.ClientSecret),
        ("Lake__Portal__OpenId__Name", "Example"));

    static async Task<HttpResponseMessage> RoundTripAsync(HttpClient client) => await client.GetAsync(await CallbackAsync(client), Cancelled);

    static async Task<Uri> CallbackAsync(HttpClient client)
    {
        using var began = await client.GetAsync("/signin/openid", Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, began.StatusCode);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var authorized = await browser.GetAsync(began.Headers.Location, Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, authorized.StatusCode);
        return authorized.Headers.Location!;
    }

    static FormUrlEncodedContent Form(string user, string password) => new([new("user", user), new("password", password)]);
}
