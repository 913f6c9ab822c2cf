using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Golden.Tests;

/// <summary>Reads Iceberg tables.</summary>
internal sealed class IcebergReader : IGoldenReader
{
    public async Task<GoldenRelation> ReadAsync(DuckDbConnection connection, GoldenCase golden, GoldenRead read, string? where)
    {
        var store = new GoldenStore(golden.Folder, golden.Relocations);
        var metadata = await OpenAsync(golden);
        if (read.AppendsAfter is not null)
        {
            throw LakehouseException.Unsupported("appends between snapshots are not read");
        }

        var snapshot = SnapshotOf(metadata, read);
        var schema = snapshot is null || read.Snapshot is null && (read.Ref is null || metadata.Refs[read.Ref].Type == SnapshotRefType.Branch) && read.AsOf is null ? metadata.CurrentSchema : metadata.SchemaOf(snapshot);
        var files = new List<ScanFile>();
        if (snapshot is not null)
        {
            await foreach (var file in ScanPlanner.PlanFilesAsync(store, metadata, snapshot, cancellationToken: TestContext.Current.CancellationToken))
            {
                files.Add(file);
            }
        }

        var relation = await SnapshotRelation.BuildAsync(connection, new ScanTarget("t", metadata, schema, files) { Store = store }, new LocalFiles(store.PathOf), TestContext.Current.CancellationToken);
        return new GoldenRelation(relation.Sql, files.Count);
    }

    public Task<string?> ChangesAsync(DuckDbConnection connection, GoldenCase golden, GoldenChanges changes) => Task.FromResult<string?>(null);

    public Task<IReadOnlyList<System.Text.Json.JsonElement>?> MetadataTableAsync(GoldenCase golden, GoldenRead read) => MetadataAsync(golden, read);

    static async Task<IReadOnlyList<System.Text.Json.JsonElement>?> MetadataAsync(GoldenCase golden, GoldenRead read) => await MetadataTables.ReadAsync(new GoldenStore(golden.Folder, golden.Relocations), await OpenAsync(golden), read);

    internal static async Task<TableMetadata> OpenAsync(GoldenCase golden) => await OpenAsync(golden.Table, version: null);

    internal static async Task<TableMetadata> OpenAsync(string table, string? version)
    {
        var folder = Path.Combine(table, "metadata");
        var hint = Path.Combine(folder, "version-hint.text");
        version ??= File.Exists(hint) ? File.ReadAllText(hint).Trim() : null;
        var newest = version is not null
            ? Directory.EnumerateFiles(folder).Single(path => new[] { "", "v" }.Any(start => new[] { ".metadata.json", ".gz.metadata.json", ".metadata.json.gz" }.Contains(Path.GetFileName(path).Replace(start + version, "", StringComparison.Ordinal))))
            : Directory.EnumerateFiles(folder, "*.metadata.json*").Order(StringComparer.Ordinal).Last();
        return TableMetadataJson.Parse(await File.ReadAllBytesAsync(newest));
    }

    static Snapshot? SnapshotOf(TableMetadata metadata, GoldenRead read)
    {
        if (read.Snapshot is { } id)
        {
            return metadata.SnapshotById(id) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no snapshot {id} any more");
        }

        if (read.Ref is { } name)
        {
            return metadata.SnapshotByRef(name) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no branch or tag {name}");
        }

        if (read.AsOf is { } time)
        {
            var entry = metadata.SnapshotLog.LastOrDefault(entry => entry.TimestampMs <= time.ToUnixTimeMilliseconds());
            return entry is null ? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there was no snapshot at {time}") : metadata.SnapshotById(entry.SnapshotId);
        }

        return metadata.CurrentSnapshot;
    }
}
