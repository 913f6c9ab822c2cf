using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Caching;

namespace Lakehouse.Tables.Tests;

/// <summary>A lake of one test's own, over a real catalog.</summary>
internal sealed class TestLake : IAsyncDisposable
{
    public static readonly TableIdentifier Events = TableIdentifier.Parse("bronze.events");

    public static readonly Schema Columns = new(0, [new NestedField(1, "id", Required: false, IcebergType.Long), new NestedField(2, "name", Required: false, IcebergType.String)]);

    static readonly CommitRetryOptions Impatient = new() { MaxAttempts = 4, MaxDuration = TimeSpan.FromSeconds(2), FirstPause = TimeSpan.FromMilliseconds(1), MaxPause = TimeSpan.FromMilliseconds(5) };

    readonly FileCache? cache;

    TestLake(CatalogServer server, FileCache? cache = null)
    {
        Server = server;
        this.cache = cache;
        Lake = Open();
    }

    public CatalogServer Server { get; }

    public Lake Lake { get; }

    public static async Task<TestLake> StartAsync(PostgresServer postgres) => new(await CatalogServer.StartAsync(postgres));

    /// <summary>A lake in a remote store.</summary>
    /// <param name="postgres">Server of its catalog's database.</param>
    /// <param name="warehouse">Location.</param>
    /// <param name="settings">How the store is reached, as the catalog's settings.</param>
    /// <param name="cache">Cache of its files.</param>
    public static async Task<TestLake> StartAsync(PostgresServer postgres, string warehouse, IEnumerable<string> settings, FileCache cache) =>
        new(await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), warehouse, folder: null, configure: null, [.. settings]), cache);

    /// <summary>The lake, seen by a client of its own.</summary>
    public Lake Open(DelegatingHandler? through = null, bool impatient = false) =>
        new(new CatalogClient(Server.Client(CatalogServer.ServiceKey, through)), Server.Store, retry: impatient ? Impatient : null, cache: cache);

    /// <summary>Creates a table, and appends to it.</summary>
    public async Task CreateAsync(TableIdentifier table, params string[] files)
    {
        await using var transaction = Lake.BeginTransaction("test", "create");
        var opened = await transaction.OpenOrCreateAsync(table, Columns);
        transaction.Append(opened, await WriteAsync(transaction, opened, files));
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }

    /// <summary>Writes data files of which only the names matter, and gives what a writer says of them.</summary>
    public async Task<IReadOnlyList<DataFile>> WriteAsync(TableTransaction transaction, LakeTable table, params string[] names)
    {
        var files = new List<DataFile>();
        foreach (var name in names)
        {
            var location = $"{table.Location}/data/{name}.parquet";
            transaction.Track(location);
            using var content = new MemoryStream([1, 2, 3]);
            Assert.Equal(PutOutcome.Written, await Server.Store.PutIfAbsentAsync(location, content));
            files.Add(new DataFile { FilePath = location, RecordCount = 1, FileSizeInBytes = 3, SpecId = table.Metadata.DefaultSpecId });
        }

        return files;
    }

    /// <summary>The names of a table's data files, in order.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync(TableIdentifier table)
    {
        var names = new List<string>();
        await foreach (var file in (await Lake.LoadTableAsync(table)).PlanFilesAsync())
        {
            names.Add(Path.GetFileNameWithoutExtension(file.File.FilePath));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>All objects of the warehouse.</summary>
    public async Task<IReadOnlyList<string>> ObjectsAsync()
    {
        var locations = new List<string>();
        await foreach (var item in Server.Store.ListAsync(Server.Warehouse))
        {
            locations.Add(item.Location);
        }

        return locations;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
