using System.IO.Compression;
using System.Text;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Ingest.Api.Tests;

public sealed class ReceivingTests
{
    [Theory]
    [InlineData("{\"a\":1}\n\n{\"a\":2}\r\nbroken\n[1]\n{\"a\":3}", "application/x-ndjson", 3, 2)]
    [InlineData("{\"a\":1}\n{\"a\":2}\nbroken\n", "application/json", 2, 1)]
    [InlineData("{\"a\":1}\n{\"a\":2}\n", null, 2, 0)]
    [InlineData("not json\nat all", "text/plain", 0, 2)]
    [InlineData("[{\"a\":1}]\n{\"a\":2}\n{\"a\":3}\n", "application/json", 2, 1)]
    [InlineData("", "application/x-ndjson", 0, 0)]
    public async Task Lines_are_kept_as_they_came_and_counted(string content, string? contentType, int accepted, int quarantined)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(content, contentType);

        Assert.Equal((202, accepted, quarantined, false), answer.Outcome);
        Assert.Equal(Encoding.UTF8.GetByteCount(content), answer.Body.GetProperty("bytes").GetInt64());
        Assert.Equal("s", answer.Body.GetProperty("stream").GetString());
        var (manifest, kept) = Assert.Single(await server.LandedAsync());
        Assert.Equal(content, kept);
        Assert.Equal((answer.Id, LandingFormat.Ndjson, (long?)accepted, (long)quarantined, "user"), (manifest.Id, manifest.Format, manifest.Events, manifest.Faulty, manifest.Principal));
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":\"x,y]\\n\"},5]", "{\"a\":1}\n{\"a\":\"x,y]\\n\"}\n5\n", 2, 1)]
    [InlineData("\n [\n  { \"a\" :\n 1 } ,\r\n {}\n]\n", "{ \"a\" : 1 }\n{}\n", 2, 0)]
    [InlineData("{\n  \"a\": {\n \"b\": [1,\n2] } }\n", "{  \"a\": { \"b\": [1,2] } }\n", 1, 0)]
    [InlineData("[]", "", 0, 0)]
    [InlineData("[\"\\ud800\"]", "\"\\ud800\"\n", 0, 1)]
    public async Task Documents_are_split_into_lines(string document, string lines, int accepted, int quarantined)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(document, "application/json");

        Assert.Equal((202, accepted, quarantined, false), answer.Outcome);
        Assert.Equal(lines, Assert.Single(await server.LandedAsync()).Content);
        Assert.DoesNotContain(server.FilesOnDisk(), f => f.EndsWith(".malformed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":2}")]
    [InlineData("{\n \"a\": 1")]
    [InlineData("[\n1,\n2\n")]
    public async Task A_broken_document_goes_to_quarantine_as_one_and_is_not_lost(string document)
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal((202, 0, 1, false), (await server.PostAsync(document, "application/json")).Outcome);

        var (manifest, kept) = Assert.Single(await server.LandedAsync());
        Assert.Equal((LandingFormat.Malformed, document), (manifest.Format, kept));
    }

    [Fact]
    public async Task Lines_among_which_few_are_events_are_lines_all_the_same()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PutAsync("day.json", "[broken\n{broken\n{\"a\":1}\n-- broken\n-- broken");

        Assert.Equal((202, 1, 4, false), answer.Outcome);
        Assert.Equal(LandingFormat.Ndjson, Assert.Single(await server.LandedAsync()).Manifest.Format);
    }

    [Fact]
    public async Task Big_documents_are_split_without_holding_them()
    {
        await using var server = await IngestServer.StartAsync();
        var document = "[" + string.Join(",\n", Enumerable.Range(0, 60_000).Select(i => $"{{\"i\":{i},\"t\":\"{new string('x', i % 500)}\"}}")) + "]";

        var answer = await server.PutAsync("big.json", document);

        Assert.Equal((202, 60_000, 0, false), answer.Outcome);
        var lines = Assert.Single(await server.LandedAsync()).Content.Split('\n');
        Assert.Equal("{\"i\":59999,\"t\":\"" + new string('x', 499) + "\"}", lines[59_999]);
    }

    [Theory]
    [InlineData("f.csv", null, LandingFormat.Csv, "a,b\n1,\"x\ny\"\n\n2,z", 2)]
    [InlineData("f.CSV", null, LandingFormat.Csv, "a,b\n", 0)]
    [InlineData("f.parquet", null, LandingFormat.Parquet, "PAR1", null)]
    [InlineData("f.jsonl", null, LandingFormat.Ndjson, "{}\n{}", 2)]
    [InlineData("f", "text/csv; charset=utf-8", LandingFormat.Csv, "a\n1\n", 1)]
    [InlineData("f.log", "application/x-ndjson", LandingFormat.Ndjson, "{}", 1)]
    public async Task Files_are_what_their_name_or_content_type_says(string name, string? contentType, LandingFormat format, string content, int? events)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PutAsync(name, content, contentType);

        Assert.Equal((202, events, 0, false), answer.Outcome);
        var (manifest, kept) = Assert.Single(await server.LandedAsync());
        Assert.Equal((format, name, content), (manifest.Format, manifest.Name, kept));
    }

    [Fact]
    public async Task Gzip_is_undone_whether_of_the_transfer_or_of_the_file()
    {
        await using var server = await IngestServer.StartAsync();

        var sent = await server.SendAsync(HttpMethod.Post, "streams/s/events", new ByteArrayContent(Gzip("{\"a\":1}\n")), "application/x-ndjson", encoding: "gzip");
        var file = await server.SendAsync(HttpMethod.Put, "streams/s/files/f.ndjson.gz", new ByteArrayContent(Gzip("{\"a\":2}\n")));
        var both = await server.SendAsync(HttpMethod.Put, "streams/s/files/g.json.gz", new ByteArrayContent(Gzip(Gzip("[{\"a\":3}]"))), encoding: "gzip");
        var members = await server.SendAsync(HttpMethod.Put, "streams/s/files/h.ndjson.gz", new ByteArrayContent([.. Gzip("{\"a\":4}\n"), .. Gzip("{\"a\":5}\n")]));

        Assert.Equal([(202, 1, 0, false), (202, 1, 0, false), (202, 1, 0, false), (202, 2, 0, false)], new[] { sent, file, both, members }.Select(a => a.Outcome));
        Assert.Equal(["{\"a\":1}\n", "{\"a\":2}\n", "{\"a\":3}\n", "{\"a\":4}\n{\"a\":5}\n"], (await server.LandedAsync()).Select(l => l.Content).Order());
    }

    [Fact]
    public async Task What_is_said_to_be_gzip_and_is_not_is_refused()
    {
        await using var server = await IngestServer.StartAsync();
        var gzip = Gzip(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"a\":{i}}}\n")));

        foreach (var bytes in new[] { "{}"u8.ToArray(), gzip[..(gzip.Length / 2)], gzip[..^4] })
        {
            foreach (var contentType in new[] { "application/x-ndjson", "application/json" })
            {
                var answer = await server.SendAsync(HttpMethod.Post, "streams/s/events", new ByteArrayContent(bytes), contentType, encoding: "gzip");
                Assert.Equal(400, answer.Status);
                Assert.Contains("gzip", answer.Title, StringComparison.Ordinal);
            }
        }

        Assert.Empty(server.FilesOnDisk());
    }

    [Fact]
    public async Task The_trace_of_the_request_is_kept()
    {
        await using var server = await IngestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "streams/s/events") { Content = new StringContent("{}") };
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        (await server.Client.SendAsync(request)).EnsureSuccessStatusCode();

        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", Assert.Single(await server.LandedAsync()).Manifest.TraceParent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_and_files_are_listed()
    {
        await using var server = await IngestServer.StartAsync();
        await server.PutAsync("a.ndjson", "{}\nx");
        await server.PutAsync("b.csv", "a\n1");
        await server.PostAsync("{}", key: "k", stream: "t");
        await server.PostAsync("{}", stream: "t");

        var streams = await (await server.Client.GetAsync("streams")).Content.ReadAsStringAsync();
        Assert.Equal("""{"streams":[{"name":"s","pendingFiles":2},{"name":"t","pendingFiles":2}]}""", streams);
        using var files = System.Text.Json.JsonDocument.Parse(await server.Client.GetStringAsync("streams/s/files"));
        var a = files.RootElement.GetProperty("files").EnumerateArray().Single(f => f.GetProperty("name").GetString() == "a.ndjson");
        Assert.Equal(("ndjson", 1, 1, "pending"), (a.GetProperty("format").GetString(), a.GetProperty("accepted").GetInt64(), a.GetProperty("quarantined").GetInt64(), a.GetProperty("state").GetString()));

        using var first = System.Text.Json.JsonDocument.Parse(await server.Client.GetStringAsync("streams/s/files?limit=1"));
        var next = first.RootElement.GetProperty("next").GetString();
        using var second = System.Text.Json.JsonDocument.Parse(await server.Client.GetStringAsync($"streams/s/files?limit=1&after={next}"));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.RootElement.GetProperty("next").ValueKind);
        Assert.Equal(2, new[] { first, second }.SelectMany(d => d.RootElement.GetProperty("files").EnumerateArray()).Select(f => f.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(404, (int)(await server.Client.GetAsync("streams/unknown/files")).StatusCode);
    }

    internal static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    internal static byte[] Gzip(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return buffer.ToArray();
    }
}
