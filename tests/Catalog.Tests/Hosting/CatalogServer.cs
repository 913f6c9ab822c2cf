using System.Net.Http.Headers;
using System.Security.Cryptography;
using LakeAspire.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Testing.Catalog;

/// <summary>The catalog service on a free port, with a database and a warehouse of one test's own. It speaks HTTP as it does in an installation.</summary>
public sealed class CatalogServer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly TempFolder? folder;
    readonly List<HttpClient> clients = [];

    CatalogServer(WebApplication app, TempFolder? folder, string connectionString, string warehouse)
    {
        this.app = app;
        this.folder = folder;
        ConnectionString = connectionString;
        Warehouse = warehouse;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");
        Service = Client(ServiceKey);
        User = Client(UserKey);
    }

    /// <summary>Key of services.</summary>
    public static string ServiceKey { get; } = RandomNumberGenerator.GetHexString(40);

    /// <summary>Key of people.</summary>
    public static string UserKey { get; } = RandomNumberGenerator.GetHexString(40);

    /// <summary>What every client sends through that has no handler of a test's own; null = nothing.</summary>
    public static Func<DelegatingHandler?>? Through { get; set; }

    /// <summary>Its address, with a slash at the end.</summary>
    public Uri Address { get; }

    /// <summary>Its database.</summary>
    public string ConnectionString { get; }

    /// <summary>Location of its warehouse.</summary>
    public string Warehouse { get; }

    /// <summary>A client with the services' key.</summary>
    public HttpClient Service { get; }

    /// <summary>A client with the users' key.</summary>
    public HttpClient User { get; }

    /// <summary>The service's own objects.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>The store of its warehouse.</summary>
    public IObjectStore Store => app.Services.GetRequiredService<IObjectStore>();

    /// <summary>Starts a catalog with a new database and an empty warehouse.</summary>
    public static async Task<CatalogServer> StartAsync(PostgresServer postgres, Action<WebApplicationBuilder>? configure = null, params string[] options)
    {
        var database = await postgres.CreateDatabaseAsync();
        var folder = new TempFolder();
        return await StartAsync(database, LocalPath.ToLocation(folder.Below("warehouse")), folder, configure, options);
    }

    /// <summary>Starts a catalog over a database and a warehouse that exist.</summary>
    public static async Task<CatalogServer> StartAsync(
        string connectionString, string warehouse, TempFolder? folder = null, Action<WebApplicationBuilder>? configure = null, params string[] options)
    {
        var app = CatalogApp.Build(
            [
                "--urls=http://127.0.0.1:0",
                $"--ConnectionStrings:catalog={connectionString}",
                $"--Lake:Storage:Warehouse={warehouse}",
                $"--Lake:Auth:ServiceKey={ServiceKey}",
                $"--Lake:Auth:UserKey={UserKey}",
                "--Logging:LogLevel:Default=Warning",
                .. options,
            ],
            configure);
        await app.StartAsync();
        var server = new CatalogServer(app, folder, connectionString, warehouse);
        await Until.TrueAsync(async () => (await server.Service.GetAsync("health")).IsSuccessStatusCode, "the catalog is healthy");
        return server;
    }

    /// <summary>A client with a key, through a handler of the test's own if it needs one.</summary>
    public HttpClient Client(string? key = null, DelegatingHandler? through = null)
    {
        HttpMessageHandler handler = new SocketsHttpHandler();
        through ??= Through?.Invoke();
        if (through is not null)
        {
            through.InnerHandler = handler;
            handler = through;
        }

        var client = new HttpClient(handler) { BaseAddress = Address };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        clients.Add(client);
        return client;
    }

    /// <summary>A client with the services' key whose requests and answers nobody looks at.</summary>
    public HttpClient Raw() => Client(ServiceKey, new Unchecked());

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await app.StopAsync();
        await app.DisposeAsync();
        folder?.Dispose();
    }

    sealed class Unchecked : DelegatingHandler;
}
