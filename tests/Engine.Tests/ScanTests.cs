using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests;

public sealed class ScanTests : IDisposable
{
    readonly Lake lake = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => lake.Dispose();

    static NestedField Field(int id, string name, IcebergType type) => new(id, name, false, type);

    [Fact]
    public async Task RenamedWidenedAddedAndDroppedColumnsAreResolvedById()
    {
        var first = new Schema(0, [Field(1, "id", IcebergType.Int), Field(2, "name", IcebergType.String), Field(3, "price", new DecimalType(5, 2)), Field(4, "f", IcebergType.Float)]);

        // "name" is renamed, its old name goes to another column, and "price" is dropped and made anew under the same name.
        var second = new Schema(1, [Field(2, "title", IcebergType.String), Field(1, "id", IcebergType.Long), Field(5, "name", IcebergType.Int), Field(6, "price", IcebergType.String), Field(4, "f", IcebergType.Double)]);
        var old = await lake.WriteAsync("SELECT 1 AS id, 'one' AS name, 1.5 AS price, 0.5 AS f", first);
        var young = await lake.WriteAsync("SELECT 5000000000 AS id, 'two' AS title, 7 AS name, 'dear' AS price, 0.25 AS f", second);
        var rows = await lake.ReadAsync(second, [.. old, .. young], order: "ORDER BY id", history: first);
        Assert.Equal(["one", 1L, null, null, 0.5], rows[0]);
        Assert.Equal(["two", 5000000000L, 7, "dear", 0.25], rows[1]);
        Assert.Equal([1, "one", (Int128)150, 0.5f], (await lake.ReadAsync(first, old)).Single());
    }

    [Fact]
    public async Task NestedFieldsAreResolvedByIdToo()
    {
        StructType Struct(params NestedField[] fields) => new(fields);
        var first = new Schema(0,
        [
            Field(1, "s", Struct(Field(2, "a", IcebergType.Int), Field(3, "b", IcebergType.String), Field(15, "x", IcebergType.Int))),
            Field(4, "l", new ListType(5, Struct(Field(6, "a", IcebergType.Int), Field(7, "b", IcebergType.Int)), false)),
            Field(8, "m", new MapType(9, IcebergType.String, 10, Struct(Field(11, "v", IcebergType.Int)), false)),
            Field(12, "same", Struct(Field(13, "k", IcebergType.Int))),
        ]);
        var second = new Schema(1,
        [
            Field(1, "s", Struct(Field(3, "a", IcebergType.String), Field(2, "b", IcebergType.Long), Field(14, "new", IcebergType.Int))),
            Field(4, "l", new ListType(5, Struct(Field(7, "second", IcebergType.Int), Field(6, "first", IcebergType.Long)), false)),
            Field(8, "m", new MapType(9, IcebergType.String, 10, Struct(Field(11, "w", IcebergType.Long)), false)),
            Field(12, "same", Struct(Field(13, "k", IcebergType.Long), Field(16, "more", IcebergType.Int))),
        ]);
        var old = await lake.WriteAsync(
            "SELECT {'a': 1, 'b': 'x', 'x': 9} AS s, [{'a': 1, 'b': 2}, NULL] AS l, MAP {'k': {'v': 1}} AS m, {'k': 1} AS same UNION ALL SELECT NULL, NULL, NULL, NULL", first);
        var young = await lake.WriteAsync("SELECT {'a': 'y', 'b': 2, 'new': 3} AS s, [{'second': 4, 'first': 3}] AS l, MAP {'k': {'w': 2}} AS m, {'k': 2, 'more': 3} AS same", second);
        var rows = await lake.ReadAsync(second, [.. old, .. young], order: "ORDER BY s.b NULLS LAST", history: first);
        Assert.Equivalent(new object?[] { new object?[] { "x", 1L, null }, new object?[] { new object?[] { 2, 1L }, null }, new object?[] { ((object?)"k", (object?)new object?[] { 1L }) }, new object?[] { 1L, null } }, rows[0], strict: true);
        Assert.Equivalent(new object?[] { new object?[] { "y", 2L, 3 }, new object?[] { new object?[] { 4, 3L } }, new object?[] { ((object?)"k", (object?)new object?[] { 2L }) }, new object?[] { 2L, 3 } }, rows[1], strict: true);
        Assert.All(rows[2], Assert.Null);
    }

    [Fact]
    public async Task IdentityValuesThatFilesLackComeFromThePartition()
    {
        var inFile = new Schema(0, [Field(1, "id", IcebergType.Int)]);
        var schema = new Schema(0, [Field(1, "id", IcebergType.Int), Field(2, "day", IcebergType.Date), Field(3, "name", IcebergType.String)]);
        var spec = new PartitionSpec(1, [new PartitionField(2, 1000, "day", Transform.Identity), new PartitionField(3, 1001, "name", Transform.Identity)]);
        var one = (await lake.WriteAsync("SELECT 1 AS id", inFile)).Single() with { Partition = [19113, "it's"], SpecId = 1 };
        var two = (await lake.WriteAsync("SELECT 2 AS id", inFile)).Single() with { Partition = [null, null], SpecId = 1 };
        var rows = await lake.ReadAsync(schema, [one, two], spec, "ORDER BY id");
        Assert.Equal([1, 19113, "it's"], rows[0]);
        Assert.Equal([2, null, null], rows[1]);
    }

    [Fact]
    public async Task NoFilesGiveAnEmptyRelationOfTheRightTypes()
    {
        var schema = new Schema(0, [Field(1, "a \"b\"", new DecimalType(10, 2)), Field(2, "s", new StructType([Field(3, "x", new ListType(4, IcebergType.TimestampTz, false))]))]);
        await using var result = await lake.Connection.QueryAsync($"SELECT * FROM {await lake.RelationAsync(schema, [])}", cancellationToken: Token);
        Assert.Equal(["decimal(10, 2)", "struct<x: list<timestamptz>>"], result.Columns.Select(column => column.Type.ToString()));
        Assert.Equal("a \"b\"", result.Columns[0].Name);
        Assert.Empty(await result.RowsAsync());
    }

    [Theory]
    [InlineData("ORC")]
    [InlineData("LANCE")]
    public async Task OtherFormatsAreRefusedByName(string format) => await RefusedAsync(
        new ScanFile(new DataFile { FilePath = "file:///t/1", RecordCount = 1, FileSizeInBytes = 1, FileFormat = format }, 1, 1, 1, PartitionSpec.Unpartitioned, []),
        $"Unsupported: table silver.t has a data file in the format {format}");

    [Fact]
    public async Task FilesWithoutFieldIdsAreReadByTheNameMappingAndRefusedWithoutOne()
    {
        var path = Path.Combine(lake.DataFolder, "foreign.parquet");
        Directory.CreateDirectory(lake.DataFolder);
        await lake.Connection.ExecuteAsync($"COPY (SELECT 1 AS old_id, {{'b': 2, 'x': 3}} AS s, [{{'q': 4}}] AS l, 'unmapped' AS other) TO {SqlText.Literal(path)}", cancellationToken: Token);
        var schema = new Schema(0,
        [
            Field(1, "id", IcebergType.Long), Field(2, "s", new StructType([Field(3, "a", IcebergType.Long)])),
            Field(4, "l", new ListType(5, new StructType([Field(6, "r", IcebergType.Int)]), false)), Field(7, "other", IcebergType.String),
        ]);
        var file = new ScanFile(new DataFile { FilePath = new Uri(path).AbsoluteUri, RecordCount = 1, FileSizeInBytes = 1 }, 1, 1, 1, PartitionSpec.Unpartitioned, []);
        const string Mapping = """
            [{"field-id": 1, "names": ["id", "old_id"]}, {"field-id": 2, "names": ["s"], "fields": [{"field-id": 3, "names": ["a", "b"]}]},
             {"field-id": 4, "names": ["l"], "fields": [{"field-id": 5, "names": ["element"], "fields": [{"field-id": 6, "names": ["q"]}]}]}, {"names": ["other"]}]
            """;
        var metadata = Lake.Metadata(schema) with { Properties = new Dictionary<string, string> { ["schema.name-mapping.default"] = Mapping } };
        var relation = await SnapshotRelation.BuildAsync(lake.Connection, new ScanTarget("silver.t", metadata, schema, [file]), Lake.LocalFiles, Token);
        Assert.Equivalent(new object?[] { 1L, new object?[] { 2L }, new object?[] { new object?[] { 4 } }, null }, (await lake.Connection.RowsAsync($"FROM {relation.Sql}")).Single(), strict: true);
        await RefusedAsync(file, "Unsupported: table silver.t has a file without field ids");
    }

    [Fact]
    public async Task FiltersReachTheFiles()
    {
        var schema = new Schema(0, [Field(1, "i", IcebergType.Long)]);
        var files = (await lake.WriteAsync("SELECT i FROM range(1000) t(i)", schema)).Concat(await lake.WriteAsync("SELECT i + 100000 AS i FROM range(1000) t(i)", schema)).ToArray();
        var plan = (string?)(await lake.Connection.RowsAsync($"EXPLAIN SELECT count(*) FROM {await lake.RelationAsync(schema, files)} WHERE i > 99999")).Single()[1];
        Assert.Contains("i>99999", plan, StringComparison.Ordinal);
    }

    async Task RefusedAsync(ScanFile file, string message)
    {
        var schema = new Schema(0, [Field(1, "a", IcebergType.Int)]);
        var refusal = await Assert.ThrowsAsync<LakehouseException>(() => SnapshotRelation.BuildAsync(lake.Connection, new ScanTarget("silver.t", Lake.Metadata(schema), schema, [file]), Lake.LocalFiles, Token));
        Assert.Equal(LakehouseErrorKind.Unsupported, refusal.Kind);
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }
}
