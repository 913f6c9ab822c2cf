using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Snapshots;

/// <summary>A table in memory to which a test commits changes.</summary>
internal sealed class SnapshotLab(params (string Name, string Value)[] properties)
{
    private long nextId = 100;

    public MemoryStore Store { get; } = new();

    public TableMetadata Table { get; set; } = Tables.ByDay(properties);

    public SnapshotContext Context => new(() => nextId++, Guid.NewGuid, new FixedTime(Tables.Start.AddHours(1)));

    public static DataFile Vector(string name, string dataFile, long offset, long count, object? day) => Tables.File(name, count, day) with
    {
        FilePath = $"memory://lake/t/data/{name}.puffin",
        Content = FileContent.PositionDeletes,
        FileFormat = "PUFFIN",
        ReferencedDataFile = Tables.File(dataFile).FilePath,
        ContentOffset = offset,
        ContentSizeInBytes = 40,
    };

    public static DataFile PositionDeletes(string name, string? dataFile, long count, object? day) => Tables.File(name, count, day) with
    {
        Content = FileContent.PositionDeletes,
        ReferencedDataFile = dataFile is null ? null : Tables.File(dataFile).FilePath,
    };

    public static DataFile Equalities(string name, long count, object? day) => Tables.File(name, count, day) with { Content = FileContent.EqualityDeletes, EqualityIds = [1] };

    public static string Path(string name) => Tables.File(name).FilePath;

    public Task<PreparedSnapshot> PrepareAsync(SnapshotChange change, string branch = SnapshotRef.Main) => SnapshotBuilder.PrepareAsync(Store, Table, change, Context with { Branch = branch });

    /// <summary>Commits a change, and gives its snapshot.</summary>
    public async Task<Snapshot> CommitAsync(SnapshotChange change)
    {
        Table = Tables.Commit(Table, await PrepareAsync(change));
        return Table.CurrentSnapshot!;
    }

    public Task<Snapshot> AppendAsync(object? day, params string[] names) => CommitAsync(new SnapshotChange { AddedDataFiles = [.. names.Select(name => Tables.File(name, 10, day))] });

    public async Task<string> ConflictAsync(SnapshotChange change)
    {
        var before = Store.Locations.ToList();
        var error = await Assert.ThrowsAsync<LakehouseException>(() => PrepareAsync(change));
        Assert.Equal(LakehouseErrorKind.Conflict, error.Kind);
        Assert.Equal(before, Store.Locations);
        return error.Message;
    }

    /// <summary>The data files by name, each with the names of the delete files that apply to it.</summary>
    public async Task<Dictionary<string, string>> FilesAsync() => await ScanPlanner.PlanFilesAsync(Store, Table, Table.CurrentSnapshot!).ToDictionaryAsync(
        file => Name(file.File),
        file => string.Join(",", file.Deletes.Select(delete => Name(delete.File)).Order(StringComparer.Ordinal)),
        StringComparer.Ordinal);

    /// <summary>The entries of the current snapshot's manifests.</summary>
    public async Task<List<ManifestEntry>> EntriesAsync(ManifestContent content)
    {
        var entries = new List<ManifestEntry>();
        foreach (var manifest in (await ManifestListReader.ReadAsync(Store, Table.CurrentSnapshot!)).Where(manifest => manifest.Content == content))
        {
            entries.AddRange(await ManifestReader.ReadAsync(Store, manifest, Table).ToListAsync());
        }

        return entries;
    }

    public static string Name(DataFile file) => System.IO.Path.GetFileNameWithoutExtension(file.FilePath);

    public void AssertSummary(params (string Key, long Value)[] expected) =>
        Assert.Equal(expected, expected.Select(pair => (pair.Key, Table.CurrentSnapshot!.SummaryNumber(pair.Key) ?? -1)));
}
