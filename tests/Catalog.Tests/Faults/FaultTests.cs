using System.Net;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Microsoft.Extensions.DependencyInjection;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Faults;

/// <summary>What becomes of commits when the process, the store or the database fails in the middle of one.</summary>
public sealed class FaultTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_crash_between_the_metadata_file_and_the_database_leaves_the_tables_as_they_were()
    {
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Path);
        var database = await postgres.CreateDatabaseAsync();
        var store = new FaultyStore(ObjectStores.Open(warehouse));
        string before;
        await using (var dying = await CatalogServer.StartAsync(database, warehouse, configure: builder => builder.Services.AddSingleton<IObjectStore>(store)))
        {
            await dying.Service.CreateTablesAsync("gold", "t", "u");
            before = await dying.Service.MetadataLocationAsync("gold", "t");
            store.DiesAfterPut = true;
            await dying.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.ServiceUnavailable, Transaction("gold", ["t", "u"], "k", "v"));
        }

        await using var next = await CatalogServer.StartAsync(database, warehouse);
        Assert.Equal(before, await next.Service.MetadataLocationAsync("gold", "t"));
        Assert.Null(await next.Service.PropertyAsync("gold", "u", "k"));
        Assert.Equal(3, (await next.Service.GetJsonAsync("api/commits"))["commits"]!.AsArray().Count);
        await next.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t", "u"], "k", "w"));
        Assert.Equal("w", await next.Service.PropertyAsync("gold", "t", "k"));
    }

    [Fact]
    public async Task A_commit_whose_answer_the_database_lost_is_found_to_have_happened()
    {
        await using var lake = await BehindProxyAsync();
        lake.Proxy.NextCommit = DatabaseProxy.Cut.AfterCommit;
        await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "v"));
        Assert.Equal("v", await lake.Server.Service.PropertyAsync("gold", "t", "k"));
    }

    [Fact]
    public async Task A_commit_that_the_database_never_got_is_found_not_to_have_happened_and_made_once()
    {
        await using var lake = await BehindProxyAsync();
        var files = await lake.FilesAsync();
        lake.Proxy.NextCommit = DatabaseProxy.Cut.BeforeCommit;
        await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "v"));
        Assert.Equal("v", await lake.Server.Service.PropertyAsync("gold", "t", "k"));
        Assert.Equal(3, (await lake.Server.Service.GetJsonAsync("api/commits"))["commits"]!.AsArray().Count);
        Assert.Equal(files.Count + 1, (await lake.FilesAsync()).Count);
    }

    [Fact]
    public async Task A_commit_that_is_refused_leaves_no_file()
    {
        await using var lake = await BehindProxyAsync();
        const string item = """{"items":[{"scope":"s","key":"k","fingerprint":"f"}]}""";
        await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "v", item));
        var files = await lake.FilesAsync();
        await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.Conflict, Transaction("gold", ["t"], "k", "w", item));
        Assert.Equal(files, await lake.FilesAsync());
    }

    [Fact]
    public async Task While_nobody_can_tell_the_answer_says_so_and_no_file_goes()
    {
        await using var lake = await BehindProxyAsync("--Catalog:ResolveTimeout=00:00:00.3");
        var files = await lake.FilesAsync();
        lake.Proxy.StaysAway = true;
        lake.Proxy.NextCommit = DatabaseProxy.Cut.AfterCommit;
        var error = await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.InternalServerError, Transaction("gold", ["t"], "k", "v"));
        Assert.Equal("CommitStateUnknownException", error!["error"]!["type"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await lake.Server.Service.GetAsync("health")).StatusCode);
        await lake.Server.Service.SendAsync(HttpMethod.Get, "iceberg/v1/namespaces", HttpStatusCode.ServiceUnavailable);

        lake.Proxy.ComeBack();
        Assert.Equal("v", await lake.Server.Service.PropertyAsync("gold", "t", "k"));
        Assert.Equal(files.Count + 1, (await lake.FilesAsync()).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_view_whose_answer_was_lost_is_there_with_its_file_and_while_nobody_knows_too(bool staysAway)
    {
        await using var lake = await BehindProxyAsync("--Catalog:ResolveTimeout=00:00:00.3");
        const string version = """{"version-id":1,"schema-id":0,"timestamp-ms":1,"summary":{},"default-namespace":["gold"],"representations":[{"type":"sql","sql":"select 1","dialect":"spark"}]}""";
        (string Path, string Body)[] calls =
        [
            ("views", $$"""{"name":"v","schema":{{Schema}},"properties":{},"view-version":{{version}}}"""),
            ("views/v", """{"updates":[{"action":"set-properties","updates":{"k":"v"}}]}"""),
        ];
        foreach (var (path, body) in calls)
        {
            var files = await lake.FilesAsync();
            lake.Proxy.StaysAway = staysAway;
            lake.Proxy.NextCommit = DatabaseProxy.Cut.AfterCommit;
            await lake.Server.Service.SendAsync(HttpMethod.Post, $"iceberg/v1/namespaces/gold/{path}", staysAway ? HttpStatusCode.InternalServerError : HttpStatusCode.OK, body);
            if (staysAway)
            {
                lake.Proxy.ComeBack();
            }

            await lake.Server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/views/v");
            Assert.Equal(files.Count + 1, (await lake.FilesAsync()).Count);
        }

        Assert.Equal("v", (await lake.Server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/views/v"))["metadata"]!["properties"]!["k"]!.GetValue<string>());
        var before = await lake.FilesAsync();
        await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views/v", HttpStatusCode.BadRequest, """{"updates":[{"action":"set-current-view-version","view-version-id":9}]}""");
        await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.Conflict, calls[0].Body);
        Assert.Equal(before, await lake.FilesAsync());
    }

    async Task<ProxiedLake> BehindProxyAsync(params string[] options)
    {
        var folder = new TempFolder();
        var proxy = new DatabaseProxy(await postgres.CreateDatabaseAsync());
        var server = await CatalogServer.StartAsync(proxy.ConnectionString, LocalPath.ToLocation(folder.Path), folder, configure: null, options);
        await server.Service.CreateTablesAsync("gold", "t");
        return new ProxiedLake(proxy, server);
    }

    sealed record ProxiedLake(DatabaseProxy Proxy, CatalogServer Server) : IAsyncDisposable
    {
        public async Task<List<string>> FilesAsync()
        {
            var files = new List<string>();
            await foreach (var file in Server.Store.ListAsync(Server.Warehouse))
            {
                files.Add(file.Location);
            }

            return files;
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Proxy.DisposeAsync();
        }
    }
}
