using System.Collections.Concurrent;
using Lakehouse.Formats.Iceberg;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LakeAspire.Query.Api.Tests;

/// <summary>The routes of a catalog that give a table, over real HTTP, and nothing else of one.</summary>
internal sealed class FakeCatalog : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentDictionary<string, TableMetadata> tables = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string> deltaTables = new(StringComparer.Ordinal);

    FakeCatalog(WebApplication app)
    {
        this.app = app;
        app.MapGet("/alive", () => Results.Ok());
        app.MapGet("/iceberg/v1/namespaces/{ns}/tables/{table}", (string ns, string table, HttpContext context) => LoadAsync(ns, table, context));
        app.MapGet("/api/tables/{ns}/{table}", (string ns, string table) => deltaTables.TryGetValue($"{ns}.{table}", out var location) ? Results.Ok(new { format = "delta", location }) : Results.NotFound());
    }

    public string Address => app.Urls.Single();

    /// <summary>Keys that callers came with.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    public static async Task<FakeCatalog> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var catalog = new FakeCatalog(builder.Build());
        await catalog.app.StartAsync(TestContext.Current.CancellationToken);
        return catalog;
    }

    public void Put(string ns, string table, TableMetadata metadata) => tables[$"{ns}.{table}"] = metadata;

    public void PutDelta(string ns, string table, string location) => deltaTables[$"{ns}.{table}"] = location;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    async Task LoadAsync(string ns, string table, HttpContext context)
    {
        Keys.Enqueue(context.Request.Headers.Authorization.ToString());
        context.Response.ContentType = "application/json";
        if (!tables.TryGetValue($"{ns}.{table}", out var metadata))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("""{"error":{"message":"no such table","type":"NoSuchTableException","code":404}}""");
            return;
        }

        await context.Response.WriteAsync("""{"metadata-location":"file:///metadata.json","metadata":""");
        await context.Response.Body.WriteAsync(TableMetadataJson.Write(metadata));
        await context.Response.WriteAsync("}");
    }
}
