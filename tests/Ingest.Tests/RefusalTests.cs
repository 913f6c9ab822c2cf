using System.Net.Sockets;
using System.Text;
using LakeAspire.Testing;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Ingest.Api.Tests;

public sealed class RefusalTests
{
    static readonly string[] SmallLimits = ["--Lake:Ingest:MaxEventsBytes=1000", "--Lake:Ingest:MaxFileBytes=2000", "--Lake:Ingest:MaxLineBytes=500"];

    static string Lines(int bytes) => string.Concat(Enumerable.Repeat("{\"a\":1}\n", bytes / 8));

    [Fact]
    public async Task What_exceeds_a_limit_is_refused_by_name_and_nothing_of_it_is_kept()
    {
        await using var server = await IngestServer.StartAsync(options: SmallLimits);

        var events = await server.PostAsync(Lines(1008));
        var unsaid = await server.SendAsync(HttpMethod.Post, "streams/s/events", new Chunked(Encoding.UTF8.GetBytes(Lines(1008))), "application/x-ndjson");
        var file = await server.PutAsync("f.csv", Lines(2008));
        var bomb = await server.SendAsync(HttpMethod.Put, "streams/s/files/f.ndjson.gz", new ByteArrayContent(ReceivingTests.Gzip(Lines(5_000_000))));
        var line = await server.PostAsync($"{{}}\n{{\"a\":\"{new string('x', 500)}\"}}\n");
        var element = await server.PutAsync("g.json", $"[{{}},\n{{\"a\":\"{new string('x', 500)}\"}}]");

        Assert.All(new[] { events, unsaid, file, bomb, line, element }, a => Assert.Equal(413, a.Status));
        Assert.Equal([1000, 1000, 2000, 2000, 500, 500], new[] { events, unsaid, file, bomb, line, element }.Select(a => a.Body.GetProperty("limit").GetInt64()));
        Assert.Contains("Lake:Ingest:MaxEventsBytes", events.Title, StringComparison.Ordinal);
        Assert.Empty(server.FilesOnDisk());
        Assert.Equal(202, (await server.PostAsync(Lines(1000))).Status);
    }

    [Theory]
    [InlineData("S")]
    [InlineData("1s")]
    [InlineData("s-t")]
    [InlineData("s__quarantine")]
    [InlineData("..")]
    [InlineData("%2e%2e%2fx")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Names_of_streams_are_checked(string name)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.Client.PostAsync($"streams/{name}/events", new StringContent("{}"));

        Assert.Contains((int)answer.StatusCode, new[] { 400, 404 });
        Assert.Empty(server.FilesOnDisk());
    }

    [Theory]
    [InlineData("a\\b.json")]
    [InlineData("a\nb.json")]
    [InlineData("a/b.json")]
    public async Task Names_of_files_are_checked(string name)
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal(400, (await server.PutAsync(name, "{}")).Status);
        Assert.Empty(server.FilesOnDisk());
    }

    [Fact]
    public async Task What_cannot_be_told_or_taken_is_refused()
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal(415, (await server.PutAsync("f.xlsx", "x")).Status);
        Assert.Equal(415, (await server.PostAsync("a,b", "text/csv")).Status);
        Assert.Equal(415, (await server.PostAsync("<a/>", "application/xml")).Status);
        Assert.Equal(415, (await server.PostAsync("{}", "application/json; charset=utf-16")).Status);
        Assert.Equal(415, (await server.SendAsync(HttpMethod.Post, "streams/s/events", new StringContent("{}"), "application/json", encoding: "br")).Status);
        Assert.Equal(400, (await server.PostAsync("{}", key: new string('k', 256))).Status);
        Assert.Empty(server.FilesOnDisk());
    }

    [Fact]
    public async Task Without_a_key_nobody_gets_in()
    {
        await using var server = await IngestServer.StartAsync();
        using var stranger = new HttpClient { BaseAddress = server.Address };

        Assert.Equal(401, (int)(await stranger.PostAsync("streams/s/events", new StringContent("{}"))).StatusCode);
        Assert.Equal(401, (int)(await stranger.GetAsync("streams")).StatusCode);
        Assert.Equal(200, (int)(await stranger.GetAsync("health")).StatusCode);
        Assert.Empty(server.FilesOnDisk());
    }

    [Theory]
    [InlineData("POST /streams/s/events")]
    [InlineData("PUT /streams/s/files/f.csv")]
    public async Task An_upload_that_breaks_off_leaves_nothing(string request)
    {
        await using var server = await IngestServer.StartAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(server.Address.Host, server.Address.Port);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"{request} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {server.AuthorizationHeader}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 60000000\r\n\r\n"));
            var chunk = Encoding.ASCII.GetBytes(Lines(1 << 20));
            for (var i = 0; i < 4; i++)
            {
                await stream.WriteAsync(chunk);
            }

            await Until.TrueAsync(() => Task.FromResult(server.FilesOnDisk().Count > 0), "the upload is being written");
            socket.Client.LingerState = new LingerOption(true, 0);
        }

        await Until.TrueAsync(() => Task.FromResult(server.FilesOnDisk().Count == 0), "what was written is gone");
        Assert.Empty(await server.LandedAsync());
    }

    [Theory]
    [InlineData(true, 507)]
    [InlineData(false, 503)]
    public async Task A_full_or_failing_disk_is_said_and_nothing_counts(bool isFull, int status)
    {
        await using var server = await IngestServer.StartAsync(services => services.AddSingleton<IObjectStore>(_ => new FailingStore(isFull)));

        var answer = await server.PostAsync("{}");

        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.Body.GetProperty("errorId").GetString()!);
        Assert.DoesNotContain("secret", answer.Title, StringComparison.Ordinal);
    }

    sealed class Chunked(byte[] bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => await stream.WriteAsync(bytes);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    sealed class FailingStore(bool isFull) : IObjectStore
    {
        public string Root => "file:///none";

        public async Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default)
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            throw isFull ? new StoreFullException("secret") : new LakehouseException(LakehouseErrorKind.Unavailable, "secret");
        }

        public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => PutIfAbsentAsync(location, content, cancellationToken);

        public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => throw new LakehouseException(LakehouseErrorKind.NotFound, "none");

        public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<ObjectInfo>();

        public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) => Task.FromResult<ObjectInfo?>(null);
    }
}
