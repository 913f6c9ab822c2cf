using System.Diagnostics;
using System.Net.Http.Headers;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Hosting;

/// <summary>The catalog as a process of its own, which a test may kill.</summary>
internal sealed class CatalogProcess : IDisposable
{
    const string Listening = "Now listening on: ";

    readonly Process process;
    readonly List<string> lines = [];
    readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<HttpClient> clients = [];

    CatalogProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts it over a database and a warehouse.</summary>
    /// <param name="database">Connection string.</param>
    /// <param name="warehouse">Location of the warehouse.</param>
    /// <param name="arguments">Its arguments; none to serve.</param>
    public static CatalogProcess Start(string database, string warehouse, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = AppContext.BaseDirectory };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "LakeAspire.Catalog.Api.dll"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in new[]
        {
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("ConnectionStrings__catalog", database), ("Lake__Storage__Warehouse", warehouse),
            ("Lake__Auth__ServiceKey", CatalogServer.ServiceKey), ("Lake__Auth__UserKey", CatalogServer.UserKey),
        })
        {
            start.Environment[key] = value;
        }

        return new CatalogProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it serves, and gives a client with a key.</summary>
    public async Task<HttpClient> ReadyAsync(string? key = null)
    {
        var client = new HttpClient { BaseAddress = await address.Task.WaitAsync(TimeSpan.FromMinutes(2)) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key ?? CatalogServer.ServiceKey);
        clients.Add(client);
        await Until.TrueAsync(async () => (await client.GetAsync("health")).IsSuccessStatusCode, "the catalog is healthy", TimeSpan.FromMinutes(2));
        return client;
    }

    /// <summary>Kills it with SIGKILL.</summary>
    public async Task KillAsync()
    {
        Assert.False(process.HasExited, $"it had ended already:\n{Printed}");
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public bool HasEnded => process.HasExited;

    /// <summary>What it said last.</summary>
    public string Printed
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines.TakeLast(40));
            }
        }
    }

    public void Dispose()
    {
        clients.ForEach(client => client.Dispose());
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Add(line);
        }

        if (line.IndexOf(Listening, StringComparison.Ordinal) is var start and >= 0)
        {
            address.TrySetResult(new Uri(line[(start + Listening.Length)..].Trim()));
        }
    }
}
