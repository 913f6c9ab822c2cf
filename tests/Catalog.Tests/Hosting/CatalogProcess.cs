using System.Diagnostics;
using System.Net.Http.Headers;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Hosting;

/// <summary>The catalog as a process of its own, which a test may kill, and start again where it was.</summary>
internal sealed class CatalogProcess : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    const string Listening = "Now listening on: ";

    readonly ProcessStartInfo start;
    readonly List<string> lines = [];
    readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<HttpClient> clients = [];
    Process process;

    CatalogProcess(ProcessStartInfo start)
    {
        this.start = start;
        process = Run();
    }

    /// <summary>Starts it over a database and a warehouse.</summary>
    /// <param name="database">Connection string.</param>
    /// <param name="warehouse">Location of the warehouse.</param>
    /// <param name="arguments">Its arguments; none to serve.</param>
    public static CatalogProcess Start(string database, string warehouse, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "LakeAspire.Catalog.Api.dll"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in new[]
        {
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("ConnectionStrings__catalog", database), ("Lake__Storage__Warehouse", warehouse),
            ("Lake__Auth__ServiceKey", CatalogServer.ServiceKey), ("Lake__Auth__UserKey", CatalogServer.UserKey), ("LAKEASPIRE_PARENT_PIPE", "true"),
        })
        {
            start.Environment[key] = value;
        }

        return new CatalogProcess(start);
    }

    /// <summary>Starts it again after it was killed, at the address that it had, and waits until it serves.</summary>
    public async Task StartAgainAsync()
    {
        start.Environment["ASPNETCORE_URLS"] = (await address.Task).GetLeftPart(UriPartial.Authority);
        process.Dispose();
        process = Run();
        await Until.TrueAsync(IsHealthyAsync, "the catalog is healthy", Patience);
    }

    /// <summary>Whether it serves.</summary>
    public async Task<bool> IsHealthyAsync()
    {
        try
        {
            using var client = new HttpClient { BaseAddress = await address.Task.WaitAsync(Patience) };
            return (await client.GetAsync("health")).IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return false;
        }
    }

    Process Run()
    {
        var started = Process.Start(start)!;
        started.OutputDataReceived += (_, line) => Take(line.Data);
        started.ErrorDataReceived += (_, line) => Take(line.Data);
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    /// <summary>Waits until it serves, and gives a client with a key.</summary>
    public async Task<HttpClient> ReadyAsync(string? key = null)
    {
        var client = new HttpClient { BaseAddress = await address.Task.WaitAsync(Patience), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key ?? CatalogServer.ServiceKey);
        clients.Add(client);
        await Until.TrueAsync(async () => (await client.GetAsync("health")).IsSuccessStatusCode, "the catalog is healthy", Patience);
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
