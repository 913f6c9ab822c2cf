using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Aspire.Hosting;
using Google.Protobuf;
using LakeAspire.Hosting.Dashboard;
using LakeAspire.Hosting.Dashboard.Wire;

namespace LakeAspire.Hosting.Tests.Dashboard;

/// <summary>The resource service, called as the dashboard calls it; a script stands in for the dashboard's program.</summary>
public sealed class ResourceServiceTests
{
    [Fact]
    public async Task Resources_changes_logs_and_commands()
    {
        await using var fixture = await Fixture.StartAsync();
        await using var resources = await fixture.CallAsync("WatchResources", new WatchResourcesRequest());
        var seen = new Dictionary<string, Resource>(StringComparer.Ordinal);
        var initial = await resources.ReadAsync(WatchResourcesUpdate.Parser);
        Assert.Equal(WatchResourcesUpdate.KindOneofCase.InitialData, initial!.KindCase);
        Collect(initial, seen);
        await WaitForAsync(resources, seen, all => all.TryGetValue("talker", out var r) && r.State == "Running");

        var talker = seen["talker"];
        Assert.Equal("Executable", talker.ResourceType);
        Assert.StartsWith("talker-", talker.Name, StringComparison.Ordinal);
        Assert.NotNull(talker.CreatedAt);
        Assert.All(talker.Properties, p => Assert.NotNull(p.Value));
        Assert.All(talker.Urls, u => Assert.NotNull(u.DisplayProperties));
        Assert.Contains(talker.Properties, p => p.Name == "executable.pid");
        Assert.Equal(["start", "stop", "restart"], talker.Commands.Select(c => c.Name));
        Assert.True(seen["aspire-dashboard"].IsHidden);
        Assert.True(seen["key"].Properties.Single(p => p.Name == "Value").IsSensitive);

        await using var logs = await fixture.CallAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = talker.Name });
        var lines = new List<string>();
        while (!lines.Contains("hello") && await logs.ReadAsync(WatchResourceConsoleLogsUpdate.Parser) is { } update)
        {
            lines.AddRange(update.LogLines.Select(l => l.Text));
        }

        Assert.Contains("hello", lines);

        await using var stop = await fixture.CallAsync("ExecuteResourceCommand", new ResourceCommandRequest { CommandName = "stop", ResourceName = talker.Name, ResourceType = "Executable" });
        Assert.Equal(ResourceCommandResponseKind.Succeeded, (await stop.ReadAsync(ResourceCommandResponse.Parser))!.Kind);
        await WaitForAsync(resources, seen, all => all["talker"].State == "Finished");
        Assert.Equal(ResourceCommandState.Enabled, seen["talker"].Commands.Single(c => c.Name == "start").State);
    }

    [Fact]
    public async Task Open_calls_survive_silence()
    {
        await using var fixture = await Fixture.StartAsync();

        // Both sides silent for longer than Kestrel's grace for slow bodies (5 s); this wait is what is tested.
        await using var interactions = await fixture.OpenDuplexAsync("WatchInteractions");
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        await using var info = await fixture.CallAsync("GetApplicationInformation", new ApplicationInformationRequest());
        Assert.Equal("Under test", (await info.ReadAsync(ApplicationInformationResponse.Parser))!.ApplicationName);
        Assert.False(interactions.HasEnded);
    }

    [Fact]
    public async Task Errors_have_their_status()
    {
        await using var fixture = await Fixture.StartAsync();
        Assert.Equal("12", await fixture.StatusAsync("NoSuchMethod", [0, 0, 0, 0, 0]));
        Assert.Equal("12", await fixture.StatusAsync("GetApplicationInformation", [1, 0, 0, 0, 0]));
        Assert.Equal("13", await fixture.StatusAsync("GetApplicationInformation", [0, 0, 0, 0, 9, 1]));
        Assert.Equal("8", await fixture.StatusAsync("GetApplicationInformation", [0, 0xff, 0, 0, 0]));
        Assert.Equal("0", await fixture.StatusAsync("GetApplicationInformation", [0, 0, 0, 0, 0]));
        var missing = new WatchResourceConsoleLogsRequest { ResourceName = "nobody" }.ToByteArray();
        Assert.Equal("5", await fixture.StatusAsync("WatchResourceConsoleLogs", [0, 0, 0, 0, (byte)missing.Length, .. missing]));
        Assert.Equal(HttpStatusCode.Unauthorized, await fixture.StatusWithKeyAsync("wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await fixture.StatusWithKeyAsync(null));
    }

    static async Task WaitForAsync(GrpcCall call, Dictionary<string, Resource> seen, Func<Dictionary<string, Resource>, bool> condition)
    {
        while (!condition(seen) && await call.ReadAsync(WatchResourcesUpdate.Parser) is { } update)
        {
            Collect(update, seen);
        }

        Assert.True(condition(seen));
    }

    static void Collect(WatchResourcesUpdate update, Dictionary<string, Resource> seen)
    {
        foreach (var resource in update.InitialData?.Resources ?? [])
        {
            seen[resource.DisplayName] = resource;
        }

        foreach (var change in update.Changes?.Value ?? [])
        {
            seen[change.Upsert.DisplayName] = change.Upsert;
        }
    }

    sealed class Fixture : IAsyncDisposable
    {
        readonly TestApp test = new();
        readonly HttpClient client = new(new SocketsHttpHandler()) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, Timeout = TimeSpan.FromSeconds(60) };
        DashboardResource? dashboard;

        public static async Task<Fixture> StartAsync()
        {
            var fixture = new Fixture();
            var program = fixture.test.Below("bundle/managed/aspire-managed");
            Directory.CreateDirectory(Path.GetDirectoryName(program)!);
            await File.WriteAllTextAsync(program, "#!/bin/sh\nexec sleep 1000\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            fixture.test.Builder.ConfigureHosting(options => (options.DashboardFolder, options.ApplicationName) = (fixture.test.Folder, "Under test"));
            fixture.test.Builder.AddParameter("key", "a secret of the test", secret: true);
            fixture.test.AddScript("talker", "echo hello; exec sleep 1000");
            await fixture.test.StartAsync();
            fixture.dashboard = fixture.test.Builder.Resources.OfType<DashboardResource>().Single();
            return fixture;
        }

        public async Task<GrpcCall> CallAsync(string method, IMessage message)
        {
            var bytes = message.ToByteArray();
            var frame = new byte[5 + bytes.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
            bytes.CopyTo(frame, 5);
            return new(await SendAsync(method, new ByteArrayContent(frame), dashboard!.Keys.ResourceService));
        }

        public async Task<GrpcCall> OpenDuplexAsync(string method) => new(await SendAsync(method, new EndlessContent(), dashboard!.Keys.ResourceService));

        public async Task<string?> StatusAsync(string method, byte[] body)
        {
            using var response = await SendAsync(method, new ByteArrayContent(body), dashboard!.Keys.ResourceService);
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            return response.TrailingHeaders.Concat(response.Headers).Where(h => h.Key == "grpc-status").SelectMany(h => h.Value).SingleOrDefault();
        }

        public async Task<HttpStatusCode> StatusWithKeyAsync(string? key)
        {
            using var response = await SendAsync("GetApplicationInformation", new ByteArrayContent([0, 0, 0, 0, 0]), key);
            return response.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await test.DisposeAsync();
        }

        Task<HttpResponseMessage> SendAsync(string method, HttpContent content, string? key)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"{dashboard!.ResourceServiceEndpoint.Url}/aspire.v1.DashboardService/{method}")
            {
                Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            if (key is not null)
            {
                request.Headers.Add("x-resource-service-api-key", key);
            }

            return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A request body that stays open and says nothing.</summary>
    sealed class EndlessContent : HttpContent
    {
        readonly CancellationTokenSource ended = new();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, ended.Token);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.FlushAsync(cancellationToken);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
            await Task.Delay(Timeout.Infinite, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            ended.Cancel();
            base.Dispose(disposing);
        }
    }

    sealed class GrpcCall(HttpResponseMessage response) : IAsyncDisposable
    {
        Stream? body;

        public bool HasEnded => response.TrailingHeaders.Any();

        public async Task<T?> ReadAsync<T>(MessageParser<T> parser) where T : class, IMessage<T>
        {
            body ??= await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            var prefix = new byte[5];
            if (await body.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false, TestContext.Current.CancellationToken) < 5)
            {
                return null;
            }

            var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
            await body.ReadExactlyAsync(message, TestContext.Current.CancellationToken);
            return parser.ParseFrom(message);
        }

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
