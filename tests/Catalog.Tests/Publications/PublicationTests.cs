using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Publications;

/// <summary>Tables with commits that are not published yet: found, leased, reported on, shown.</summary>
public sealed class PublicationTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task A_commit_is_given_out_once_and_is_done_when_it_is_reported_on()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a", "b");
        Assert.Equal("pending", (await PublicationAsync(server, "a"))["state"]!.GetValue<string>());
        var a = (await ClaimAsync(server, "w1"))!;
        var b = (await ClaimAsync(server, "w2"))!;
        Assert.Equal(("a", "b", "gold"), (a["name"]!.GetValue<string>(), b["name"]!.GetValue<string>(), b["namespace"]!.GetValue<string>()));
        Assert.Null(await ClaimAsync(server, "w3"));

        await ReportAsync(server, a, "w2", "\"state\":\"published\"", HttpStatusCode.Conflict);
        await ReportAsync(server, a, "w1", "\"leaseSeconds\":60");
        await ReportAsync(server, a, "w1", $$"""
            "state":"stopped","reason":"column-names: x.parquet calls column b a","version":3,"snapshotId":"9223372036854775807","sequenceNumber":4,"currentSequenceNumber":5,"leftOut":["t (time)"],"commitId":{{a["commitId"]}}
            """);
        await ReportAsync(server, a, "w1", "\"state\":\"published\"", HttpStatusCode.Conflict);
        var shown = await PublicationAsync(server, "a");
        Assert.Equal(("stopped", 3L, "9223372036854775807", 4L), (shown["state"]!.GetValue<string>(), shown["version"]!.GetValue<long>(), shown["snapshotId"]!.GetValue<string>(), shown["sequenceNumber"]!.GetValue<long>()));
        Assert.StartsWith("column-names", shown["reason"]!.GetValue<string>());
        Assert.Equal("t (time)", Assert.Single(shown["leftOut"]!.AsArray())!.GetValue<string>());
        Assert.Null(await ClaimAsync(server, "w3"));

        // The next commit gives it out again.
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, HttpAssertions.Transaction("gold", ["a"], "k", "v"));
        Assert.Equal("pending", (await PublicationAsync(server, "a"))["state"]!.GetValue<string>());
        Assert.Equal((a["tableId"]!.GetValue<Guid>(), 2), ((await ClaimAsync(server, "w3"))!["tableId"]!.GetValue<Guid>(), (await PublicationAttemptAsync(server, a))));
    }

    [Fact]
    public async Task What_failed_or_lost_its_worker_is_given_out_again()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        var lost = (await ClaimAsync(server, "w1", leaseSeconds: 1))!;
        JsonNode? again = null;
        await LakeAspire.Testing.Until.TrueAsync(async () => (again = await ClaimAsync(server, "w2")) is not null, "the lease is over");
        await ReportAsync(server, lost, "w1", "\"state\":\"published\"", HttpStatusCode.Conflict);
        await ReportAsync(server, again!, "w2", "\"state\":\"failed\",\"reason\":\"the store is away\",\"retrySeconds\":1");
        Assert.Equal("failed", (await PublicationAsync(server, "a"))["state"]!.GetValue<string>());
        await LakeAspire.Testing.Until.TrueAsync(async () => await ClaimAsync(server, "w3") is not null, "the pause is over");
    }

    [Fact]
    public async Task Only_services_publish_and_reports_are_checked()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "a");
        await server.User.SendAsync(HttpMethod.Post, "api/publications/claim", HttpStatusCode.Forbidden, """{"worker":"w"}""");
        var claimed = (await ClaimAsync(server, "w"))!;
        await ReportAsync(server, claimed, "w", "\"state\":\"wonderful\"", HttpStatusCode.BadRequest);
        await ReportAsync(server, claimed, "w", "\"state\":\"published\",\"snapshotId\":\"x\"", HttpStatusCode.BadRequest);
        await server.Service.SendAsync(HttpMethod.Post, $"api/publications/{Guid.NewGuid()}", HttpStatusCode.NotFound, """{"worker":"w","attempt":1,"state":"off"}""");
        Assert.Equal("a", Assert.Single((await server.User.GetJsonAsync("api/publications"))["publications"]!.AsArray())!["name"]!.GetValue<string>());
    }

    static async Task<JsonNode?> ClaimAsync(CatalogServer server, string worker, int leaseSeconds = 60)
    {
        using var response = await server.Service.PostAsync("api/publications/claim", new StringContent($$"""{"worker":"{{worker}}","leaseSeconds":{{leaseSeconds}}}"""));
        return response.StatusCode == HttpStatusCode.NoContent ? null : JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }

    static Task<JsonNode?> ReportAsync(CatalogServer server, JsonNode claimed, string worker, string members, HttpStatusCode expected = HttpStatusCode.NoContent) =>
        server.Service.SendAsync(HttpMethod.Post, $"api/publications/{claimed["tableId"]}", expected, $$"""{"worker":"{{worker}}","attempt":{{claimed["attempt"]}},{{members}}}""");

    static async Task<JsonNode> PublicationAsync(CatalogServer server, string table) => (await server.User.GetJsonAsync($"api/tables/gold/{table}"))["publication"]!;

    /// <summary>The attempt that holds a table, seen by what it takes to report.</summary>
    static async Task<int> PublicationAttemptAsync(CatalogServer server, JsonNode claimed)
    {
        var attempt = claimed["attempt"]!.GetValue<int>() + 1;
        await server.Service.SendAsync(HttpMethod.Post, $"api/publications/{claimed["tableId"]}", HttpStatusCode.NoContent, $$"""{"worker":"w3","attempt":{{attempt}},"leaseSeconds":5}""");
        return attempt;
    }
}
