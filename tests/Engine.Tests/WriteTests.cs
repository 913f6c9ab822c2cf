using System.Text;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests;

public sealed class WriteTests : IDisposable
{
    readonly Lake lake = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => lake.Dispose();

    static Schema Columns(params (string Name, IcebergType Type)[] columns) => new(0, [.. columns.Select((c, i) => new NestedField(i + 1, c.Name, false, c.Type))]);

    [Fact]
    public async Task FieldIdsReachEveryDepth()
    {
        var schema = new Schema(0,
        [
            new(1, "id", true, IcebergType.Int),
            new(2, "s", false, new StructType([new(5, "a", false, IcebergType.Long), new(6, "b c", false, new ListType(7, IcebergType.String, false))])),
            new(3, "m", false, new MapType(8, IcebergType.String, 9, IcebergType.Double, false)),
        ]);
        var file = Assert.Single(await lake.WriteAsync("SELECT 1 AS id, {'a': 2, 'b c': ['x']} AS s, MAP {'k': 1.5} AS m", schema));
        var ids = await lake.Connection.RowsAsync($"SELECT name, field_id FROM parquet_schema({SqlText.Literal(new Uri(file.FilePath).LocalPath)}) WHERE field_id IS NOT NULL");
        Assert.Equal(["id=1", "s=2", "a=5", "b c=6", "element=7", "m=3", "key=8", "value=9"], ids.Select(row => $"{row[0]}={row[1]}"));
    }

    public static TheoryData<string, string, object, object> BoundValues => new()
    {
        { "boolean", "unnest([false, true])", false, true },
        { "int", "unnest([-5, 7])", -5, 7 },
        { "long", "unnest([-9223372036854775807, 7])", -9223372036854775807L, 7L },
        { "float", "unnest([-1.5, 2.5])::FLOAT", -1.5f, 2.5f },
        { "double", "unnest([1e-300, 1e300])", 1e-300, 1e300 },
        { "double", "unnest(['-inf', 'inf'])::DOUBLE", double.NegativeInfinity, double.PositiveInfinity },
        { "date", "unnest([DATE '1969-12-31', DATE '2022-05-01'])", -1, 19113 },
        { "time", "unnest([TIME '00:00:00', TIME '23:59:59.999999'])", 0L, 86399999999L },
        { "timestamp", "unnest([TIMESTAMP '1969-12-31 23:59:59.5', TIMESTAMP '2022-05-01 00:00:00'])", -500000L, 1651363200000000L },
        { "timestamptz", "unnest([TIMESTAMPTZ '1970-01-01 00:00:00+00', TIMESTAMPTZ '1970-01-01 00:00:00.000001+00'])", 0L, 1L },
        { "string", "unnest(['a', 'ä'])", "a", "ä" },
        { "string", "unnest(['0123456789abcdefXYZ', 'zzzzzzzzzzzzzzzzzz'])", "0123456789abcdef", "zzzzzzzzzzzzzzz{" },
        { "binary", "unnest(['\\x00'::BLOB, '\\xFF'::BLOB])", new byte[] { 0 }, new byte[] { 255 } },
        { "uuid", "unnest(['00000000-0000-0000-0000-000000000001'::UUID, 'ffffffff-0000-0000-0000-000000000001'::UUID])", Guid.Parse("00000000-0000-0000-0000-000000000001"), Guid.Parse("ffffffff-0000-0000-0000-000000000001") },
        { "decimal(9, 2)", "unnest([-1.25, 1234567.89])", (Int128)(-125), (Int128)123456789 },
        { "decimal(38, 10)", "unnest([-0.0000000001, 9999999999999999999999999999.9999999999])", (Int128)(-1), Int128.Parse("99999999999999999999999999999999999999") },
    };

    [Theory]
    [MemberData(nameof(BoundValues))]
    public async Task BoundsAreTheValuesInIcebergsForm(string type, string values, object lower, object upper)
    {
        var iceberg = type switch { "decimal(9, 2)" => new DecimalType(9, 2), "decimal(38, 10)" => new DecimalType(38, 10), _ => new PrimitiveType(type) };
        var file = Assert.Single(await lake.WriteAsync($"SELECT {values} AS v UNION ALL SELECT NULL", Columns(("v", iceberg))));
        Assert.Equal(3, file.RecordCount);
        Assert.Equal(3, file.ValueCounts![1]);
        Assert.Equal(1, file.NullValueCounts![1]);
        Assert.Equal(new FileInfo(new Uri(file.FilePath).LocalPath).Length, file.FileSizeInBytes);
        Assert.InRange(file.ColumnSizes![1], 1, file.FileSizeInBytes);
        Assert.Equal(lower, SingleValue.FromBytes(iceberg, file.LowerBounds![1]));
        Assert.Equal(upper, SingleValue.FromBytes(iceberg, file.UpperBounds![1]));
    }

    [Fact]
    public async Task ZeroBoundsCoverBothZeros()
    {
        var file = Assert.Single(await lake.WriteAsync("SELECT unnest([-0.0, 0.0])::DOUBLE AS v", Columns(("v", IcebergType.Double))));
        Assert.True(double.IsNegative((double)SingleValue.FromBytes(IcebergType.Double, file.LowerBounds![1])));
        Assert.False(double.IsNegative((double)SingleValue.FromBytes(IcebergType.Double, file.UpperBounds![1])));
    }

    [Fact]
    public async Task NansAreCounted()
    {
        var file = Assert.Single(await lake.WriteAsync("SELECT unnest([1.0, 'NaN'::DOUBLE, 'NaN'::DOUBLE]) AS a, 1.0::FLOAT AS b, 1 AS c", Columns(("a", IcebergType.Double), ("b", IcebergType.Float), ("c", IcebergType.Int))));
        Assert.Equal(2, file.NanValueCounts![1]);
        Assert.Equal(0, file.NanValueCounts[2]);
        Assert.False(file.NanValueCounts.ContainsKey(3));
        Assert.Equal(1.0, SingleValue.FromBytes(IcebergType.Double, file.UpperBounds![1]));
    }

    [Fact]
    public async Task UpperBoundsOfTextRoundUpOverTheLastCodePoints()
    {
        var all = Assert.Single(await lake.WriteAsync($"SELECT {SqlText.Literal("a" + new string('\u007F', 17))} AS v", Columns(("v", IcebergType.String))));
        Assert.Equal("a" + new string('\u007F', 14) + "\u0080", Encoding.UTF8.GetString(all.UpperBounds![1]));
    }

    [Fact]
    public async Task ColumnsAreMatchedByNameAndCast()
    {
        var schema = new Schema(0, [new(1, "a", false, IcebergType.Long), new(2, "b", false, new DecimalType(38, 0)), new(3, "c", false, IcebergType.String), new(4, "d", false, new StructType([new(5, "x", false, IcebergType.Int), new(6, "y", false, IcebergType.Int)]))]);
        var files = await lake.WriteAsync("SELECT sum(i) AS B, 1::TINYINT AS A, {'y': 2} AS d FROM range(10) t(i)", schema);
        Assert.Equal([1L, (Int128)45, null, new object?[] { null, 2 }], (await lake.ReadAsync(schema, files)).Single());
    }

    [Theory]
    [InlineData("SELECT 1 AS a, 2 AS extra", "columns that the table does not have: extra")]
    [InlineData("SELECT 1 AS b", "lacks the column a, which is required")]
    [InlineData("SELECT 1 AS a, 2 AS A", "columns that the table does not have: A_1")]
    [InlineData("SELECT CASE WHEN i = 3 THEN NULL ELSE i END AS a FROM range(5) t(i)", "Column a of table silver.t is required, and 1 rows have no value")]
    [InlineData("SELECT 1 AS a, {'x': NULL} AS s", "Column s of table silver.t: a required value within it is null")]
    [InlineData("SELECT 1 AS a, [{'x': 1}, NULL] AS l", "Column l of table silver.t: a required value within it is null")]
    [InlineData("SELECT 1 AS a, MAP {'k': NULL} AS m", "Column m of table silver.t: a required value within it is null")]
    [InlineData("SELECT 'text' AS a", "Could not convert string")]
    public async Task WhatDoesNotFitIsRefusedAndLeavesNothing(string select, string message)
    {
        var schema = new Schema(0,
        [
            new(1, "a", true, IcebergType.Int),
            new(2, "b", false, IcebergType.Int),
            new(3, "s", false, new StructType([new(4, "x", true, IcebergType.Int)])),
            new(5, "l", false, new ListType(6, new StructType([new(7, "x", true, IcebergType.Int)]), true)),
            new(8, "m", false, new MapType(9, IcebergType.String, 10, IcebergType.Int, true)),
        ]);
        var error = await Assert.ThrowsAnyAsync<LakehouseException>(() => lake.WriteAsync(select, schema));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
        Assert.Empty(Directory.Exists(lake.DataFolder) ? Directory.EnumerateFiles(lake.DataFolder, "*", SearchOption.AllDirectories) : []);
    }

    [Fact]
    public async Task FixedIsRefusedByName()
    {
        var error = await Assert.ThrowsAsync<LakehouseException>(() => lake.WriteAsync("SELECT 'x'::BLOB AS f", Columns(("f", new FixedType(1)))));
        Assert.Equal(LakehouseErrorKind.Unsupported, error.Kind);
        Assert.Contains("column f of table silver.t is fixed[1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoRowsGiveNoFile() =>
        Assert.Empty(await lake.WriteAsync("SELECT 1 AS a WHERE false", Columns(("a", IcebergType.Int))));

    [Fact]
    public async Task FilesCloseAtTheirTargetSizeAndKeepTheOrder()
    {
        var schema = Columns(("i", IcebergType.Long), ("h", IcebergType.String));
        var files = await lake.WriteAsync("SELECT i, md5(i::VARCHAR) AS h FROM range(400000) t(i)", schema, options: new WriteOptions { TargetFileSize = 4 << 20, RowGroupRows = 20480 });
        Assert.InRange(files.Count, 2, 10);
        Assert.Equal(400_000, files.Sum(file => file.RecordCount));
        Assert.Equal(files.Count, files.Select(file => file.FilePath).Distinct().Count());
        var lower = files.Select(file => (long)SingleValue.FromBytes(IcebergType.Long, file.LowerBounds![1])).ToArray();
        Assert.Equal(lower.Order(), lower);
    }

    [Fact]
    public async Task ACancelledWriteLeavesNothing()
    {
        using var cancel = new CancellationTokenSource();
        var running = lake.WriteAsync("SELECT i, md5(i::VARCHAR) AS h FROM range(2000000000) t(i)", Columns(("i", IcebergType.Long), ("h", IcebergType.String)), token: cancel.Token);
        while (!Directory.Exists(lake.DataFolder) || !Directory.EnumerateFiles(lake.DataFolder, "*.parquet", SearchOption.AllDirectories).Any())
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Directory.EnumerateFiles(lake.DataFolder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task WhatAKilledWriterLeftIsSweptAndALivingOneIsNot()
    {
        var staging = Path.Combine(lake.DataFolder, ".staging");
        Directory.CreateDirectory(Path.Combine(staging, "dead", "files"));
        await File.WriteAllTextAsync(Path.Combine(staging, "dead.lock"), "", Token);
        await File.WriteAllTextAsync(Path.Combine(staging, "dead", "files", "half.parquet"), "half", Token);
        using var living = StagingFolder.Create(staging);
        Assert.False(Directory.Exists(Path.Combine(staging, "dead")));
        await lake.WriteAsync("SELECT 1 AS a", Columns(("a", IcebergType.Int)));
        Assert.True(Directory.Exists(living.Path));
        Assert.Single(Directory.EnumerateFiles(staging));
    }

    [Fact]
    public async Task ThePlacedFilesAreTakenBackWhenALaterOneFails()
    {
        var schema = Columns(("i", IcebergType.Long));
        var placement = new FailingPlacement(new LocalPlacement(lake.DataFolder, new Uri(lake.DataFolder).AbsoluteUri), failAt: 2);
        var target = lake.Target(schema) with { Placement = placement };
        var options = new WriteOptions { TargetFileSize = 1 << 20, RowGroupRows = 20480, Compression = "uncompressed" };
        await Assert.ThrowsAsync<IOException>(() => ParquetTableWriter.WriteAsync(lake.Connection, "SELECT i FROM range(400000) t(i)", target, options, Token));
        Assert.Empty(Directory.EnumerateFiles(lake.DataFolder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task SchemasAreInferredFromQueries()
    {
        var schema = await SchemaInference.InferAsync(lake.Connection, "SELECT sum(1) AS n, {'a': [1::UBIGINT]} AS s, 'x'::ENUM('x') AS e, now() AS t", Token);
        Assert.Equal("1 n decimal(38, 0), 2 s struct<a: list<decimal(20, 0)>>, 3 e string, 4 t timestamptz", string.Join(", ", schema.Fields.Select(f => $"{f.Id} {f.Name} {f.Type}")));
        var ids = SchemaFields.All(schema).Select(f => f.Field.Id).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(schema.Fields, field => Assert.False(field.Required));
    }

    sealed class FailingPlacement(LocalPlacement inner, int failAt) : IDataFilePlacement
    {
        int count;

        public string StagingRoot => inner.StagingRoot;

        public Task<string> PlaceAsync(string stagedPath, string fileName, CancellationToken cancellationToken = default) =>
            ++count == failAt ? throw new IOException("the disk is gone") : inner.PlaceAsync(stagedPath, fileName, cancellationToken);

        public Task RemoveAsync(string location, CancellationToken cancellationToken = default) => inner.RemoveAsync(location, cancellationToken);
    }
}
