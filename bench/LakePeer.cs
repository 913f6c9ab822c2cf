using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using LakeAspire.Testing;
using LakeAspire.Transform.Landing;
using LakeAspire.Transform.Lineage;
using LakeAspire.Transform.Pipelines;
using Lakehouse.Sources;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;
using Lakehouse.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Bench;

/// <summary>
/// This lake. Bronze: the worker's own loader, from files in a landing zone to the catalog's commit, in this process. Pipeline: a run in the real worker, by the times that the catalog
/// keeps of it. Both against an installation that is running.
/// </summary>
internal static class LakePeer
{
    public static async Task<(TimeSpan Took, long Rows)> BronzeAsync(string input, string installation)
    {
        var landingFolder = Path.Combine(installation, "bench-landing");
        var landing = new LandingZone(ObjectStores.Open(LocalPath.ToLocation(landingFolder), TimeProvider.System));
        var files = await LandAsync(landing, landingFolder, input);
        var lake = new Lake(new CatalogClient(Client(installation, "service.key")), ObjectStores.Open(LocalPath.ToLocation(Path.Combine(installation, "warehouse")), TimeProvider.System), TimeProvider.System);
        var storage = new StorageOptions { Scratch = Path.Combine(installation, "bench-scratch") };
        var loader = new BatchLoader(
            lake, landing, DeclaredStreams.Load([Repository.PathOf("samples", "watchlog")]), new Nobody(), Untold(), Options.Create(new LandingOptions()), Options.Create(storage),
            FileCache.Of(storage), TimeProvider.System, NullLogger<BatchLoader>.Instance);
        var since = TimeProvider.System.GetTimestamp();
        var outcome = await loader.LoadAsync(Stream(), files, checkFirst: false, CancellationToken.None);
        var took = TimeProvider.System.GetElapsedTime(since);
        if (outcome is not LoadOutcome.Done)
        {
            throw new InvalidOperationException(outcome.ToString());
        }

        using var client = Client(installation, "service.key");
        var table = await client.GetFromJsonAsync<JsonElement>("api/tables/bronze/watchlog");
        return (took, table.GetProperty("rows").GetInt64());
    }

    static TableLineage Untold() => new(new LineageQueue(Options.Create(new LineageOptions { Enabled = false })), Options.Create(new LineageOptions()), TimeProvider.System);

    public static async Task<(TimeSpan Took, long Rows)> PipelineAsync(string installation)
    {
        using var client = Client(installation, "user.key");
        using var asked = await client.PostAsJsonAsync("api/runs", new { pipeline = "watchlog", trigger = "manual" });
        var run = await asked.Content.ReadFromJsonAsync<JsonElement>();
        var id = run.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (run.GetProperty("state").GetString() is "queued" or "running")
        {
            await timer.WaitForNextTickAsync();
            run = await client.GetFromJsonAsync<JsonElement>("api/runs/" + id);
        }

        if (run.GetProperty("state").GetString() != "succeeded")
        {
            throw new InvalidOperationException(run.ToString());
        }

        var gold = await client.GetFromJsonAsync<JsonElement>("api/tables/gold/customer_360");
        return (run.GetProperty("finishedAt").GetDateTimeOffset() - run.GetProperty("startedAt").GetDateTimeOffset(), gold.GetProperty("rows").GetInt64());
    }

    /// <summary>The worker process of an installation.</summary>
    public static string WorkerOf(string installation) => Directory.EnumerateDirectories("/proc").Where(folder => File.Exists(Path.Combine(folder, "environ")))
        .Select(Path.GetFileName).First(process => int.TryParse(process, out _)
            && Content(process, "cmdline").Contains("LakeAspire.Transform.Worker.dll", StringComparison.Ordinal)
            && Content(process, "environ").Contains(installation, StringComparison.Ordinal))!;

    static string Content(string? process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }

    static async Task<List<LandingManifest>> LandAsync(LandingZone landing, string folder, string input)
    {
        var files = new List<LandingManifest>();
        foreach (var path in Directory.EnumerateFiles(input).Order(StringComparer.Ordinal))
        {
            var id = LandingId.New(TimeProvider.System);
            await using var content = File.OpenRead(path);
            var manifest = new LandingManifest
            {
                Id = id,
                Stream = "watchlog",
                Name = Path.GetFileName(path),
                Data = LandingZone.NewDataName(id, LandingFormat.Ndjson),
                Format = LandingFormat.Ndjson,
                Size = content.Length,
                Sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content)),
                ReceivedAt = TimeProvider.System.GetUtcNow(),
            };
            var target = LocalPath.FromLocation(landing.DataLocation(manifest));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
            files.Add(await landing.AcceptAsync(manifest));
        }

        Console.Error.WriteLine($"{files.Count} files in {folder}");
        return files;
    }

    static HttpClient Client(string installation, string key)
    {
        using var endpoints = JsonDocument.Parse(File.ReadAllText(Path.Combine(installation, "endpoints.json")));
        var client = new HttpClient { BaseAddress = new Uri(endpoints.RootElement.GetProperty("catalog-api").GetString()!.TrimEnd('/') + "/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Path.Combine(installation, "secrets", key)).Trim());
        return client;
    }

    static StreamName Stream() => StreamName.TryParse("watchlog", out var name) ? name : throw new InvalidOperationException();

    sealed class Nobody : IPipelineTriggers
    {
        public IReadOnlyList<string> PipelinesReading(string @namespace, string table) => [];

        public void TableCommitted(string @namespace, string table)
        {
        }
    }
}
