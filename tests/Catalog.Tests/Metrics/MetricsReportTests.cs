using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Metrics;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LakeAspire.Catalog.Api.Tests.Metrics;

public sealed class MetricsReportTests(PostgresServer postgres)
{
    const string Route = "iceberg/v1/namespaces/gold/tables/t/metrics";

    const string Scan = """
        {"report-type":"scan-report","table-name":"main.gold.t","snapshot-id":4611686018427387905,
        "filter":{"type":"and","left":{"type":"gt","term":"id","value":"(1-digit-int)"},"right":{"type":"or","left":{"type":"is-null","term":"name"},"right":{"type":"in","term":{"type":"transform","transform":"bucket[4]","term":"id"},"values":[1,2]}}},
        "schema-id":0,"projected-field-ids":[1],"projected-field-names":["id"],
        "metrics":{"total-planning-duration":{"count":1,"time-unit":"nanoseconds","total-duration":2644235116},"result-data-files":{"unit":"count","value":3}},"metadata":{"engine-name":"spark"}}
        """;

    static string Commit(int snapshot) =>
        $$$"""{"report-type":"commit-report","table-name":"t","snapshot-id":{{{snapshot}}},"sequence-number":2,"operation":"append","metrics":{"added-records":{"unit":"count","value":{{{snapshot}}} } } }""";

    [Fact]
    public async Task Reports_of_a_table_are_kept_and_shown()
    {
        await using var server = await StartAsync();
        await server.User.SendAsync(HttpMethod.Post, Route, HttpStatusCode.NoContent, Scan);
        await server.Service.SendAsync(HttpMethod.Post, Route, HttpStatusCode.NoContent, Commit(8));

        var reports = (await server.User.GetJsonAsync("api/tables/gold/t/metrics"))["reports"]!.AsArray();
        Assert.Equal(["commit", "scan"], reports.Select(report => report!["kind"]!.GetValue<string>()));
        var (commit, scan) = (reports[0]!, reports[1]!);
        Assert.Equal("4611686018427387905", scan["snapshotId"]!.GetValue<string>());
        Assert.Equal("id > (1-digit-int) and (name is null or bucket[4](id) in (1, 2))", scan["filter"]!.GetValue<string>());
        Assert.Equal("id", scan["columns"]![0]!.GetValue<string>());
        Assert.Equal("spark", scan["metadata"]!["engine-name"]!.GetValue<string>());
        Assert.Equal("main", scan["branch"]!.GetValue<string>());
        Assert.NotEqual(commit["principal"]!.GetValue<string>(), scan["principal"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""[{"name":"result-data-files","value":3,"unit":"count","count":null},{"name":"total-planning-duration","value":2644235116,"unit":"nanoseconds","count":1}]"""), scan["metrics"]));
        Assert.Equal(("append", 2), (commit["operation"]!.GetValue<string>(), commit["sequenceNumber"]!.GetValue<int>()));

        Assert.Equal("commit", Assert.Single((await server.User.GetJsonAsync("api/tables/gold/t/metrics?limit=1"))["reports"]!.AsArray())!["kind"]!.GetValue<string>());
        Assert.Empty((await server.User.GetJsonAsync("api/tables/gold/u/metrics"))["reports"]!.AsArray());
    }

    [Fact]
    public async Task Reports_follow_a_table_to_its_new_name()
    {
        await using var server = await StartAsync();
        await server.User.SendAsync(HttpMethod.Post, Route, HttpStatusCode.NoContent, Commit(1));
        await server.User.SendAsync(
            HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.NoContent, """{"source":{"namespace":["gold"],"name":"t"},"destination":{"namespace":["gold"],"name":"renamed"}}""");
        Assert.Single((await server.User.GetJsonAsync("api/tables/gold/renamed/metrics"))["reports"]!.AsArray());
        await server.User.SendAsync(HttpMethod.Post, Route, HttpStatusCode.NotFound, Commit(2));
        await server.User.SendAsync(HttpMethod.Get, "api/tables/gold/t/metrics", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{}", "report-type")]
    [InlineData("""{"report-type":"other-report"}""", "other-report")]
    [InlineData("""{"report-type":"commit-report","table-name":"t","snapshot-id":1,"sequence-number":2,"operation":"append"}""", "metrics")]
    [InlineData("""{"report-type":"commit-report","table-name":"t\u0000","snapshot-id":1,"sequence-number":2,"operation":"append","metrics":{}}""", "NUL")]
    [InlineData("""{"report-type":"scan-report","table-name":"t","snapshot-id":1,"filter":{"type":"is-null","term":"\ud800"},"schema-id":0,"projected-field-ids":[],"projected-field-names":[],"metrics":{}}""", "Unicode")]
    public async Task Malformed_reports_are_refused_by_name(string body, string reason)
    {
        await using var server = await StartAsync();
        var error = await server.User.SendAsync(HttpMethod.Post, Route, HttpStatusCode.BadRequest, body);
        Assert.Contains(reason, error!["error"]!["message"]!.GetValue<string>());
        Assert.Empty((await server.User.GetJsonAsync("api/tables/gold/t/metrics"))["reports"]!.AsArray());
    }

    [Fact]
    public async Task A_report_has_a_size()
    {
        await using var server = await StartAsync();
        var error = await server.User.SendAsync(HttpMethod.Post, Route, HttpStatusCode.BadRequest, Commit(1).Replace("append", new string('x', 1 << 20), StringComparison.Ordinal));
        Assert.Contains("longer than", error!["error"]!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_newest_reports_of_each_table_are_kept_for_a_while()
    {
        var time = new OffsetTime();
        await using var server = await StartAsync(time, "--Catalog:Metrics:ReportsPerTable=3", "--Catalog:Metrics:Retention=1.00:00:00");
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/u/metrics", HttpStatusCode.NoContent, Commit(99));
        for (var i = 1; i <= 5; i++)
        {
            await server.User.SendAsync(HttpMethod.Post, Route, HttpStatusCode.NoContent, Commit(i));
        }

        Assert.Equal(["5", "4", "3"], await SnapshotsAsync(server, "t"));
        Assert.Equal(["99"], await SnapshotsAsync(server, "u"));

        // What is too old is neither shown nor, after a sweep, there.
        time.Offset = TimeSpan.FromDays(2);
        await server.User.SendAsync(HttpMethod.Post, Route, HttpStatusCode.NoContent, Commit(6));
        Assert.Equal(["6"], await SnapshotsAsync(server, "t"));
        Assert.Equal(3, await server.Services.GetRequiredService<MetricsStore>().SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["6"], await SnapshotsAsync(server, "t"));
    }

    async Task<CatalogServer> StartAsync(OffsetTime? time = null, params string[] options)
    {
        var server = await CatalogServer.StartAsync(postgres, builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time ?? new OffsetTime())), options);
        await server.User.CreateTablesAsync("gold", "t", "u");
        return server;
    }

    static async Task<string[]> SnapshotsAsync(CatalogServer server, string table) =>
        (await server.User.GetJsonAsync($"api/tables/gold/{table}/metrics"))["reports"]!.AsArray().Select(report => report!["snapshotId"]!.GetValue<string>()).ToArray();

    /// <summary>The system's clock, ahead of itself.</summary>
    sealed class OffsetTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
