using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using static LakeAspire.Catalog.Api.Tests.Lineage.Events;

namespace LakeAspire.Catalog.Api.Tests.Lineage;

/// <summary>Events out to others: each of them, in the order of its run, from one of several instances, whatever the receiver does.</summary>
public sealed class LineageSendingTests(PostgresServer postgres)
{
    static readonly string[] Quick = ["--Catalog:OpenLineage:RetryPause=00:00:00.020", "--Catalog:OpenLineage:MaxRetryPause=00:00:00.100", "--Catalog:OpenLineage:PollInterval=00:00:00.020"];

    [Fact]
    public async Task Events_come_in_the_order_of_their_run_from_two_instances_to_a_receiver_that_often_fails()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, attempt) => attempt % 3 == 0 ? 200 : attempt % 3 == 1 ? 503 : 500;
        string[] options = [$"--Catalog:OpenLineage:Url={receiver.Address}api/v1/lineage", "--Catalog:OpenLineage:Key=its-key", .. Quick];
        await using var first = await CatalogServer.StartAsync(postgres, configure: null, options);
        await using var second = await CatalogServer.StartAsync(first.ConnectionString, first.Warehouse, options: options);
        var runs = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var type in (string[])["START", "RUNNING", "COMPLETE"])
        {
            await Task.WhenAll(runs.Select((run, i) => (i % 2 == 0 ? first : second).User.SendAsync(
                HttpMethod.Post, "api/lineage", HttpStatusCode.Created, Run("job", type, Noon.AddMinutes(Array.IndexOf(["START", "RUNNING", "COMPLETE"], type)), run, outputs: List(Output("x.y"))).ToJsonString())));
        }

        await Until.TrueAsync(() => Task.FromResult(receiver.Taken.Count >= runs.Length * 3), "all events are sent on");
        Assert.All(runs, run => Assert.Equal(["START", "RUNNING", "COMPLETE"], receiver.Taken.Where(e => e["run"]!["runId"]!.GetValue<Guid>() == run).Select(e => e["eventType"]!.GetValue<string>())));
        Assert.All(receiver.Keys, key => Assert.Equal("Bearer its-key", key));
    }

    [Fact]
    public async Task An_event_that_is_refused_for_good_does_not_hold_up_its_run_and_one_that_is_tried_again_does()
    {
        await using var receiver = await Receiver.StartAsync();
        var (refused, waiting) = (Guid.NewGuid(), Guid.NewGuid());
        var isOpen = false;
        receiver.Answer = (e, _) => e["run"]!["runId"]!.GetValue<Guid>() == refused && e["eventType"]!.GetValue<string>() == "START" ? 422
            : e["run"]!["runId"]!.GetValue<Guid>() == waiting && !isOpen ? 500 : 201;
        await using var server = await CatalogServer.StartAsync(postgres, null, [$"--Catalog:OpenLineage:Url={receiver.Address}", .. Quick]);
        foreach (var (run, type, minute) in ((Guid, string, int)[])[(waiting, "START", 0), (refused, "START", 0), (waiting, "COMPLETE", 1), (refused, "COMPLETE", 1)])
        {
            await server.User.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Created, Run("job", type, Noon.AddMinutes(minute), run).ToJsonString());
        }

        await Until.TrueAsync(() => Task.FromResult(receiver.Taken.Any(e => e["run"]!["runId"]!.GetValue<Guid>() == refused)), "the other run goes on");
        Assert.DoesNotContain(receiver.Taken, e => e["run"]!["runId"]!.GetValue<Guid>() == waiting);
        isOpen = true;
        await Until.TrueAsync(() => Task.FromResult(receiver.Taken.Count == 3), "the rest follows");
        Assert.Equal(["START", "COMPLETE"], receiver.Taken.Where(e => e["run"]!["runId"]!.GetValue<Guid>() == waiting).Select(e => e["eventType"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_receiver_that_is_away_keeps_nobody_waiting_and_gets_everything_from_the_next_instance()
    {
        var address = "http://127.0.0.1:9/";
        string connection;
        string warehouse;
        using var folder = new TempFolder();
        await using (var server = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), Lakehouse.Storage.LocalPath.ToLocation(folder.Below("w")), options: [$"--Catalog:OpenLineage:Url={address}", .. Quick]))
        {
            (connection, warehouse) = (server.ConnectionString, server.Warehouse);
            await server.User.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Created, Run("job", "COMPLETE", Noon, Guid.NewGuid()).ToJsonString());
        }

        await using var receiver = await Receiver.StartAsync();
        await using var next = await CatalogServer.StartAsync(connection, warehouse, options: [$"--Catalog:OpenLineage:Url={receiver.Address}", .. Quick]);
        await Until.TrueAsync(() => Task.FromResult(receiver.Taken.Count == 1), "the event comes after all");
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/api/lineage")]
    [InlineData("http://localhost:{0}/api/v1/lineage")]
    [InlineData("http://[::1]:{0}/api/v1/lineage", "http://[::]:{0}")]
    public async Task The_service_does_not_start_with_an_address_of_its_own(string url, string listen = "http://127.0.0.1:{0}")
    {
        using var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        using var folder = new TempFolder();
        await using var app = LakeAspire.Catalog.CatalogApp.Build(
        [
            $"--urls={string.Format(System.Globalization.CultureInfo.InvariantCulture, listen, port)}", $"--ConnectionStrings:catalog={await postgres.CreateDatabaseAsync()}",
            $"--Lake:Storage:Warehouse={Lakehouse.Storage.LocalPath.ToLocation(folder.Path)}", $"--Lake:Auth:ServiceKey={new string('s', 40)}", $"--Lake:Auth:UserKey={new string('u', 40)}",
            $"--Catalog:OpenLineage:Url={string.Format(System.Globalization.CultureInfo.InvariantCulture, url, port)}",
        ]);
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => app.StartAsync());
        Assert.Contains("Catalog:OpenLineage:Url is this service's own address", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_comes_home_by_a_detour_is_refused_and_goes_round_no_more()
    {
        await using var proxy = await Receiver.StartAsync();
        await using var server = await CatalogServer.StartAsync(postgres, null, [$"--Catalog:OpenLineage:Url={proxy.Address}", .. Quick]);
        var answers = new ConcurrentQueue<int>();
        proxy.Answer = (e, _) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/lineage") { Content = new StringContent(e.ToJsonString(), System.Text.Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("LakeAspire-Sender", proxy.Senders.Last());
            using var response = server.User.Send(request);
            answers.Enqueue((int)response.StatusCode);
            return (int)response.StatusCode;
        };
        await server.User.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Created, Run("job", "COMPLETE", Noon, Guid.NewGuid()).ToJsonString());
        await Until.TrueAsync(async () => await WaitingAsync(server) == 0 && !answers.IsEmpty, "it is not tried again");
        Assert.Equal([508], answers);
    }

    [Fact]
    public async Task The_oldest_events_are_dropped_when_more_wait_than_may()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 503;
        await using var server = await CatalogServer.StartAsync(postgres, null, [$"--Catalog:OpenLineage:Url={receiver.Address}", "--Catalog:OpenLineage:MaxWaiting=3", .. Quick]);
        var runs = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToList();
        foreach (var run in runs)
        {
            await server.User.SendAsync(HttpMethod.Post, "api/lineage", HttpStatusCode.Created, Run("job", "COMPLETE", Noon, run).ToJsonString());
        }

        await Until.TrueAsync(async () => await WaitingAsync(server) == 3, "the oldest are dropped");
        receiver.Answer = (_, _) => 201;
        await Until.TrueAsync(() => Task.FromResult(receiver.Taken.Count == 3), "the others are sent");
        Assert.Equal(runs[5..], receiver.Taken.Select(e => e["run"]!["runId"]!.GetValue<Guid>()));
    }

    [Theory]
    [InlineData("http://me:secret@example.org/api/v1/lineage")]
    [InlineData("http://example.org/api/v1/lineage?key=secret")]
    public async Task A_key_in_the_address_is_refused_without_being_shown(string url)
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => CatalogServer.StartAsync(postgres, null, [$"--Catalog:OpenLineage:Url={url}"]));
        Assert.Contains("Catalog:OpenLineage:Key", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    static async Task<long> WaitingAsync(CatalogServer server)
    {
        await using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT count(*) FROM lineage_outbox", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Somebody else's lineage service.</summary>
    sealed class Receiver(WebApplication app) : IAsyncDisposable
    {
        readonly ConcurrentDictionary<string, int> attempts = new(StringComparer.Ordinal);

        public Func<JsonNode, int, int> Answer { get; set; } = (_, _) => 201;

        public ConcurrentQueue<JsonNode> Taken { get; } = [];

        public ConcurrentQueue<string> Keys { get; } = [];

        public ConcurrentQueue<string> Senders { get; } = [];

        public string Address => app.Urls.Single() + "/";

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var receiver = new Receiver(app);
            app.MapPost("/{**path}", async (HttpRequest request) =>
            {
                receiver.Senders.Enqueue(request.Headers["LakeAspire-Sender"].ToString());
                receiver.Keys.Enqueue(request.Headers.Authorization.ToString());
                var happened = (await JsonNode.ParseAsync(request.Body))!;
                var status = receiver.Answer(happened, receiver.attempts.AddOrUpdate(happened.ToJsonString(), 1, (_, n) => n + 1));
                if (status < 300)
                {
                    receiver.Taken.Enqueue(happened);
                }

                return Results.StatusCode(status);
            });
            await app.StartAsync();
            return receiver;
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
