using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Model;

/// <summary>An instance of the catalog service in a process of its own, which is killed and started again on the same port.</summary>
internal sealed class CatalogInstance : IAsyncDisposable
{
    readonly string connectionString;
    readonly string warehouse;
    readonly int port;
    Process? process;

    public CatalogInstance(string connectionString, string warehouse)
    {
        (this.connectionString, this.warehouse) = (connectionString, warehouse);
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        port = ((IPEndPoint)probe.LocalEndpoint).Port;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(60) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", CatalogServer.ServiceKey);
    }

    /// <summary>A client with the services' key.</summary>
    public HttpClient Client { get; }

    public async Task StartAsync()
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Repository.PathOf("Catalog.Api", "bin", configuration, "net10.0", "LakeAspire.Catalog.Api.dll"),
                $"--urls=http://127.0.0.1:{port}",
                "--Logging:LogLevel:Default=None",
            },
            Environment =
            {
                ["ConnectionStrings__catalog"] = connectionString,
                ["Lake__Storage__Warehouse"] = warehouse,
                ["Lake__Auth__ServiceKey"] = CatalogServer.ServiceKey,
                ["Lake__Auth__UserKey"] = CatalogServer.UserKey,
                ["LAKEASPIRE_PARENT_PIPE"] = "true",
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        await Until.TrueAsync(IsHealthyAsync, "the catalog is healthy", TimeSpan.FromSeconds(120));
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Client.Dispose();
    }

    async Task<bool> IsHealthyAsync()
    {
        try
        {
            return (await Client.GetAsync("health")).IsSuccessStatusCode;
        }
        catch (HttpRequestException exception)
        {
            return process is { HasExited: true } ? throw new InvalidOperationException($"the catalog ended with {process.ExitCode}", exception) : false;
        }
    }
}
