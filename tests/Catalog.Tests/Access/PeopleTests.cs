using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>People who sign in: passwords, accounts of providers, sessions, and guessing that is slowed down.</summary>
public sealed class PeopleTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string Password = "correct horse battery";

    [Fact]
    public async Task A_session_gives_tokens_until_it_ends()
    {
        var server = await catalog.EmptyAsync();
        var user = await server.CreatePrincipalAsync("user", Password);
        var signedIn = await SignInAsync(server, user, Password, HttpStatusCode.OK);
        var session = signedIn["session"]!.GetValue<string>();
        var first = server.As(signedIn["token"]!.GetValue<string>());
        Assert.Equal(user, (await first.GetJsonAsync("api/access/me"))["name"]!.GetValue<string>());
        var next = await server.Service.PostJsonAsync($"api/access/sessions/{session}/token", new { });
        var second = server.As(next["token"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await second.StatusAsync("api/access/me"));

        await server.Service.SendAsync(HttpMethod.Delete, $"api/access/sessions/{session}", HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.Unauthorized, await first.StatusAsync("api/access/me"));
        Assert.Equal(HttpStatusCode.Unauthorized, await second.StatusAsync("api/access/me"));
        await server.Service.SendAsync(HttpMethod.Post, $"api/access/sessions/{session}/token", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_new_password_and_a_disabled_user_end_sessions()
    {
        var server = await catalog.EmptyAsync();
        var user = await server.CreatePrincipalAsync("user", Password);
        var client = server.As((await SignInAsync(server, user, Password, HttpStatusCode.OK))["token"]!.GetValue<string>());
        await client.SendAsync(HttpMethod.Put, "api/access/me/password", HttpStatusCode.Forbidden, """{"old":"wrong","new":"another long one"}""");
        await client.SendAsync(HttpMethod.Put, "api/access/me/password", HttpStatusCode.NoContent, $$"""{"old":"{{Password}}","new":"another long one"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("api/access/me"));
        await SignInAsync(server, user, Password, HttpStatusCode.Unauthorized);
        client = server.As((await SignInAsync(server, user, "another long one", HttpStatusCode.OK))["token"]!.GetValue<string>());
        await server.User.SendAsync(HttpMethod.Patch, $"api/principals/{user}", HttpStatusCode.OK, """{"disabled":true}""");
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("api/access/me"));
        await SignInAsync(server, user, "another long one", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Unknown_users_and_wrong_passwords_get_the_same_answer()
    {
        var server = await catalog.EmptyAsync();
        var user = await server.CreatePrincipalAsync("user", Password);
        var without = await server.CreatePrincipalAsync("user");
        var wrong = await SignInAsync(server, user, "wrong", HttpStatusCode.Unauthorized);
        var unknown = await SignInAsync(server, AccessClient.Name("nobody"), Password, HttpStatusCode.Unauthorized);
        var empty = await SignInAsync(server, without, "", HttpStatusCode.Unauthorized);
        Assert.Equal(wrong.ToJsonString(), unknown.ToJsonString());
        Assert.Equal(wrong.ToJsonString(), empty.ToJsonString());
    }

    [Fact]
    public async Task Guessing_is_slowed_down_at_that_address_and_locks_nobody_out_elsewhere()
    {
        var server = await catalog.EmptyAsync();
        var user = await server.CreatePrincipalAsync("user", Password);
        const string attacker = "203.0.113.7";
        const string home = "198.51.100.9";
        await SignInAsync(server, user, Password, HttpStatusCode.OK, home);
        var refused = false;
        for (var i = 0; i < 12 && !refused; i++)
        {
            using var response = await server.Service.PostAsync("api/access/sign-in", System.Net.Http.Json.JsonContent.Create(new { user, password = "guess", address = attacker }));
            refused = response.StatusCode == HttpStatusCode.TooManyRequests;
        }

        Assert.True(refused, "guessing is slowed down");
        await SignInAsync(server, user, Password, HttpStatusCode.TooManyRequests, attacker);
        await SignInAsync(server, user, Password, HttpStatusCode.OK, home);
        await SignInAsync(server, user, Password, HttpStatusCode.OK, "192.0.2.1");
    }

    [Fact]
    public async Task Somebody_whom_a_provider_vouches_for_becomes_a_user_without_rights_and_no_other()
    {
        var server = await catalog.EmptyAsync();
        var taken = await server.CreatePrincipalAsync("user", Password);
        var name = AccessClient.Name("grace");
        var first = await ProviderAsync(server, "https://id.example", "1", name, HttpStatusCode.OK);
        Assert.Equal(name, first["name"]!.GetValue<string>());
        Assert.Equal(name, (await ProviderAsync(server, "https://id.example", "1", "renamed", HttpStatusCode.OK))["name"]!.GetValue<string>());
        Assert.Empty((await server.As(first["token"]!.GetValue<string>()).GetJsonAsync("iceberg/v1/namespaces"))["namespaces"]!.AsArray());
        await ProviderAsync(server, "https://id.example", "2", taken, HttpStatusCode.Forbidden);
        await ProviderAsync(server, "https://other.example", "1", name, HttpStatusCode.Forbidden);
        await ProviderAsync(server, "https://id.example", "3", "administrators", HttpStatusCode.Forbidden);
        await ProviderAsync(server, "https://id.example", "4", "service", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Signing_in_is_for_the_portal_alone()
    {
        var server = await catalog.EmptyAsync();
        var user = await server.CreatePrincipalAsync("user", Password);
        await server.User.SendAsync(HttpMethod.Post, "api/access/sign-in", HttpStatusCode.Forbidden, $$"""{"user":"{{user}}","password":"{{Password}}","address":"x"}""");
        await server.User.SendAsync(HttpMethod.Post, "api/access/sign-in/provider", HttpStatusCode.Forbidden, """{"issuer":"x","subject":"y","address":"x"}""");
    }

    static async Task<JsonNode> SignInAsync(CatalogServer server, string user, string password, HttpStatusCode expected, string address = "127.0.0.1") =>
        await server.Service.PostJsonAsync("api/access/sign-in", new { user, password, address }, expected);

    static async Task<JsonNode> ProviderAsync(CatalogServer server, string issuer, string subject, string name, HttpStatusCode expected) =>
        await server.Service.PostJsonAsync("api/access/sign-in/provider", new { issuer, subject, name, address = "127.0.0.1" }, expected);
}
