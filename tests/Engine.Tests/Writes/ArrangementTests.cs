using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests.Writes;

/// <summary>Files of a write: how many, how large, in which order.</summary>
public sealed class ArrangementTests : IDisposable
{
    readonly Lake lake = new();

    public void Dispose() => lake.Dispose();

    static readonly Schema Columns = new(0,
    [
        new(1, "k", false, IcebergType.Int), new(2, "a", false, IcebergType.Long), new(3, "s", false, IcebergType.String), new(4, "d", false, IcebergType.Date), new(5, "n", false, new DecimalType(12, 2)),
        new(6, "f", false, IcebergType.Double), new(7, "b", false, IcebergType.Binary), new(8, "u", false, IcebergType.Uuid), new(9, "t", false, IcebergType.TimestampTz),
    ]);

    const string Rows = """
        SELECT (h % 7)::INTEGER AS k, h AS a, CASE WHEN h % 11 = 0 THEN NULL ELSE 'text ' || h END AS s, DATE '2020-01-01' + (h % 1000)::INTEGER AS d, (h % 100000)::DECIMAL(12, 2) AS n,
            CASE WHEN h % 13 = 0 THEN 'nan'::DOUBLE ELSE h / 7 END AS f, encode(md5(h::VARCHAR)) AS b, md5(h::VARCHAR)::UUID AS u, make_timestamptz(h * 1000000) AS t
        FROM (SELECT (i * 7919) % 200003 AS h FROM range(200000) r(i))
        """;

    static readonly PartitionSpec ByK = new(0, [new PartitionField(1, 1000, "k", Transform.Identity)]);

    static string Local(DataFile file) => SqlText.Literal(new Uri(file.FilePath).LocalPath);

    [Fact]
    public async Task PartitionsAreSplitAtTheTargetSize()
    {
        var files = await lake.WriteAsync(Rows, Columns, ByK, new WriteOptions { TargetFileSize = 300_000, RowGroupRows = 4096 });
        Assert.Equal(200_000, files.Sum(file => file.RecordCount));
        Assert.All(files, file => Assert.InRange(file.FileSizeInBytes, 1, 800_000));
        Assert.Equal(7, files.Select(file => file.Partition[0]).Distinct().Count());
        Assert.True(files.Count > 14, $"{files.Count} files");
    }

    [Fact]
    public async Task ManyPartitionsHaveOneFileEach()
    {
        var schema = new Schema(0, [new(1, "k", false, IcebergType.Int)]);
        var files = await lake.WriteAsync("SELECT (i % 500)::INTEGER AS k FROM range(600000) r(i)", schema, ByK);
        Assert.Equal(500, files.Count);
        Assert.All(files, file => Assert.Equal(1200, file.RecordCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RowsAreSortedByTheTablesOrder(bool partitioned)
    {
        var order = new SortOrder(3, [new SortField(3, Transform.Identity, SortDirection.Descending, NullOrder.NullsLast), new SortField(2, Transform.Bucket(4), SortDirection.Ascending, NullOrder.NullsFirst)]);
        var files = await lake.WriteAsync(Rows, Columns, partitioned ? ByK : null, new WriteOptions { TargetFileSize = 500_000, RowGroupRows = 4096, Order = order });
        Assert.Equal(200_000, files.Sum(file => file.RecordCount));
        Assert.True(files.Count > 3);
        foreach (var file in files)
        {
            Assert.Equal(3, file.SortOrderId);
            Assert.Equal(0L, await lake.Connection.ValueAsync(
                $"SELECT count(*) FROM (SELECT s, lag(s) OVER (ORDER BY file_row_number) AS p, file_row_number AS r FROM read_parquet({Local(file)}, file_row_number = true)) WHERE r > 0 AND (p < s OR (p IS NULL AND s IS NOT NULL))"));
        }
    }

    [Theory]
    [InlineData("a", "s")]
    [InlineData("d", "n")]
    [InlineData("f", "u")]
    [InlineData("b", "t")]
    [InlineData("k", "a")]
    public async Task ClusteredFilesAreNarrowInEachColumn(string first, string second)
    {
        var options = new WriteOptions { TargetFileSize = 250_000, RowGroupRows = 2048, ClusterBy = [first, second] };
        var files = await lake.WriteAsync(Rows, Columns, options: options);
        Assert.Equal(200_000, files.Sum(file => file.RecordCount));
        Assert.All(files, file => Assert.Null(file.SortOrderId));
        Assert.True(files.Count >= 8, $"{files.Count} files");
        // Share of a column's rows between a file's bounds: nearly 1 in files that are in no order.
        await lake.Connection.ExecuteAsync($"CREATE TEMP TABLE ranks AS SELECT a AS id, percent_rank() OVER (ORDER BY {first}) AS x, percent_rank() OVER (ORDER BY {second}) AS y FROM ({Rows})");
        var shares = await lake.Connection.RowsAsync(
            $"""
            SELECT (max(x) - min(x))::DOUBLE, (max(y) - min(y))::DOUBLE FROM read_parquet({SqlText.Literal(files.Select(file => new Uri(file.FilePath).LocalPath))}, filename = true) AS f JOIN ranks ON ranks.id = f.a GROUP BY filename
            """);
        Assert.InRange(shares.Average(row => (double)row[0]! * (double)row[1]!), 0, 0.45);
        Assert.InRange(shares.Average(row => (double)row[0]!), 0, 0.8);
        Assert.InRange(shares.Average(row => (double)row[1]!), 0, 0.8);
    }

    [Fact]
    public async Task RowsAreTheSameHoweverTheyAreArranged()
    {
        var order = new SortOrder(1, [new SortField(4, Transform.Month, SortDirection.Ascending, NullOrder.NullsFirst)]);
        var plain = await lake.WriteAsync(Rows, Columns);
        foreach (var options in new[] { new WriteOptions { ClusterBy = ["a", "D"] }, new WriteOptions { Order = order }, new WriteOptions { TargetFileSize = 200_000 } })
        {
            foreach (var spec in new PartitionSpec?[] { null, ByK, new(0, [new PartitionField(4, 1000, "d_year", Transform.Year)]) })
            {
                var files = await lake.WriteAsync(Rows, Columns, spec, options);
                Assert.Equal(0L, await lake.Connection.ValueAsync(
                    $"SELECT count(*) FROM (FROM {await lake.RelationAsync(Columns, plain)} EXCEPT ALL FROM {await lake.RelationAsync(Columns, files, spec)})"));
                Assert.Equal(200_000, files.Sum(file => file.RecordCount));
            }
        }
    }

    [Fact]
    public async Task WhatCannotClusterIsRefusedByName()
    {
        var error = await Assert.ThrowsAsync<LakehouseException>(() => lake.WriteAsync(Rows, Columns, options: new WriteOptions { ClusterBy = ["nowhere"] }));
        Assert.Contains("nowhere, which is none of its columns", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<LakehouseException>(() => lake.WriteAsync(Rows, Columns, options: new WriteOptions { ClusterBy = ["k", "a", "s", "d", "n", "f", "b", "u"] }));
        Assert.Equal(LakehouseErrorKind.Unsupported, error.Kind);
    }

    [Fact]
    public async Task RewrittenRowsKeepTheirIdentity()
    {
        var schema = new Schema(0, [new(1, "k", false, IcebergType.Int)]);
        var file = Assert.Single(await lake.WriteAsync("SELECT 1 AS k, 7::BIGINT AS _row_id, NULL AS _last_updated_sequence_number", schema, options: new WriteOptions { RowLineage = true }));
        var columns = await lake.Connection.RowsAsync($"SELECT name, field_id FROM parquet_schema({Local(file)}) WHERE field_id IS NOT NULL");
        Assert.Equal(["k=1", "_row_id=2147483540", "_last_updated_sequence_number=2147483539"], columns.Select(row => $"{row[0]}={row[1]}"));
    }

    [Fact]
    public async Task ColumnsThatAQueryLacksHaveTheirWriteDefault()
    {
        var schema = new Schema(0, [new(1, "k", false, IcebergType.Int), new(2, "d", true, IcebergType.Date) { WriteDefault = "\"2024-02-29\"" }, new(3, "n", false, new DecimalType(9, 2)) { WriteDefault = "\"1.50\"" }]);
        var file = Assert.Single(await lake.WriteAsync("SELECT 1 AS k", schema));
        Assert.Equal("2024-02-29 1.50", await lake.Connection.ValueAsync($"SELECT d || ' ' || n FROM read_parquet({Local(file)})"));
    }

    [Fact]
    public async Task FilesNameColumnsAsTheTableWants()
    {
        var schema = new Schema(0, [new(1, "k", false, IcebergType.Int), new(2, "s", false, new StructType([new(3, "a", false, IcebergType.Int), new(4, "l", false, new ListType(5, new StructType([new(6, "x", false, IcebergType.Long)]), false))]))]);
        var inFile = new Schema(0, [new(1, "key", false, IcebergType.Int), new(2, "s_2", false, new StructType([new(3, "b", false, IcebergType.Int), new(4, "l", false, new ListType(5, new StructType([new(6, "y", false, IcebergType.Long)]), false))]))]);
        var spec = new PartitionSpec(0, [new PartitionField(1, 1000, "k", Transform.Bucket(4))]);
        var options = new WriteOptions { ClusterBy = ["K"] };
        var file = Assert.Single(await ParquetTableWriter.WriteAsync(
            lake.Connection, "SELECT 1 AS k, {'a': 2, 'l': [{'x': 3}, NULL]} AS s", lake.Target(schema, spec) with { FileSchema = inFile }, options, TestContext.Current.CancellationToken));
        Assert.Equal("{'key': 1, 's_2': {'b': 2, 'l': [{'y': 3}, NULL]}}", await lake.Connection.ValueAsync($"SELECT r::VARCHAR FROM read_parquet({Local(file)}) AS r"));
        Assert.Equal([1, 3, 6], file.LowerBounds!.Keys.Concat(file.ValueCounts!.Keys).Distinct().Order());
    }

    [Fact]
    public void PropertiesOfATableSayHowItIsWritten()
    {
        var metadata = Lake.Metadata(Columns) with
        {
            Properties = new Dictionary<string, string> { ["write.target-file-size-bytes"] = "1000", ["write.parquet.compression-codec"] = "SNAPPY", ["lakeaspire.cluster-by"] = "a, d" },
        };
        var options = WriteOptions.Of(metadata);
        Assert.Equal((1000L, "snappy", "a|d"), (options.TargetFileSize, options.Compression, string.Join('|', options.ClusterBy)));
        var wrong = metadata with { Properties = new Dictionary<string, string> { ["write.target-file-size-bytes"] = "lots" } };
        Assert.Contains("\"lots\"", Assert.Throws<LakehouseException>(() => WriteOptions.Of(wrong)).Message, StringComparison.Ordinal);
    }
}
