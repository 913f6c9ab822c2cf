using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;
using Lakehouse.Storage;

namespace LakeAspire.Query.Api.Tests;

/// <summary>A table whose snapshots a test makes file by file, and its rows as the engine reads them in this process.</summary>
internal sealed class ChangedTable : IDisposable
{
    readonly QueryService service;
    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
    readonly IObjectStore store;

    ChangedTable(QueryService service, string name, TableMetadata metadata)
    {
        this.service = service;
        Name = name;
        Metadata = metadata;
        store = ObjectStores.Open(LocalPath.ToLocation(service.Warehouse));
        Connection = database.Connect();
    }

    /// <summary>Name within <c>gold</c>.</summary>
    public string Name { get; }

    public TableMetadata Metadata { get; set; }

    public DuckDbConnection Connection { get; }

    public string DataFolder => Path.Combine(service.Warehouse, "gold", Name, "data");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static ChangedTable Create(QueryService service, string name, int version, Schema schema)
    {
        var location = LocalPath.ToLocation(Path.Combine(service.Warehouse, "gold", name));
        var properties = new Dictionary<string, string> { ["format-version"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        var metadata = TableMetadata.Create(location, schema, null, null, properties, Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        var table = new ChangedTable(service, name, metadata);
        Directory.CreateDirectory(table.DataFolder);
        return table;
    }

    public async Task<DataFile> WriteAsync(string select, Schema? schema = null) =>
        Assert.Single(await ParquetTableWriter.WriteAsync(Connection, select, new WriteTarget(Name, schema ?? Metadata.CurrentSchema, Metadata.DefaultSpec, Placement), cancellationToken: Token));

    /// <summary>A position delete file for one data file.</summary>
    public async Task<DataFile> DeletePositionsAsync(DataFile data, string positions) => Assert.Single(await PositionDeleteWriter.WriteAsync(
        Connection, _ => $"SELECT {SqlText.Literal(data.FilePath)} AS file_path, pos FROM ({positions}) AS p(pos)", [new PositionDeleteGroup(Metadata.DefaultSpec, [], [data.FilePath])], Name, Placement, cancellationToken: Token));

    /// <summary>A deletion vector for one data file.</summary>
    public async Task<DataFile> VectorAsync(DataFile data, PositionBitmap positions)
    {
        var path = Path.Combine(DataFolder, $"{Guid.NewGuid():N}.puffin");
        var blob = DeletionVectorBlob.Write(positions);
        await File.WriteAllBytesAsync(path, [9, 9, 9, 9, .. blob], Token);
        return new DataFile
        {
            FilePath = LocalPath.ToLocation(path), FileFormat = "PUFFIN", Content = FileContent.PositionDeletes, Partition = [], RecordCount = positions.Cardinality, FileSizeInBytes = blob.Length + 4,
            ContentOffset = 4, ContentSizeInBytes = blob.Length, ReferencedDataFile = data.FilePath,
        };
    }

    /// <summary>Makes a snapshot, and the catalog know it.</summary>
    public async Task CommitAsync(SnapshotChange change)
    {
        var prepared = await SnapshotBuilder.PrepareAsync(store, Metadata, change, SnapshotContext.Random(TimeProvider.System), Token);
        var context = new TableCommitContext(TimeProvider.System.GetUtcNow(), "file:///before.json");
        Metadata = Assert.IsType<TableCommitResult.Applied>(TableCommit.Apply(Metadata, prepared.Requirements, prepared.Updates, context)).Metadata;
        service.Catalog.Put("gold", Name, Metadata);
    }

    /// <summary>The rows as texts, in order.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync()
    {
        var files = await ScanPlanner.PlanFilesAsync(store, Metadata, Metadata.CurrentSnapshot!, null, null, Token).ToListAsync(Token);
        var target = new ScanTarget(Name, Metadata, Metadata.CurrentSchema, files) { Store = store };
        var relation = await SnapshotRelation.BuildAsync(Connection, target, new LocalFiles(LocalPath.FromLocation), Token);
        return await Texts.OfAsync(Connection, relation.Sql);
    }

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
    }

    LocalPlacement Placement => new(DataFolder, LocalPath.ToLocation(DataFolder));
}

/// <summary>Rows as texts, in order, so that a result of the service can be compared with one of the engine.</summary>
internal static class Texts
{
    public static string Sql(string relation, string where = "true") => $"SELECT coalesce(CAST(t AS VARCHAR), '') AS r FROM {relation} AS t WHERE {where} ORDER BY 1";

    public static async Task<IReadOnlyList<string>> OfAsync(DuckDbConnection connection, string relation, string where = "true")
    {
        var rows = new List<string>();
        await using var result = await connection.QueryAsync(Sql(relation, where), cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var batch in result.ReadAsync(TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add(System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row)));
                }
            }
        }

        return rows;
    }

    public static async Task<IReadOnlyList<string>> OfAsync(QueryService service, string table, string where = "true") =>
        [.. (await service.QueryAsync(Sql(table, where))).GetProperty("rows").EnumerateArray().Select(row => row[0].GetString()!)];
}
