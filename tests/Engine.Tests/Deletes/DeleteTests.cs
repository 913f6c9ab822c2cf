using Lakehouse.Engine.Deletes;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Engine.Tests.Deletes;

public sealed class DeleteTests : IDisposable
{
    static readonly Schema Table = new(0, [Field(1, "id", IcebergType.Int), Field(2, "name", IcebergType.String), Field(3, "d", IcebergType.Double)]);
    static readonly Schema PositionSchema = new(0, [new NestedField(2147483546, "file_path", true, IcebergType.String), new NestedField(2147483545, "pos", true, IcebergType.Long)]);

    readonly Lake lake = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => lake.Dispose();

    static NestedField Field(int id, string name, IcebergType type) => new(id, name, false, type);

    [Fact]
    public async Task PositionDeletesHoldForTheirFileHoweverItsPathIsSpelled()
    {
        var one = await WriteAsync("SELECT i::INTEGER AS id, 'a' AS name, 0.0 AS d FROM range(5) t(i)");
        var two = await WriteAsync("SELECT 100 + i::INTEGER AS id, 'b' AS name, 0.0 AS d FROM range(5) t(i)");
        var path = new Uri(one.FilePath).LocalPath;
        var deletes = await WriteAsync($"SELECT * FROM (VALUES ('file:{path}', 0::BIGINT), ('file://{path}', 1), ('{path}', 2), ('file:/elsewhere', 3)) v(file_path, pos)", PositionSchema);
        var delete = Delete(deletes with { Content = FileContent.PositionDeletes });
        Assert.Equal([3, 4, 100, 101, 102, 103, 104], await IdsAsync(File(one, 1, delete), File(two, 1, delete)));
        Assert.Equal([0, 1, 2, 3, 4], await IdsAsync(File(one, 1)));
    }

    [Fact]
    public async Task DeletionVectorsAreReadFromTheirPlaceInAPuffinFile()
    {
        var one = await WriteAsync("SELECT i::INTEGER AS id, 'a' AS name, 0.0 AS d FROM range(10) t(i)");
        var vector = Vector(DeletionVectorBlob.Write(PositionBitmap.Of(0, 3, 9, 4_000_000_000)), 4);
        Assert.Equal([1, 2, 4, 5, 6, 7, 8], await IdsAsync(File(one, 1, vector)));
        var wrong = await Assert.ThrowsAsync<LakehouseException>(() => IdsAsync(File(one, 1, Vector(DeletionVectorBlob.Write(PositionBitmap.Of(0, 3)), 5))));
        Assert.Equal(LakehouseErrorKind.InvalidData, wrong.Kind);
        var torn = await Assert.ThrowsAsync<LakehouseException>(() => IdsAsync(File(one, 1, Vector([1, 2, 3], 1, size: 300))));
        Assert.Equal(LakehouseErrorKind.InvalidData, torn.Kind);
    }

    [Fact]
    public async Task EqualityDeletesKnowNullNanAndTheZerosApart()
    {
        var rows = await WriteAsync("SELECT * FROM (VALUES (1, 'a', 1.0::DOUBLE), (2, NULL, 'nan'), (3, NULL, NULL), (4, 'x', '-0.0'), (5, 'x', 0.0), (6, 'b', 2.0)) v(id, name, d)");
        var byName = await EqualityAsync("SELECT NULL::VARCHAR AS name, 99 AS id", [2]);
        var byNumber = await EqualityAsync("SELECT d FROM (VALUES ('nan'::DOUBLE), ('-0.0')) v(d)", [3]);
        var byBoth = await EqualityAsync("SELECT 6 AS id, 'b' AS name", [2, 1]);
        Assert.Equal([1, 4, 5, 6], await IdsAsync(File(rows, 1, byName)));
        Assert.Equal([1, 3, 5, 6], await IdsAsync(File(rows, 1, byNumber)));
        Assert.Equal([1, 5], await IdsAsync(File(rows, 1, byName, byNumber, byBoth)));
    }

    [Fact]
    public async Task EqualityDeletesHoldAfterTheirColumnWasDroppedAndForRowsOlderThanTheColumn()
    {
        var rows = await WriteAsync("SELECT 1 AS id, 'a' AS name, 1.0 AS d UNION ALL SELECT 2, 'b', 2.0");
        var old = await WriteAsync("SELECT 3 AS id", new Schema(0, [Table.Fields[0]]));
        var delete = await EqualityAsync("SELECT 'a' AS name UNION ALL SELECT NULL", [2]);
        var now = new Schema(1, [Field(4, "more", IcebergType.Int), Table.Fields[0]]);
        var relation = await BuildAsync(now, [File(rows, 1, delete), File(old, 1, delete)], Table);
        Assert.Equal([null, 2], (await lake.Connection.RowsAsync($"FROM {relation.Sql}")).Single());
    }

    [Fact]
    public async Task AllKindsOfDeletesOfManyFilesWorkTogether()
    {
        const int Files = 12;
        var files = new List<ScanFile>();
        var expected = new List<object?>();
        for (var file = 0; file < Files; file++)
        {
            var data = await WriteAsync($"SELECT {file * 10} + i::INTEGER AS id, 'a' AS name, 0.0 AS d FROM range(10) t(i)");
            var vector = Vector(DeletionVectorBlob.Write(PositionBitmap.Of(file % 10)), 1);
            var equality = await EqualityAsync($"SELECT {(file * 10) + 5} AS id", [1]);
            ScanDelete[] deletes = (file % 4) switch { 0 => [], 1 => [vector], 2 => [equality], _ => [vector, equality] };
            files.Add(File(data, 1, deletes));
            expected.AddRange(Enumerable.Range(0, 10).Where(i => !(file % 2 == 1 && i == file % 10) && !(file % 4 >= 2 && i == 5)).Select(i => (object?)((file * 10) + i)));
        }

        Assert.Equal(expected, await IdsAsync([.. files]));
    }

    [Fact]
    public async Task MetadataColumnsTellFileAndPosition()
    {
        var one = await WriteAsync("SELECT i::INTEGER AS id, 'a' AS name, 0.0 AS d FROM range(3) t(i)") with { FirstRowId = 100 };
        var two = await WriteAsync("SELECT 10 + i::INTEGER AS id, 'a' AS name, 0.0 AS d FROM range(2) t(i)");
        var kept = await WriteAsync(
            "SELECT * FROM (VALUES (20, 7::BIGINT, NULL::BIGINT), (21, NULL, 3)) v(id, row_id, changed)",
            new Schema(0, [Table.Fields[0], Field(2147483540, "row_id", IcebergType.Long), Field(2147483539, "changed", IcebergType.Long)])) with { FirstRowId = 500 };
        var vector = Vector(DeletionVectorBlob.Write(PositionBitmap.Of(1)), 1);
        var target = new ScanTarget("silver.t", Lake.Metadata(Table), new Schema(0, [Table.Fields[0]]), [File(one, 5, vector), File(two, 6), File(kept, 9)])
        {
            Store = new FileStore(),
            MetadataColumns = ["_pos", "_row_id", "_last_updated_sequence_number", "_file", "_spec_id"],
        };
        var relation = await SnapshotRelation.BuildAsync(lake.Connection, target, Lake.LocalFiles, Token);
        object?[][] expected =
        [
            [0, 0L, 100L, 5L, one.FilePath, 0], [2, 2L, 102L, 5L, one.FilePath, 0], [10, 0L, null, null, two.FilePath, 0], [11, 1L, null, null, two.FilePath, 0],
            [20, 0L, 7L, 9L, kept.FilePath, 0], [21, 1L, 501L, 3L, kept.FilePath, 0],
        ];
        Assert.Equal(expected, await lake.Connection.RowsAsync($"FROM {relation.Sql} ORDER BY id"));
    }

    [Fact]
    public async Task AnotherDatabaseReadsARelationOnceItsInputsAreRegistered()
    {
        var one = await WriteAsync("SELECT i::INTEGER AS id, 'a' AS name, 0.0 AS d FROM range(3) t(i)");
        var relation = await BuildAsync(Table, [File(one, 1, Vector(DeletionVectorBlob.Write(PositionBitmap.Of(1)), 1))]);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var reader = new RelationInputReader();
        foreach (var message in RelationInputs.Write(relation.Inputs))
        {
            Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => { reader.Finish(); new RelationInputReader().Add(new byte[] { 1 }); }).Kind);
            reader.Add(message);
        }

        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => reader.Add(new byte[8])).Kind);
        var input = Assert.Single(reader.Finish());
        Assert.IsType<DeletedPositions>(input).Register(connection);
        Assert.Equal([0, 2], (await connection.RowsAsync($"SELECT id FROM {relation.Sql} ORDER BY id")).Select(row => row[0]));
    }

    static ScanFile File(DataFile file, long sequenceNumber, params ScanDelete[] deletes) => new(file, sequenceNumber, sequenceNumber, 1, PartitionSpec.Unpartitioned, deletes);

    static ScanDelete Delete(DataFile file) => new(file, 2, PartitionSpec.Unpartitioned);

    async Task<DataFile> WriteAsync(string select, Schema? schema = null) => (await lake.WriteAsync(select, schema ?? Table)).Single();

    async Task<ScanDelete> EqualityAsync(string select, int[] ids)
    {
        var names = (await lake.Connection.RowsAsync($"SELECT column_name FROM (DESCRIBE {select})")).Select(row => (string)row[0]!).ToArray();
        var file = await WriteAsync(select, new Schema(0, [.. Table.Fields.Where(field => names.Contains(field.Name)).OrderBy(field => Array.IndexOf(names, field.Name))]));
        return Delete(file with { Content = FileContent.EqualityDeletes, EqualityIds = ids });
    }

    ScanDelete Vector(byte[] blob, long records, long? size = null)
    {
        var path = Path.Combine(lake.DataFolder, $"{Guid.NewGuid():N}.puffin");
        Directory.CreateDirectory(lake.DataFolder);
        System.IO.File.WriteAllBytes(path, [9, 9, 9, 9, .. blob]);
        return Delete(new DataFile
        {
            FilePath = new Uri(path).AbsoluteUri, FileFormat = "PUFFIN", Content = FileContent.PositionDeletes, RecordCount = records, FileSizeInBytes = size + 4 ?? blob.Length + 4, ContentOffset = 4, ContentSizeInBytes = size ?? blob.Length,
        });
    }

    Task<SnapshotRelation> BuildAsync(Schema schema, ScanFile[] files, params Schema[] history) =>
        SnapshotRelation.BuildAsync(lake.Connection, new ScanTarget("silver.t", Lake.Metadata(schema, history), schema, files) { Store = new FileStore() }, Lake.LocalFiles, Token);

    async Task<IEnumerable<object?>> IdsAsync(params ScanFile[] files) => (await lake.Connection.RowsAsync($"SELECT id FROM {(await BuildAsync(Table, files)).Sql} ORDER BY id")).Select(row => row[0]);
}
