using System.Text.Json;
using System.Text.RegularExpressions;
using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

[Collection(SharedLakeCollection.Name)]
public partial class TraceTests(SharedLake shared)
{
    /// <summary>The dashboard's own interface answers what arrived there.</summary>
    [Fact]
    public async Task One_trace_goes_from_an_ingested_file_to_the_gold_commit()
    {
        using var client = Dashboard();
        var missing = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var spans = Spans(JsonDocument.Parse(await client.GetStringAsync("api/telemetry/spans?limit=10000")).RootElement).ToList();
                var traces = spans.GroupBy(span => span.Trace).Where(trace => trace.Any(span => span.Name.StartsWith("PUT /streams", StringComparison.Ordinal))).ToList();
                missing = string.Join("\n", traces.Select(trace => string.Join(", ", trace.Select(span => $"{span.Service}: {span.Name}").Distinct())));
                return traces.Any(trace => (string[])["ingest-api", "transform-worker", "catalog-api"] is var services
                    && services.All(service => trace.Any(span => span.Service == service))
                    && trace.Any(span => span.Name.Contains("gold.customer_360", StringComparison.Ordinal) || span.Attributes.Contains("gold.customer_360", StringComparison.Ordinal)));
            },
            TimeSpan.FromSeconds(60),
            () => $"no trace from file to gold among:\n{missing}");
    }

    [Fact]
    public async Task Every_service_sends_logs_and_traces()
    {
        using var client = Dashboard();
        await Eventually.TrueAsync(
            async () =>
            {
                var resources = await client.GetStringAsync("api/telemetry/resources");
                return ((string[])["catalog-api", "ingest-api", "query-api", "transform-worker", "portal"]).All(name => resources.Contains(name, StringComparison.Ordinal));
            },
            TimeSpan.FromSeconds(60),
            () => "not every service is in the dashboard's telemetry");
    }

    /// <summary>The dashboard's telemetry interface opens with the token that its link carries.</summary>
    HttpClient Dashboard()
    {
        var client = new HttpClient { BaseAddress = shared.Lake.Endpoint("dashboard") };
        client.DefaultRequestHeaders.Add("x-api-key", Token().Match(shared.Lake.Output).Groups[1].Value);
        return client;
    }

    [GeneratedRegex(@"/login\?t=(\w+)")]
    private static partial Regex Token();

    static IEnumerable<(string Trace, string Service, string Name, string Attributes)> Spans(JsonElement body)
    {
        var resources = body.TryGetProperty("resourceSpans", out var found) ? found : body.GetProperty("data").GetProperty("resourceSpans");
        foreach (var resource in resources.EnumerateArray())
        {
            var service = resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
                .First(a => a.GetProperty("key").GetString() == "service.name").GetProperty("value").GetProperty("stringValue").GetString()!;
            foreach (var span in resource.GetProperty("scopeSpans").EnumerateArray().SelectMany(scope => scope.GetProperty("spans").EnumerateArray()))
            {
                yield return (span.GetProperty("traceId").GetString()!, service, span.GetProperty("name").GetString()!, span.TryGetProperty("attributes", out var a) ? a.GetRawText() : "");
            }
        }
    }
}
