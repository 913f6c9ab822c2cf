using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Publishing;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Tests.Publishing;

/// <summary>A table in a folder, to which a test commits and which it publishes.</summary>
internal sealed class PublishLab : IDisposable
{
    readonly TempFolder folder = new();
    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 2 });
    DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public PublishLab(Schema schema, PartitionSpec? spec = null, int formatVersion = 2, params (string Name, string Value)[] properties)
    {
        Connection = database.Connect();
        Store = ObjectStores.Open(LocalPath.ToLocation(folder.Below("lake")));
        var values = properties.Append(("format-version", formatVersion.ToString(System.Globalization.CultureInfo.InvariantCulture))).ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
        Table = TableMetadata.Create(LocalPath.ToLocation(TableFolder), schema, spec, null, values, Guid.NewGuid(), now);
    }

    public string Root => folder.Path;

    public string TableFolder => folder.Below("lake", "t");

    public DuckDbConnection Connection { get; }

    public IObjectStore Store { get; set; }

    public TableMetadata Table { get; set; }

    public ILocalFiles LocalFiles { get; } = new LocalFiles(LocalPath.FromLocation);

    /// <summary>Every snapshot so far, oldest first.</summary>
    public List<Snapshot> Snapshots { get; } = [];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Schema Columns(params NestedField[] fields) => new(0, fields);

    public static NestedField Field(int id, string name, IcebergType type) => new(id, name, Required: false, type);

    /// <summary>Writes the rows of a query as data files.</summary>
    public Task<IReadOnlyList<DataFile>> WriteAsync(string select, bool currentNames = false)
    {
        var data = Path.Combine(TableFolder, "data");
        var schema = Table.CurrentSchema;
        var target = new WriteTarget("t", schema, Table.DefaultSpec, new LocalPlacement(data, LocalPath.ToLocation(data))) { FileSchema = currentNames ? schema : PhysicalNames.Of(Table).Apply(schema) };
        return ParquetTableWriter.WriteAsync(Connection, select, target, cancellationToken: Token);
    }

    public async Task<IReadOnlyList<DataFile>> AppendAsync(string select)
    {
        var files = await WriteAsync(select);
        await CommitAsync(new SnapshotChange { AddedDataFiles = files });
        return files;
    }

    public async Task<Snapshot> CommitAsync(SnapshotChange change)
    {
        now += TimeSpan.FromSeconds(1);
        var prepared = await SnapshotBuilder.PrepareAsync(Store, Table, change, SnapshotContext.Random(new FixedTime(now)), Token);
        Apply(prepared.Updates);
        Snapshots.Add(Table.CurrentSnapshot!);
        return Table.CurrentSnapshot!;
    }

    /// <summary>Changes the metadata, as a commit without a snapshot does.</summary>
    public void Apply(params IReadOnlyList<TableUpdate> updates) =>
        Table = Assert.IsType<TableCommitResult.Applied>(TableCommit.Apply(Table, [], updates, new TableCommitContext(now))).Metadata;

    /// <summary>Gives the table other columns.</summary>
    public void ChangeSchema(params NestedField[] fields) => Apply(new AddSchema(new Schema(-1, fields)), new SetCurrentSchema(TableUpdate.LastAdded));

    /// <summary>Deletes rows of data files by position: v2.</summary>
    public async Task<DataFile> PositionDeletesAsync(params (DataFile File, long Position)[] rows)
    {
        var path = Path.Combine(TableFolder, "data", $"{Guid.NewGuid():N}-deletes.parquet");
        var values = string.Join(", ", rows.OrderBy(row => row.File.FilePath, StringComparer.Ordinal).ThenBy(row => row.Position).Select(row => $"({SqlText.Literal(row.File.FilePath)}, {SqlText.Literal(row.Position)}::BIGINT)"));
        await Connection.ExecuteAsync($"COPY (SELECT * FROM (VALUES {values}) AS d(file_path, pos)) TO {SqlText.Literal(path)} (FORMAT parquet, FIELD_IDS {{file_path: 2147483546, pos: 2147483545}})", cancellationToken: Token);
        return Delete(path, rows.Length, rows[0].File) with { Content = FileContent.PositionDeletes };
    }

    /// <summary>Deletes rows that equal those of a query in some columns.</summary>
    public async Task<DataFile> EqualityDeletesAsync(string select, long count, params NestedField[] fields)
    {
        var path = Path.Combine(TableFolder, "data", $"{Guid.NewGuid():N}-deletes.parquet");
        var ids = string.Join(", ", fields.Select(field => $"{SqlText.Identifier(field.Name)}: {SqlText.Literal(field.Id)}"));
        await Connection.ExecuteAsync($"COPY ({select}) TO {SqlText.Literal(path)} (FORMAT parquet, FIELD_IDS {{{ids}}})", cancellationToken: Token);
        return Delete(path, count, null) with { Content = FileContent.EqualityDeletes, EqualityIds = [.. fields.Select(field => field.Id)] };
    }

    /// <summary>Deletes rows of data files by deletion vectors in one Puffin file: v3.</summary>
    public async Task<IReadOnlyList<DataFile>> VectorsAsync(params (DataFile File, long[] Positions)[] rows)
    {
        var path = Path.Combine(TableFolder, "data", $"{Guid.NewGuid():N}.puffin");
        var vectors = new List<DataFile>();
        await using (var stream = File.Create(path))
        {
            var writer = new PuffinWriter(stream);
            foreach (var (file, positions) in rows)
            {
                var blob = await writer.AddDeletionVectorAsync(file.FilePath, PositionBitmap.Of(positions), Token);
                vectors.Add(new DataFile
                {
                    FilePath = LocalPath.ToLocation(path),
                    Content = FileContent.PositionDeletes,
                    FileFormat = "PUFFIN",
                    RecordCount = positions.Length,
                    FileSizeInBytes = 0,
                    SpecId = file.SpecId,
                    Partition = file.Partition,
                    ReferencedDataFile = file.FilePath,
                    ContentOffset = blob.Offset,
                    ContentSizeInBytes = blob.Length,
                });
            }

            await writer.FinishAsync(cancellationToken: Token);
        }

        return [.. vectors.Select(vector => vector with { FileSizeInBytes = new FileInfo(path).Length })];
    }

    public DeltaPublisher Publisher(IObjectStore? store = null, bool resolve = true, TimeProvider? time = null) => new(
        store ?? Store, Parquet, new CheckpointWriter(store ?? Store, LocalFiles, folder.Below("scratch")), resolve ? new DeletedRowPositions(store ?? Store, LocalFiles) : null, time);

    public IParquetReader Parquet => new Lakehouse.Engine.Delta.DuckDbParquetReader(LocalFiles);

    public Task<PublishResult> PublishAsync() => Publisher().PublishAsync(Table, Token);

    /// <summary>Takes away everything that was published.</summary>
    public void Unpublish()
    {
        var log = Path.Combine(TableFolder, "_delta_log");
        if (Directory.Exists(log))
        {
            Directory.Delete(log, recursive: true);
        }

        foreach (var vector in Directory.GetFiles(TableFolder, "deletion_vector_*.bin"))
        {
            File.Delete(vector);
        }
    }

    /// <summary>The rows of a snapshot, read as Iceberg, as a relation.</summary>
    public async Task<string> IcebergAsync(Snapshot snapshot)
    {
        var files = await ScanPlanner.PlanFilesAsync(Store, Table, snapshot, cancellationToken: Token).ToListAsync(Token);
        return (await SnapshotRelation.BuildAsync(Connection, new ScanTarget("t", Table, Table.SchemaOf(snapshot), files) { Store = Store }, LocalFiles, Token)).Sql;
    }

    /// <summary>The rows of a version, read as Delta by our own reader, as a relation.</summary>
    public async Task<string> DeltaAsync(long? version = null)
    {
        await Connection.ExecuteAsync("SET TimeZone = 'UTC'", cancellationToken: Token);
        var snapshot = await DeltaTable.OpenAsync(Store, Table.Location, Parquet, version is { } number ? DeltaVersionSelector.At(number) : default, Token);
        return (await DeltaRelation.BuildAsync(Connection, Store, new DeltaScan(snapshot, [.. snapshot.Files]), LocalFiles, Token)).Sql;
    }

    /// <summary>Our own Delta reader gives at every version what our Iceberg read gives of its snapshot, by the columns that are published.</summary>
    public async Task SameRowsAsync(IReadOnlyList<Snapshot>? snapshots = null, string columns = "*")
    {
        for (var version = 0; version < (snapshots ?? Snapshots).Count; version++)
        {
            var (delta, iceberg) = (await DeltaAsync(version), await IcebergAsync((snapshots ?? Snapshots)[version]));
            foreach (var (left, right) in new[] { (delta, iceberg), (iceberg, delta) })
            {
                Assert.Equal(0, await Connection.ScalarAsync<long>($"SELECT count(*) FROM ((SELECT {columns} FROM {left}) EXCEPT ALL (SELECT {columns} FROM {right}))"));
            }
        }
    }

    /// <summary>The actions of a version.</summary>
    public IReadOnlyList<DeltaAction> Actions(long version) =>
        [.. File.ReadAllLines(LogFile(version)).Select(line => DeltaActionJson.Read(System.Text.Encoding.UTF8.GetBytes(line), "log")!)];

    public string LogFile(long version) => Path.Combine(TableFolder, "_delta_log", $"{version:D20}.json");

    public T Single<T>(long version)
        where T : DeltaAction => Assert.Single(Actions(version).OfType<T>());

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
        folder.Dispose();
    }

    DataFile Delete(string path, long count, DataFile? file) => new()
    {
        FilePath = LocalPath.ToLocation(path),
        RecordCount = count,
        FileSizeInBytes = new FileInfo(path).Length,
        SpecId = file?.SpecId ?? Table.DefaultSpecId,
        Partition = file?.Partition ?? new object?[Table.DefaultSpec.Fields.Count],
    };

    sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
