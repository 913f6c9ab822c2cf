using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>A real AppHost process on free ports, and HTTP clients of its services.</summary>
public sealed class LakeInstallation : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    readonly StringBuilder output = new();
    readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Dictionary<string, string> endpoints = [];

    LakeInstallation(Process process, string dataDir)
    {
        (Host, DataDir) = (process, dataDir);
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Host { get; }

    public string DataDir { get; }

    /// <summary>What the AppHost has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public string UserKey => File.ReadAllText(Path.Combine(DataDir, "secrets", "user.key")).Trim();

    /// <summary>Starts an AppHost and waits until every service is healthy.</summary>
    public static Task<LakeInstallation> StartAsync(string dataDir, params string[] options) => StartAsync(dataDir, TestStore.Folder, options);

    /// <summary>The same with its data in a store.</summary>
    public static async Task<LakeInstallation> StartAsync(string dataDir, TestStore store, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[AppHostDll, "--data-dir", dataDir, "--base-port", "0", .. store.Options, .. options])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in store.Environment)
        {
            start.Environment[name] = value;
        }

        var installation = new LakeInstallation(Process.Start(start)!, dataDir);
        await installation.WaitUntilHealthyAsync();
        return installation;
    }

    static string AppHostDll => Repository.PathOf("AppHost", "bin", Configuration, "net10.0", "LakeAspire.AppHost.dll");

    /// <summary>Debug or Release: as this test was built.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    public Uri Endpoint(string name) => new(endpoints[name].TrimEnd('/') + "/");

    public HttpClient Client(string service)
    {
        var client = new HttpClient { BaseAddress = Endpoint(service), Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", UserKey);
        return client;
    }

    /// <summary>Rows of a query, as JSON objects.</summary>
    public async Task<List<JsonElement>> QueryAsync(string sql)
    {
        using var client = Client("query-api");
        using var request = new HttpRequestMessage(HttpMethod.Post, "sql") { Content = new StringContent(sql, Encoding.UTF8, "text/plain") };
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        request.Headers.Add("Lake-Max-Rows", "1000000");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} for {sql}: {text}\n{Output}");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public async Task<long> CountAsync(string sql) => (await QueryAsync(sql))[0].EnumerateObject().First().Value.GetInt64();

    public async Task PutFileAsync(string stream, string path, string? name = null)
    {
        using var client = Client("ingest-api");
        await using var file = File.OpenRead(path);
        using var response = await client.PutAsync($"streams/{stream}/files/{name ?? Path.GetFileName(path)}", new StreamContent(file));
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>The tables by full name with their row counts.</summary>
    public async Task<Dictionary<string, long>> TablesAsync()
    {
        using var client = Client("catalog-api");
        var body = JsonDocument.Parse(await client.GetStringAsync("api/tables")).RootElement;
        return body.GetProperty("tables").EnumerateArray().ToDictionary(
            table => $"{table.GetProperty("namespace").GetString()}.{table.GetProperty("name").GetString()}",
            table => table.GetProperty("rows").GetInt64(), StringComparer.Ordinal);
    }

    /// <summary>Waits until bronze has that many rows in good and quarantine together, and a run that started after it has succeeded.</summary>
    public async Task WaitForGoldAsync(long events, string stream = "watchlog")
    {
        await Eventually.TrueAsync(async () =>
        {
            var tables = await TablesAsync();
            return tables.GetValueOrDefault($"bronze.{stream}") + tables.GetValueOrDefault($"bronze.{stream}__quarantine") >= events;
        }, Patience, () => $"bronze never reached {events} events\n{Output}");
        await Eventually.TrueAsync(GoldIsBuiltFromBronzeAsync, Patience, () => $"gold never caught up with bronze\n{Output}");
    }

    public int PidOf(string assembly) => ProcessTree.DescendantsOf(Host.Id)
        .Single(process => process.CommandLine.Contains(assembly, StringComparison.Ordinal) && process.CommandLine.StartsWith("dotnet", StringComparison.Ordinal)).Id;

    public async Task StopAsync()
    {
        if (!Host.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", Host.Id.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await Host.WaitForExitAsync(limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            if (!Host.HasExited)
            {
                Host.Kill(entireProcessTree: true);
            }

            Host.Dispose();
        }
    }

    async Task<bool> GoldIsBuiltFromBronzeAsync()
    {
        using var client = Client("catalog-api");
        var runs = JsonDocument.Parse(await client.GetStringAsync("api/runs?pipeline=watchlog&limit=20")).RootElement.GetProperty("runs").EnumerateArray().ToList();
        if (runs.Count == 0 || runs.Any(run => run.GetProperty("state").GetString() is "queued" or "running"))
        {
            return false;
        }

        var latest = runs[0];
        Assert.True(latest.GetProperty("state").GetString() == "succeeded", $"run failed: {latest}\n{Output}");
        var bronze = JsonDocument.Parse(await client.GetStringAsync("api/tables/bronze/watchlog")).RootElement;
        return latest.GetProperty("commitId").GetInt64() > bronze.GetProperty("lastCommit").GetProperty("id").GetInt64();
    }

    async Task WaitUntilHealthyAsync()
    {
        var file = Path.Combine(DataDir, "endpoints.json");
        await Eventually.TrueAsync(() => Task.FromResult(Host.HasExited || started.Task.IsCompleted), Patience, () => $"the AppHost did not start\n{Output}");
        Assert.False(Host.HasExited, $"the AppHost ended with {(Host.HasExited ? Host.ExitCode : 0)}\n{Output}");
        foreach (var endpoint in JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement.EnumerateObject())
        {
            endpoints[endpoint.Name] = endpoint.Value.GetString() ?? "";
        }
    }

    void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
        }

        if (line.Contains("/signin?token=", StringComparison.Ordinal))
        {
            started.TrySetResult();
        }
    }
}
