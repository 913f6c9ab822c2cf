using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Access;
using LakeAspire.Catalog.Api.Tests.Faults;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Idempotency;

/// <summary>A request that is sent again with its key is answered again, and not carried out.</summary>
public sealed class IdempotencyTests(SharedCatalog catalog, PostgresServer postgres) : IClassFixture<SharedCatalog>
{
    const string Root = "iceberg/v1/";
    const string Table = """{"name":"t","schema":""" + Schema + "}";
    const string View = """
        {"name":"v","schema":{"type":"struct","schema-id":0,"fields":[]},"properties":{},
         "view-version":{"version-id":1,"timestamp-ms":1,"schema-id":0,"summary":{},"default-namespace":["gold"],"representations":[{"type":"sql","sql":"select 1","dialect":"duckdb"}]}}
        """;

    /// <summary>Every route whose requests may carry a key: what has to be there, the request, the status of its answer.</summary>
    public static TheoryData<string, string, string, int> Requests => new()
    {
        { "POST", "namespaces", """{"namespace":["new"],"properties":{"a":"b"}}""", 200 },
        { "DELETE", "namespaces/empty", "", 204 },
        { "POST", "namespaces/gold/properties", """{"updates":{"a":"b"},"removals":["c"]}""", 200 },
        { "POST", "namespaces/gold/properties", """{"removals":["missing"]}""", 200 },
        { "POST", "namespaces/gold/tables", """{"name":"new","schema":""" + Schema + "}", 200 },
        { "POST", "namespaces/gold/tables/t", """{"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}""", 200 },
        { "POST", "namespaces/gold/tables", """{"name":"new","stage-create":true,"schema":""" + Schema + "}", 200 },
        { "POST", "namespaces/gold/tables/t", """{"requirements":[],"updates":[]}""", 200 },
        { "POST", "namespaces/gold/views/v", """{"requirements":[],"updates":[]}""", 200 },
        { "POST", "transactions/commit", """{"table-changes":[]}""", 204 },
        { "POST", "transactions/commit", """{"table-changes":[{"identifier":{"namespace":["gold"],"name":"t"},"requirements":[],"updates":[]}]}""", 204 },
        { "DELETE", "namespaces/gold/tables/t", "", 204 },
        { "DELETE", "namespaces/gold/tables/t?purgeRequested=true", "", 204 },
        { "POST", "namespaces/gold/tables/t/unregister", "", 200 },
        { "POST", "namespaces/gold/register", """{"name":"again","metadata-location":"LOCATION","overwrite":true}""", 200 },
        { "POST", "tables/rename", """{"source":{"namespace":["gold"],"name":"t"},"destination":{"namespace":["gold"],"name":"moved"}}""", 204 },
        { "POST", "transactions/commit", """{"table-changes":[{"identifier":{"namespace":["gold"],"name":"t"},"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}]}""", 204 },
        { "POST", "namespaces/gold/views/v", """{"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}""", 200 },
        { "DELETE", "namespaces/gold/views/v", "", 204 },
        { "POST", "views/rename", """{"source":{"namespace":["gold"],"name":"v"},"destination":{"namespace":["gold"],"name":"moved"}}""", 204 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_sent_again_is_answered_again_and_not_carried_out(string method, string path, string body, int status)
    {
        var server = await FilledAsync();
        if (body.Contains("LOCATION", StringComparison.Ordinal))
        {
            body = body.Replace("LOCATION", await server.Service.MetadataLocationAsync("gold", "t"), StringComparison.Ordinal);
            await server.Service.SendAsync(HttpMethod.Delete, Root + "namespaces/gold/tables/t", HttpStatusCode.NoContent);
        }

        var key = Guid.CreateVersion7().ToString();
        var first = await SendAsync(server.Service, new HttpMethod(method), path, key, body);
        Assert.True(status == (int)first.Status, first.Body);
        Assert.False(first.IsReplayed);
        var commits = await CommitsAsync(server.Service);
        for (var i = 0; i < 2; i++)
        {
            var again = await SendAsync(server.Service, new HttpMethod(method), path, key, body);
            Assert.Equal(first with { IsReplayed = true }, again);
            Assert.Equal(commits, await CommitsAsync(server.Service));
        }
    }

    [Theory]
    [InlineData("POST", "namespaces", """{"namespace":["gold"]}""", 409, "AlreadyExistsException")]
    [InlineData("POST", "namespaces", """{"namespace":[]}""", 400, "BadRequestException")]
    [InlineData("DELETE", "namespaces/gold", "", 409, "NamespaceNotEmptyException")]
    [InlineData("POST", "namespaces/nowhere/tables", Table, 404, "NoSuchNamespaceException")]
    [InlineData("POST", "namespaces/gold/tables", Table, 409, "AlreadyExistsException")]
    [InlineData("DELETE", "namespaces/gold/tables/none", "", 404, "NoSuchTableException")]
    [InlineData("POST", "namespaces/gold/tables/t", """{"requirements":[{"type":"assert-current-schema-id","current-schema-id":7}],"updates":[]}""", 409, "CommitFailedException")]
    [InlineData("POST", "namespaces/gold/properties", """{"updates":{"a":"b"},"removals":["a"]}""", 422, "UnprocessableEntityException")]
    public async Task A_refusal_is_final_for_its_key(string method, string path, string body, int status, string type)
    {
        var server = await FilledAsync();
        var key = Guid.CreateVersion7().ToString();
        var first = await SendAsync(server.Service, new HttpMethod(method), path, key, body);
        Assert.Equal((status, type), ((int)first.Status, JsonNode.Parse(first.Body)!["error"]!["type"]!.GetValue<string>()));
        Assert.Equal(first with { IsReplayed = true }, await SendAsync(server.Service, new HttpMethod(method), path, key, body));
    }

    [Fact]
    public async Task A_refusal_holds_for_its_key_alone_when_the_reason_is_gone()
    {
        var server = await FilledAsync();
        var key = Guid.CreateVersion7().ToString();
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(server.Service, HttpMethod.Post, "namespaces/later/tables", key, Table)).Status);
        await server.Service.CreateTablesAsync("later");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(server.Service, HttpMethod.Post, "namespaces/later/tables", key, Table)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server.Service, HttpMethod.Post, "namespaces/later/tables", Guid.CreateVersion7().ToString(), Table)).Status);
    }

    [Fact]
    public async Task A_position_conflict_is_told_again_in_full()
    {
        var server = await FilledAsync();
        var body = Transaction("gold", ["t"], "k", "v", """{"cursors":[{"scope":"s","expected":"5","next":"6"}]}""");
        var key = Guid.CreateVersion7().ToString();
        var first = await SendAsync(server.Service, HttpMethod.Post, "transactions/commit", key, body);
        Assert.Contains("\"conflict\"", first.Body, StringComparison.Ordinal);
        var again = await SendAsync(server.Service, HttpMethod.Post, "transactions/commit", key, body);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(first.Body), JsonNode.Parse(again.Body)));
    }

    [Fact]
    public async Task A_table_that_the_owner_of_a_namespace_staged_is_answered_again()
    {
        var server = await FilledAsync();
        var (name, _, client) = await server.CreateServiceAsync();
        var grant = await server.GrantAsync(name, "create");
        await client.PostJsonAsync(Root + "namespaces", new { @namespace = (string[])["own"] }, HttpStatusCode.OK);
        await server.User.SendAsync(HttpMethod.Delete, $"api/grants/{grant}", HttpStatusCode.NoContent);
        var key = Guid.CreateVersion7().ToString();
        var first = await SendAsync(client, HttpMethod.Post, "namespaces/own/tables", key, """{"name":"new","stage-create":true,"schema":""" + Schema + "}");
        Assert.True(first.Status == HttpStatusCode.OK, first.Body);
        Assert.Equal(first with { IsReplayed = true }, await SendAsync(client, HttpMethod.Post, "namespaces/own/tables", key, """{"name":"new","stage-create":true,"schema":""" + Schema + "}"));
    }

    [Fact]
    public async Task A_key_stands_for_one_request()
    {
        var server = await FilledAsync();
        var key = Guid.CreateVersion7().ToString();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server.Service, HttpMethod.Post, "namespaces", key, """{"namespace":["a"]}""")).Status);
        (HttpClient Client, HttpMethod Method, string Path, string Body)[] others =
        [
            (server.Service, HttpMethod.Post, "namespaces", """{"namespace":["b"]}"""),
            (server.Service, HttpMethod.Post, "namespaces/gold/tables", """{"namespace":["a"]}"""),
            (server.User, HttpMethod.Post, "namespaces", """{"namespace":["a"]}"""),
            (server.Service, HttpMethod.Delete, "namespaces/a", ""),
        ];
        foreach (var (client, method, path, body) in others)
        {
            var refused = await SendAsync(client, method, path, key, body);
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains("was used for another request", refused.Body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await server.Service.GetAsync(Root + "namespaces/b")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Service.GetAsync(Root + "namespaces/a")).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("key")]
    [InlineData("f47ac10b-58cc-4372-a567-0e02b2c3d479")]
    [InlineData("017f22e279b07cc398c4dc0c0c07398f")]
    [InlineData("{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}")]
    [InlineData("017f22e2-79b0-7cc3-58c4-dc0c0c07398f")]
    public async Task A_key_is_a_uuid_of_version_7(string key)
    {
        var server = await FilledAsync();
        var refused = await SendAsync(server.Service, HttpMethod.Post, "namespaces", key, """{"namespace":["a"]}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Service.GetAsync(Root + "namespaces/a")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server.Service, HttpMethod.Post, "namespaces", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", """{"namespace":["a"]}""")).Status);
    }

    [Fact]
    public async Task A_key_that_has_expired_is_as_good_as_new()
    {
        var server = await FilledAsync();
        var key = Guid.CreateVersion7().ToString();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server.Service, HttpMethod.Post, "namespaces", key, """{"namespace":["a"]}""")).Status);
        Assert.InRange(await ScalarAsync<DateTime>(server, "SELECT expires_at FROM idempotency_keys"), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(23.9), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(24.1));
        await ScalarAsync<object>(server, "UPDATE idempotency_keys SET expires_at = now() - interval '1 second'");
        var second = await SendAsync(server.Service, HttpMethod.Post, "namespaces", key, """{"namespace":["a"]}""");
        Assert.Equal((HttpStatusCode.Conflict, false), (second.Status, second.IsReplayed));

        await ScalarAsync<object>(server, "UPDATE idempotency_keys SET expires_at = now() - interval '1 second'");
        await using var sweeping = await CatalogServer.StartAsync(server.ConnectionString, server.Warehouse, folder: null, configure: null, "--Catalog:SweepInterval=00:00:01");
        await Until.TrueAsync(async () => await ScalarAsync<long>(server, "SELECT count(*) FROM idempotency_keys") == 0, "the key is swept");
    }

    [Fact]
    public async Task Of_many_requests_with_one_key_at_once_one_is_carried_out()
    {
        await using var one = await CatalogServer.StartAsync(postgres);
        await using var two = await CatalogServer.StartAsync(one.ConnectionString, one.Warehouse);
        await one.Service.CreateTablesAsync("gold", "t");
        for (var round = 0; round < Soak.Scale(50); round++)
        {
            var key = Guid.CreateVersion7().ToString();
            var before = await CommitsAsync(one.Service);
            var path = (round % 3) switch { 0 => "namespaces/gold/tables", 1 => "namespaces/gold/tables/t", _ => "transactions/commit" };
            var body = (round % 3) switch
            {
                0 => $$"""{"name":"t{{round}}","schema":{{Schema}}}""",
                1 => """{"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}""",
                _ => Transaction("gold", ["t"], "k", $"{round}"),
            };
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync((i % 2 == 0 ? one : two).Service, HttpMethod.Post, path, key, body)));
            Assert.Single(answers.Select(a => a with { IsReplayed = true }).Distinct());
            Assert.True((int)answers[0].Status is 200 or 204, answers[0].Body);
            Assert.Equal(1, answers.Count(a => !a.IsReplayed));
            Assert.Equal(before + 1, await CommitsAsync(one.Service));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_of_which_nobody_knows_is_known_to_the_next_try(bool happened)
    {
        using var folder = new TempFolder();
        await using var proxy = new DatabaseProxy(await postgres.CreateDatabaseAsync());
        await using var server = await CatalogServer.StartAsync(proxy.ConnectionString, LocalPath.ToLocation(folder.Path), folder: null, configure: null, "--Catalog:ResolveTimeout=00:00:00.3");
        await server.Service.CreateTablesAsync("gold", "t");
        var commits = await CommitsAsync(server.Service);
        var key = Guid.CreateVersion7().ToString();
        var body = Transaction("gold", ["t"], "k", "v");
        proxy.StaysAway = true;
        proxy.NextCommit = happened ? DatabaseProxy.Cut.AfterCommit : DatabaseProxy.Cut.BeforeCommit;
        Assert.Equal(HttpStatusCode.InternalServerError, (await SendAsync(server.Service, HttpMethod.Post, "transactions/commit", key, body)).Status);

        proxy.ComeBack();
        var again = await SendAsync(server.Service, HttpMethod.Post, "transactions/commit", key, body);
        Assert.Equal((HttpStatusCode.NoContent, happened), (again.Status, again.IsReplayed));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(server.Service, HttpMethod.Post, "transactions/commit", key, body)).Status);
        Assert.Equal(commits + 1, await CommitsAsync(server.Service));
        Assert.Equal("v", await server.Service.PropertyAsync("gold", "t", "k"));
    }

    [Fact]
    public async Task A_failure_is_not_final()
    {
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Path);
        var store = new FaultyStore(ObjectStores.Open(warehouse));
        await using var server = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), warehouse, folder: null, configure: builder => builder.Services.AddSingleton<IObjectStore>(store));
        await server.Service.CreateTablesAsync("gold");
        var key = Guid.CreateVersion7().ToString();
        store.DiesAfterPut = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(server.Service, HttpMethod.Post, "namespaces/gold/tables", key, Table)).Status);
        store.DiesAfterPut = false;
        var again = await SendAsync(server.Service, HttpMethod.Post, "namespaces/gold/tables", key, Table);
        Assert.Equal((HttpStatusCode.OK, false), (again.Status, again.IsReplayed));
    }

    [Fact]
    public async Task A_commit_made_right_before_the_service_was_killed_is_not_made_twice()
    {
        using var folder = new TempFolder();
        var database = await postgres.CreateDatabaseAsync();
        var warehouse = LocalPath.ToLocation(folder.Path);
        await using var proxy = new DatabaseProxy(database);
        using var dying = CatalogProcess.Start(proxy.ConnectionString, warehouse);
        var client = await dying.ReadyAsync();
        await client.CreateTablesAsync("gold", "t");
        var commits = await CommitsAsync(client);
        var key = Guid.CreateVersion7().ToString();
        var body = Transaction("gold", ["t"], "k", "v");

        // The database commits, its answer is lost, and the service is killed while it asks.
        proxy.StaysAway = true;
        proxy.NextCommit = DatabaseProxy.Cut.AfterCommit;
        var lost = SendAsync(client, HttpMethod.Post, "transactions/commit", key, body);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await Until.TrueAsync(
            async () =>
            {
                await using var command = new NpgsqlCommand("SELECT count(*) FROM commits", connection);
                return (long)(await command.ExecuteScalarAsync())! == commits + 1;
            },
            "the commit is made");
        await dying.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => lost);

        await using var next = await CatalogServer.StartAsync(database, warehouse);
        var again = await SendAsync(next.Service, HttpMethod.Post, "transactions/commit", key, body);
        Assert.Equal((HttpStatusCode.NoContent, true), (again.Status, again.IsReplayed));
        Assert.Equal(commits + 1, await CommitsAsync(next.Service));
        Assert.Equal("v", await next.Service.PropertyAsync("gold", "t", "k"));
    }

    [Fact]
    public async Task The_configuration_tells_how_long_keys_are_kept()
    {
        var server = await catalog.EmptyAsync();
        Assert.Equal("PT24H", (await server.Service.GetJsonAsync(Root + "config"))["idempotency-key-lifetime"]!.GetValue<string>());
    }

    async Task<CatalogServer> FilledAsync()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await server.Service.SendAsync(HttpMethod.Post, Root + "namespaces/gold/properties", HttpStatusCode.OK, """{"updates":{"c":"d"}}""");
        await server.Service.SendAsync(HttpMethod.Post, Root + "namespaces/gold/views", HttpStatusCode.OK, View);
        await server.Service.CreateTablesAsync("empty");
        return server;
    }

    static async Task<Answer> SendAsync(HttpClient client, HttpMethod method, string path, string key, string body)
    {
        using var request = new HttpRequestMessage(method, Root + path);
        request.Headers.Add("Idempotency-Key", key);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request);
        return new Answer(
            response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.ETag?.ToString(), response.Headers.Contains("LakeAspire-Replayed"));
    }

    static async Task<int> CommitsAsync(HttpClient client) => (await client.GetJsonAsync("api/commits?limit=1000"))["commits"]!.AsArray().Count;

    static async Task<T> ScalarAsync<T>(CatalogServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    sealed record Answer(HttpStatusCode Status, string Body, string? Tag, bool IsReplayed);
}
