using System.Net.Http.Json;
using System.Text.Json;
using LakeAspire.ServiceDefaults;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using LakeAspire.Transform.Pipelines;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Storage;
using Lakehouse.Tables;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Transform.Worker.Tests.Pipelines;

/// <summary>A catalog service, a warehouse, a pipeline project, and workers that run it, all of one test's own.</summary>
internal sealed class PipelineLab : IAsyncDisposable
{
    readonly TempFolder folder = new();
    readonly CatalogServer server;
    readonly List<WebApplication> workers = [];

    PipelineLab(CatalogServer server)
    {
        this.server = server;
        Lake = new Lake(new CatalogClient(server.Service), ObjectStores.Open(server.Warehouse));
    }

    public Lake Lake { get; }

    public HttpClient Service => server.Service;

    public string ConnectionString => server.ConnectionString;

    public static async Task<PipelineLab> StartAsync(PostgresServer postgres, params (string Path, string Text)[] project)
    {
        var lab = new PipelineLab(await CatalogServer.StartAsync(postgres));
        lab.Write("dbt_project.yml", "name: shop\nmodels:\n  +materialized: table\n  +schema: gold\n");
        lab.Write("macros/names.sql", "{% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name or target.schema }}{% endmacro %}");
        foreach (var (path, text) in project)
        {
            lab.Write(path, text);
        }

        return lab;
    }

    public void Write(string path, string text)
    {
        var full = folder.Below(["project", .. path.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Adds rows to a table, which is created if there is none.</summary>
    public async Task AppendAsync(string table, string query, int version = 2)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        await using var transaction = Lake.BeginTransaction("test", "rows");
        var schema = await SchemaInference.InferAsync(connection, query);
        var opened = await transaction.OpenOrCreateAsync(TableIdentifier.Parse(table), schema, properties: new Dictionary<string, string> { ["format-version"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        await transaction.AppendQueryAsync(connection, opened, query);
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }

    /// <summary>Deletes rows of a table and leaves its data files.</summary>
    public async Task DeleteAsync(string table, string where)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        await using var transaction = Lake.BeginTransaction("test", "delete");
        await transaction.DeleteAsync(connection, await transaction.OpenAsync(TableIdentifier.Parse(table)), where, new RowChangeOptions { Mode = RowChangeMode.MergeOnRead });
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }

    /// <summary>The text of one value over a table.</summary>
    public async Task<string?> ReadAsync(string table, string expression)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var loaded = await Lake.LoadTableAsync(TableIdentifier.Parse(table));
        var relation = await loaded.RelationAsync(connection);
        return await connection.ScalarAsync<string>($"SELECT ({expression})::VARCHAR FROM {relation.Sql}");
    }

    /// <summary>Starts a worker: the real parts of it that concern pipelines.</summary>
    public async Task<WebApplication> StartWorkerAsync(int leaseSeconds = 10)
    {
        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0",
            $"--services:catalog-api:http:0={server.Address}",
            $"--Lake:Auth:ServiceKey={CatalogServer.ServiceKey}",
            $"--Lake:Auth:UserKey={CatalogServer.UserKey}",
            $"--Lake:Storage:Warehouse={server.Warehouse}",
            $"--Lake:Storage:Scratch={folder.Below("scratch")}",
            $"--Lake:Pipelines:0={folder.Below("project")}",
            $"--Lake:Runs:LeaseSeconds={leaseSeconds}",
            "--Logging:LogLevel:Default=Warning",
        ]);
        builder.AddServiceDefaults();
        builder.AddPipelines();
        var worker = builder.Build();
        workers.Add(worker);
        await worker.StartAsync();
        return worker;
    }

    public static IPipelineTriggers TriggersOf(WebApplication worker) => worker.Services.GetRequiredService<IPipelineTriggers>();

    public async Task<JsonElement> RequestRunAsync(string? traceParent = null)
    {
        var response = await Service.PostAsJsonAsync("api/runs", new { pipeline = "shop", trigger = "manual", traceParent });
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<List<JsonElement>> RunsAsync() => [.. (await Service.GetFromJsonAsync<JsonElement>("api/runs?pipeline=shop")).GetProperty("runs").EnumerateArray()];

    public Task<JsonElement> RunAsync(long id) => Service.GetFromJsonAsync<JsonElement>($"api/runs/{id}");

    /// <summary>Waits until a run is over, and gives it.</summary>
    public async Task<JsonElement> EndedAsync(long id)
    {
        await Until.TrueAsync(async () => (await RunAsync(id)).GetProperty("state").GetString() is not ("queued" or "running"), $"run {id} is over", TimeSpan.FromMinutes(2));
        return await RunAsync(id);
    }

    public static string StateOf(JsonElement run) => run.GetProperty("state").GetString()!;

    public static string NodesOf(JsonElement run) =>
        string.Join(' ', run.GetProperty("nodes").EnumerateArray().Select(n => $"{n.GetProperty("model").GetString()}:{n.GetProperty("state").GetString()}").Order(StringComparer.Ordinal));

    /// <summary>Files in the data folder of a table.</summary>
    public IEnumerable<string> DataFilesOf(string table)
    {
        var data = Path.Combine(LocalPath.FromLocation(server.Warehouse));
        return Directory.Exists(data)
            ? Directory.EnumerateFiles(data, "*.parquet", SearchOption.AllDirectories).Where(f => f.Contains(table.Split('.')[1], StringComparison.Ordinal))
            : [];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
        {
            await worker.StopAsync();
            await worker.DisposeAsync();
        }

        await server.DisposeAsync();
        folder.Dispose();
    }
}
