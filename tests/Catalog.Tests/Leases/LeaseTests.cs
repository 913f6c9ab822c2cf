using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Leases;

/// <summary>One holder at a time, with a token that only grows.</summary>
public sealed class LeaseTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task A_lease_is_held_by_one_and_refused_to_others_who_learn_by_whom()
    {
        var server = await catalog.EmptyAsync();
        var held = await AcquireAsync(server, "a/b", "w1", 60);
        var refused = await server.Service.PostJsonAsync("api/leases/acquire", new { name = "a/b", holder = "w2", ttlSeconds = 60 }, HttpStatusCode.Conflict);
        Assert.Equal("LeaseHeldException", refused["type"]!.GetValue<string>());
        Assert.Equal(("w1", TokenOf(held)), (refused["conflict"]!["holder"]!.GetValue<string>(), TokenOf(refused["conflict"]!)));

        var renewed = await server.Service.PostJsonAsync("api/leases/renew", new { name = "a/b", holder = "w1", token = TokenOf(held), ttlSeconds = 120 });
        Assert.Equal(TokenOf(held), TokenOf(renewed));
        Assert.True(renewed["expiresAt"]!.GetValue<DateTimeOffset>() > held["expiresAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal("a/b", Assert.Single((await server.User.GetJsonAsync("api/leases?prefix=a/"))["leases"]!.AsArray())!["name"]!.GetValue<string>());
        Assert.Empty((await server.User.GetJsonAsync("api/leases?prefix=b"))["leases"]!.AsArray());

        await ReleaseAsync(server, "a/b", "w1", TokenOf(held));
        await ReleaseAsync(server, "a/b", "w1", TokenOf(held));
        await server.Service.PostJsonAsync("api/leases/renew", new { name = "a/b", holder = "w1", token = TokenOf(held), ttlSeconds = 1 }, HttpStatusCode.Conflict);
        Assert.True(TokenOf(await AcquireAsync(server, "a/b", "w2", 60)) > TokenOf(held));
    }

    [Fact]
    public async Task A_lease_whose_time_is_over_goes_to_the_next_and_its_holder_is_fenced_off()
    {
        var server = await catalog.EmptyAsync();
        var first = await AcquireAsync(server, "x", "w1", 0.05);
        JsonNode? second = null;
        await Until.TrueAsync(async () =>
        {
            using var response = await server.Service.PostAsync("api/leases/acquire", new StringContent("""{"name":"x","holder":"w2","ttlSeconds":60}"""));
            second = JsonNode.Parse(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode;
        }, "the lease is free");
        Assert.True(TokenOf(second!) > TokenOf(first));
        await server.Service.PostJsonAsync("api/leases/renew", new { name = "x", holder = "w1", token = TokenOf(first), ttlSeconds = 60 }, HttpStatusCode.Conflict);
        await server.Service.PostJsonAsync("api/leases/release", new { name = "x", holder = "w1", token = TokenOf(first) }, HttpStatusCode.Conflict);
        await server.Service.PostJsonAsync("api/leases/renew", new { name = "x", holder = "w2", token = TokenOf(second!), ttlSeconds = 60 });
    }

    [Fact]
    public async Task Whose_time_is_over_may_go_on_while_nobody_else_came()
    {
        var server = await catalog.EmptyAsync();
        var held = await AcquireAsync(server, "x", "w1", 0.001);
        Assert.Equal(TokenOf(held), TokenOf(await server.Service.PostJsonAsync("api/leases/renew", new { name = "x", holder = "w1", token = TokenOf(held), ttlSeconds = 60 })));
    }

    [Fact]
    public async Task Of_many_at_once_one_gets_it_and_tokens_never_repeat()
    {
        var server = await catalog.EmptyAsync();
        var tokens = new List<long>();
        for (var round = 0; round < Soak.Scale(50); round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            {
                using var response = await server.Service.PostAsync("api/leases/acquire", new StringContent($$"""{"name":"race","holder":"w{{i}}","ttlSeconds":60}"""));
                return (response.StatusCode, Holder: $"w{i}", Body: JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
            }));
            var winner = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
            Assert.All(answers.Where(answer => answer != winner), answer => Assert.Equal(winner.Holder, answer.Body["conflict"]!["holder"]!.GetValue<string>()));
            tokens.Add(TokenOf(winner.Body));
            await ReleaseAsync(server, "race", winner.Holder, tokens[^1]);
        }

        Assert.Equal(tokens.Distinct().Order(), tokens);
    }

    [Fact]
    public async Task A_process_that_starts_again_gets_a_new_token_under_its_old_name()
    {
        var server = await catalog.EmptyAsync();
        var first = await AcquireAsync(server, "x", "w1", 60);
        var again = await AcquireAsync(server, "x", "w1", 60);
        Assert.True(TokenOf(again) > TokenOf(first));
        await server.Service.PostJsonAsync("api/leases/renew", new { name = "x", holder = "w1", token = TokenOf(first), ttlSeconds = 60 }, HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("""{"name":"","holder":"w","ttlSeconds":1}""")]
    [InlineData("""{"name":"x","ttlSeconds":1}""")]
    [InlineData("""{"name":"x","holder":"w"}""")]
    [InlineData("""{"name":"x","holder":"w","ttlSeconds":0}""")]
    [InlineData("""{"name":"x","holder":"w","ttlSeconds":86401}""")]
    public async Task What_makes_no_lease_is_refused(string body)
    {
        var server = await catalog.EmptyAsync();
        await server.Service.SendAsync(HttpMethod.Post, "api/leases/acquire", HttpStatusCode.BadRequest, body);
        await server.User.SendAsync(HttpMethod.Post, "api/leases/acquire", HttpStatusCode.Forbidden, body);
        await server.Service.SendAsync(HttpMethod.Post, "api/leases/renew", HttpStatusCode.NotFound, """{"name":"none","holder":"w","token":1,"ttlSeconds":1}""");
    }

    internal static Task<JsonNode> AcquireAsync(CatalogServer server, string name, string holder, double seconds) =>
        server.Service.PostJsonAsync("api/leases/acquire", new { name, holder, ttlSeconds = seconds });

    internal static Task ReleaseAsync(CatalogServer server, string name, string holder, long token) =>
        server.Service.SendAsync(HttpMethod.Post, "api/leases/release", HttpStatusCode.NoContent, $$"""{"name":"{{name}}","holder":"{{holder}}","token":{{token}}}""");

    internal static long TokenOf(JsonNode lease) => lease["token"]!.GetValue<long>();
}
