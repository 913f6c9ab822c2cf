using System.Text.Json.Nodes;
using LakeAspire.ServiceDefaults;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using LakeAspire.Transform.Publishing;
using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Lakehouse.Tables;
using Microsoft.AspNetCore.Builder;

namespace LakeAspire.Transform.Worker.Tests.Publishing;

/// <summary>Workers follow the catalog's commits and publish tables as Delta.</summary>
public sealed class PublishingTests(PostgresServer postgres)
{
    static readonly TableIdentifier Events = TableIdentifier.Parse("bronze.events");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_are_published_also_those_made_while_no_worker_ran()
    {
        await using var lab = await Lab.StartAsync(postgres);
        await lab.AppendAsync("SELECT i AS id, 'a' AS name FROM range(10) AS r(i)");
        await lab.AppendAsync("SELECT i AS id, 'b' AS name FROM range(10) AS r(i)");
        await using (await lab.StartWorkerAsync())
        {
            await lab.PublishedAsync(version: 1);
            Assert.Equal(20, await lab.DeltaRowsAsync());
            await lab.AppendAsync("SELECT i AS id, 'c' AS name FROM range(5) AS r(i)");
            await lab.PublishedAsync(version: 2);
        }

        await lab.AppendAsync("SELECT i AS id, 'd' AS name FROM range(5) AS r(i)");
        Assert.Equal("pending", (await lab.PublicationAsync())["state"]!.GetValue<string>());
        await using var next = await lab.StartWorkerAsync();
        await lab.PublishedAsync(version: 3);
        Assert.Equal(30, await lab.DeltaRowsAsync());
        var shown = await lab.PublicationAsync();
        Assert.Equal(shown["currentSequenceNumber"]!.GetValue<long>(), shown["sequenceNumber"]!.GetValue<long>());
    }

    [Fact]
    public async Task Several_workers_publish_every_snapshot_once()
    {
        await using var lab = await Lab.StartAsync(postgres);
        await using var first = await lab.StartWorkerAsync();
        await using var second = await lab.StartWorkerAsync();
        for (var i = 0; i < 12; i++)
        {
            await lab.AppendAsync($"SELECT {i} AS id, 'x' AS name");
        }

        await lab.PublishedAsync(version: 11);
        Assert.Equal(12, await lab.DeltaRowsAsync());
    }

    [Fact]
    public async Task A_property_switches_it_off_and_on_again()
    {
        await using var lab = await Lab.StartAsync(postgres);
        await lab.AppendAsync("SELECT 1 AS id, 'x' AS name", (PublishOptions.Switch, "false"));
        await using var worker = await lab.StartWorkerAsync();
        await lab.StateAsync("off");
        Assert.False(await DeltaTable.ExistsAsync(lab.Lake.Store, (await lab.Lake.LoadTableAsync(Events, Token)).Location, Token));
        await lab.Server.Service.SendAsync(
            HttpMethod.Post, "iceberg/v1/transactions/commit", System.Net.HttpStatusCode.NoContent, HttpAssertions.Transaction("bronze", ["events"], PublishOptions.Switch, "true"));
        await lab.PublishedAsync(version: 0);
    }

    [Fact]
    public async Task A_stop_is_shown_with_its_name()
    {
        await using var lab = await Lab.StartAsync(postgres);
        await using var worker = await lab.StartWorkerAsync();
        await lab.AppendAsync("SELECT 1 AS id, 'x' AS name");
        await lab.PublishedAsync(version: 0);
        await lab.AppendAsync("SELECT 1 AS id, 'x' AS name", change: file => file with { FileFormat = "ORC" });
        await lab.StateAsync("stopped");
        var shown = await lab.PublicationAsync();
        Assert.StartsWith("file-format: ", shown["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((0L, 1L, 2L), (shown["version"]!.GetValue<long>(), shown["sequenceNumber"]!.GetValue<long>(), shown["currentSequenceNumber"]!.GetValue<long>()));
    }

    sealed class Lab : IAsyncDisposable
    {
        readonly TempFolder folder = new();

        Lab(CatalogServer server)
        {
            Server = server;
            Lake = new Lake(new CatalogClient(server.Service), ObjectStores.Open(server.Warehouse));
        }

        public CatalogServer Server { get; }

        public Lake Lake { get; }

        public static async Task<Lab> StartAsync(PostgresServer postgres) => new(await CatalogServer.StartAsync(postgres));

        public async Task<WebApplication> StartWorkerAsync()
        {
            var builder = WebApplication.CreateBuilder(
            [
                "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", $"--services:catalog-api:http:0={Server.Address}", $"--Lake:Auth:ServiceKey={CatalogServer.ServiceKey}",
                $"--Lake:Auth:UserKey={CatalogServer.UserKey}", $"--Lake:Storage:Warehouse={Server.Warehouse}", $"--Lake:Storage:Scratch={folder.Below("scratch")}", "--Lake:Publishing:PollInterval=00:00:00.020",
                "--Lake:Publishing:RetrySeconds=1",
            ]);
            builder.AddServiceDefaults();
            builder.AddPublishing();
            var app = builder.Build();
            await app.StartAsync();
            return app;
        }

        public async Task AppendAsync(string query, (string Name, string Value)? property = null, Func<DataFile, DataFile>? change = null)
        {
            using var database = DuckDbDatabase.Open();
            using var connection = database.Connect();
            await using var transaction = Lake.BeginTransaction("test", "rows");
            var properties = property is { } p ? new Dictionary<string, string>(StringComparer.Ordinal) { [p.Name] = p.Value } : null;
            var table = await transaction.OpenOrCreateAsync(Events, await SchemaInference.InferAsync(connection, query), properties: properties);
            var files = await ParquetTableWriter.WriteAsync(connection, query, transaction.WriteTarget(table));
            transaction.Append(table, [.. files.Select(change ?? (file => file))]);
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }

        public async Task<JsonNode> PublicationAsync() => (await Server.User.GetJsonAsync("api/tables/bronze/events"))["publication"]!;

        public Task StateAsync(string state) => Until.TrueAsync(async () => (await PublicationAsync())["state"]!.GetValue<string>() == state, $"the publication is {state}");

        public async Task PublishedAsync(long version)
        {
            await StateAsync("published");
            await Until.TrueAsync(async () => (await PublicationAsync())["version"]?.GetValue<long>() == version, $"version {version} is published");
        }

        public async Task<long> DeltaRowsAsync()
        {
            using var database = DuckDbDatabase.Open();
            using var connection = database.Connect();
            var files = new LocalFiles(LocalPath.FromLocation);
            using var parquet = new DuckDbParquetReader(files);
            var snapshot = await DeltaTable.OpenAsync(Lake.Store, (await Lake.LoadTableAsync(Events)).Location, parquet);
            var relation = await DeltaRelation.BuildAsync(connection, Lake.Store, new DeltaScan(snapshot, [.. snapshot.Files]), files);
            return await connection.ScalarAsync<long>($"SELECT count(*) FROM {relation.Sql}");
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            folder.Dispose();
        }
    }
}
