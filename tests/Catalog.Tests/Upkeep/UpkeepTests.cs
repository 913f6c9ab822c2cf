using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Upkeep;

/// <summary>Requests for upkeep and the acts that answer them.</summary>
public sealed class UpkeepTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task A_request_is_taken_answered_and_ended()
    {
        var server = await catalog.EmptyAsync();
        var asked = await server.User.PostJsonAsync("api/upkeep", new { table = "silver.watch", dryRun = true }, HttpStatusCode.Accepted);
        var id = asked["id"]!.GetValue<long>();
        Assert.Equal(("queued", true), (asked["state"]!.GetValue<string>(), asked["dryRun"]!.GetValue<bool>()));

        var claimed = await server.Service.PostJsonAsync("api/upkeep/claim", new { worker = "w1", leaseSeconds = 30 }, HttpStatusCode.OK);
        Assert.Equal((id, "running"), (claimed["id"]!.GetValue<long>(), claimed["state"]!.GetValue<string>()));
        await server.Service.SendAsync(HttpMethod.Post, "api/upkeep/claim", HttpStatusCode.NoContent, """{"worker":"w2"}""");

        var act = Act(id, "planned");
        await server.Service.SendAsync(HttpMethod.Post, "api/upkeep/acts", HttpStatusCode.NoContent, act);
        await server.Service.SendAsync(HttpMethod.Patch, $"api/upkeep/{id}", HttpStatusCode.Conflict, """{"worker":"w2","state":"failed"}""");
        await server.Service.SendAsync(HttpMethod.Patch, $"api/upkeep/{id}", HttpStatusCode.OK, """{"worker":"w1","state":"succeeded"}""");

        var ended = await server.User.GetJsonAsync($"api/upkeep/{id}");
        Assert.Equal("succeeded", ended["state"]!.GetValue<string>());
        Assert.Equal(12, Assert.Single(ended["acts"]!.AsArray())!["details"]!["filesBefore"]!.GetValue<int>());
        Assert.Empty((await server.User.GetJsonAsync("api/upkeep?table=silver.watch"))["acts"]!.AsArray());
    }

    [Fact]
    public async Task An_act_is_reported_more_than_once_and_listed_once()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.SendAsync(HttpMethod.Post, "api/upkeep/acts", HttpStatusCode.NoContent, Act(null, "running"));
        await server.Service.SendAsync(HttpMethod.Post, "api/upkeep/acts", HttpStatusCode.NoContent, Act(null, "succeeded"));

        var act = Assert.Single((await server.User.GetJsonAsync("api/upkeep?table=silver.watch"))["acts"]!.AsArray())!;
        Assert.Equal(("compact", "succeeded"), (act["act"]!.GetValue<string>(), act["state"]!.GetValue<string>()));
        Assert.Empty((await server.User.GetJsonAsync("api/upkeep?table=gold.watch"))["acts"]!.AsArray());
        Assert.Single((await server.User.GetJsonAsync("api/upkeep"))["acts"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"acts":[{"id":"0197a3a0-0000-7000-8000-000000000001","namespace":"a","table":"b","act":"compact","state":"odd","reason":"r","startedAt":"2026-01-01T00:00:00Z"}]}""", "acts.state")]
    [InlineData("""{"acts":[{"namespace":"a"}]}""", "acts.id")]
    [InlineData("{}", "acts must be a list")]
    public async Task A_malformed_report_is_refused(string body, string says)
    {
        var server = await catalog.EmptyAsync();
        var refused = await server.Service.SendAsync(HttpMethod.Post, "api/upkeep/acts", HttpStatusCode.BadRequest, body);
        Assert.Contains(says, refused!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_services_take_requests_and_report()
    {
        var server = await catalog.EmptyAsync();
        await server.User.SendAsync(HttpMethod.Post, "api/upkeep/claim", HttpStatusCode.Forbidden, """{"worker":"w"}""");
        await server.User.SendAsync(HttpMethod.Post, "api/upkeep/acts", HttpStatusCode.Forbidden, """{"acts":[]}""");
    }

    static string Act(long? request, string state) =>
        $$"""
        {"acts":[{"id":"0197a3a0-0000-7000-8000-000000000001","requestId":{{request?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}},"namespace":"silver","table":"watch","act":"compact",
          "state":"{{state}}","reason":"12 small files","details":{"filesBefore":12,"filesAfter":1},"startedAt":"2026-11-21T10:00:00Z"}]}
        """;
}
