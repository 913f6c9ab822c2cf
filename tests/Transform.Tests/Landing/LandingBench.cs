using System.Security.Cryptography;
using System.Text;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using LakeAspire.Transform.Landing;
using LakeAspire.Transform.Lineage;
using LakeAspire.Transform.Pipelines;
using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Sources;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;
using Lakehouse.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Worker.Tests.Landing;

/// <summary>A catalog, a landing zone and a loader of one test's own.</summary>
internal sealed class LandingBench : IAsyncDisposable
{
    readonly TempFolder temp = new();
    readonly HttpClient client;

    LandingBench(CatalogServer catalog, DelegatingHandler? between)
    {
        Catalog = catalog;
        client = catalog.Client(CatalogServer.ServiceKey, between);
        LandingLocation = LocalPath.ToLocation(temp.Below("landing"));
        Zone = new LandingZone(ObjectStores.Open(LandingLocation));
        Lake = new Lake(new CatalogClient(client), ObjectStores.Open(catalog.Warehouse), retry: new CommitRetryOptions());
        Directory.CreateDirectory(temp.Below("project", "sources"));
    }

    public CatalogServer Catalog { get; }

    public string LandingLocation { get; }

    public string Scratch => temp.Below("scratch");

    public string Project => temp.Below("project");

    public LandingZone Zone { get; }

    public Lake Lake { get; }

    public List<string> Triggered { get; } = [];

    public static async Task<LandingBench> StartAsync(PostgresServer postgres, DelegatingHandler? between = null, Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? configure = null) =>
        new(await CatalogServer.StartAsync(postgres, configure), between);

    public static StreamName Stream(string name) => StreamName.TryParse(name, out var stream) ? stream : throw new ArgumentException(name, nameof(name));

    public void Declare(string stream, string yaml) => File.WriteAllText(Path.Combine(Project, "sources", stream + ".yml"), yaml);

    /// <summary>The declaration of the sample.</summary>
    public void DeclareWatchlog() => Declare("watchlog", File.ReadAllText(Repository.PathOf("samples", "watchlog", "sources", "watchlog.yml")));

    public BatchLoader Loader(LandingOptions? options = null) => new(
        Lake, Zone, DeclaredStreams.Load([Project]), new Triggers(Triggered), Untold(), Options.Create(options ?? new LandingOptions()), Options.Create(new StorageOptions { Scratch = Scratch }),
        new FileCache(Path.Combine(Scratch, "cache"), 1 << 30), TimeProvider.System, NullLogger<BatchLoader>.Instance);

    static TableLineage Untold() => new(new LineageQueue(Options.Create(new LineageOptions { Enabled = false })), Options.Create(new LineageOptions()), TimeProvider.System);

    public Task<LandingManifest> PutAsync(string stream, string name, string text, LandingFormat format = LandingFormat.Ndjson) =>
        PutAsync(stream, name, Encoding.UTF8.GetBytes(text), format);

    public async Task<LandingManifest> PutAsync(string stream, string name, byte[] bytes, LandingFormat format = LandingFormat.Ndjson)
    {
        var id = LandingId.OfFile(Stream(stream), name);
        var manifest = new LandingManifest
        {
            Id = id,
            Stream = stream,
            Name = name,
            Format = format,
            Data = LandingZone.NewDataName(id, format),
            Size = bytes.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            ReceivedAt = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero),
        };
        await Zone.Store.PutIfAbsentAsync(Zone.DataLocation(manifest), new MemoryStream(bytes));
        return await Zone.AcceptAsync(manifest);
    }

    public async Task<IReadOnlyList<LandingManifest>> PendingAsync(string stream) => (await Zone.PendingAsync(Stream(stream), new LandingLimits(10_000, long.MaxValue))).Files;

    /// <summary>An attempt to load all that waits.</summary>
    public Func<Task<LoadOutcome>> Attempt(string stream) => async () =>
        await PendingAsync(stream) is { Count: > 0 } pending ? await Loader().LoadAsync(Stream(stream), pending, checkFirst: true, CancellationToken.None) : new LoadOutcome.Done();

    /// <summary>Loads all that waits; fails if something is left.</summary>
    public async Task LoadAllAsync(string stream)
    {
        var outcome = await Loader().LoadAsync(Stream(stream), await PendingAsync(stream), checkFirst: false, CancellationToken.None);
        Assert.IsType<LoadOutcome.Done>(outcome);
    }

    /// <summary>Rows of a query over a table, which it calls <c>t</c>: each as text, values separated by a bar.</summary>
    public async Task<List<string>> RowsAsync(string table, string select)
    {
        var loaded = await Lake.FindTableAsync(TableIdentifier.Parse(table));
        var paths = new List<string>();
        if (loaded is not null)
        {
            await foreach (var file in loaded.PlanFilesAsync())
            {
                Assert.Empty(file.Deletes);
                paths.Add(LocalPath.FromLocation(file.File.FilePath));
            }
        }

        if (paths.Count == 0)
        {
            return [];
        }

        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await connection.ExecuteAsync($"CREATE VIEW t AS SELECT * FROM read_parquet({SqlText.Literal(paths)})");
        int columns;
        await using (var result = await connection.QueryAsync($"SELECT * FROM ({select}) LIMIT 0"))
        {
            columns = result.Columns.Count;
        }

        var names = string.Join(", ", Enumerable.Range(0, columns).Select(i => $"c{i}"));
        var texts = string.Join(", ", Enumerable.Range(0, columns).Select(i => $"c{i}::VARCHAR"));
        return (await connection.ScalarAsync<string>($"SELECT string_agg(concat_ws('|', {texts}), chr(1)) FROM ({select}) AS q({names})"))?.Split('\u0001').ToList() ?? [];
    }

    public async Task<long> CountAsync(string table) => long.Parse((await RowsAsync(table, "SELECT count(*) AS n FROM t")).SingleOrDefault() ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    public async Task<Schema> SchemaAsync(string table) => (await Lake.LoadTableAsync(TableIdentifier.Parse(table))).Schema;

    public async Task<long> ObjectsInLandingAsync(string below)
    {
        var count = 0L;
        await foreach (var _ in Zone.Store.ListAsync($"{Zone.Store.Root}/{below}"))
        {
            count++;
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        temp.Dispose();
    }

    sealed class Triggers(List<string> told) : IPipelineTriggers
    {
        public IReadOnlyList<string> PipelinesReading(string @namespace, string table) => [];

        public void TableCommitted(string @namespace, string table) => told.Add($"{@namespace}.{table}");
    }
}
