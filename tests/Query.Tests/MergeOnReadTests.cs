using LakeAspire.Query.Worker.Execution;
using LakeAspire.Testing;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Storage;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Queries leave out deleted rows, however they are deleted, and read data files that are not Parquet.</summary>
public sealed class MergeOnReadTests(QueryService service) : IClassFixture<QueryService>
{
    static readonly Schema Columns = new(0, [new NestedField(1, "id", false, IcebergType.Long), new NestedField(2, "name", false, IcebergType.String)]);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Position_deletes()
    {
        using var table = ChangedTable.Create(service, "positions", 2, Columns);
        var (one, two) = await DataAsync(table);
        await table.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await table.DeletePositionsAsync(one, "SELECT i FROM range(0, 3000, 3) t(i)"), await table.DeletePositionsAsync(two, "VALUES (0), (2999)")] });
        await CheckAsync(table, 4998, expectedId: 3001);
    }

    [Fact]
    public async Task Deletion_vectors()
    {
        using var table = ChangedTable.Create(service, "vectors", 3, Columns);
        var (one, two) = await DataAsync(table);
        var thirds = PositionBitmap.Of([.. Enumerable.Range(0, 1000).Select(i => i * 3L)]);
        await table.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await table.VectorAsync(one, thirds), await table.VectorAsync(two, PositionBitmap.Of(0, 2999))] });
        await CheckAsync(table, 4998, expectedId: 3001);
    }

    [Fact]
    public async Task Equality_deletes_beside_position_deletes()
    {
        using var table = ChangedTable.Create(service, "equal", 2, Columns);
        var (one, _) = await DataAsync(table);
        var key = new Schema(0, [Columns.Fields[1]]);
        var keys = await table.WriteAsync("SELECT 'n' || i AS name FROM range(3000, 3010) t(i)", key) with { Content = FileContent.EqualityDeletes, EqualityIds = [2] };
        await table.CommitAsync(new SnapshotChange { AddedDeleteFiles = [keys, await table.DeletePositionsAsync(one, "VALUES (7)")] });
        await CheckAsync(table, 5989, expectedId: 3010);
    }

    [Fact]
    public async Task Avro_data_files_with_deletes()
    {
        var golden = Needs.Golden("spark-iceberg/format-avro");
        var origin = await TableFolder.OpenAsync(ObjectStores.Open(LocalPath.ToLocation(golden)), LocalPath.ToLocation(Path.Combine(golden, "table")), [new Relocation("/warehouse/ice2/db/format_avro", LocalPath.ToLocation(Path.Combine(golden, "table")))], Token);
        var planned = await ScanPlanner.PlanFilesAsync(origin.Store, origin.Metadata, origin.Metadata.CurrentSnapshot!, null, null, Token).ToListAsync(Token);
        using var table = ChangedTable.Create(service, "avro", 2, new Schema(0, [new NestedField(1, "id", false, IcebergType.Long), new NestedField(2, "site", false, IcebergType.String)]));
        var files = new List<DataFile>();
        foreach (var file in planned)
        {
            var copy = Path.Combine(table.DataFolder, Path.GetFileName(file.File.FilePath));
            File.Copy(Directory.EnumerateFiles(golden, Path.GetFileName(copy), SearchOption.AllDirectories).Single(), copy);
            files.Add(new DataFile { FilePath = LocalPath.ToLocation(copy), FileFormat = "AVRO", Content = FileContent.Data, Partition = [], RecordCount = file.File.RecordCount, FileSizeInBytes = new FileInfo(copy).Length });
        }

        await table.CommitAsync(new SnapshotChange { AddedDataFiles = files });
        var all = await Texts.OfAsync(service, "gold.avro");
        Assert.Equal(files.Sum(file => file.RecordCount), all.Count);
        await table.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await table.DeletePositionsAsync(files[0], "VALUES (0), (1)")] });
        var rows = await Texts.OfAsync(service, "gold.avro");
        Assert.Equal(await table.RowsAsync(), rows);
        Assert.Equal((all.Count - 2, 2), (rows.Count, all.Except(rows).Count()));
        Assert.Contains(await ExplainAsync("EXPLAIN SELECT * FROM gold.avro"), row => row == "gold.avro: files: 3 of 3, manifests: 1 of 1");
    }

    [Fact]
    public async Task Tables_with_deletes_are_joined_and_come_as_parquet()
    {
        using var left = ChangedTable.Create(service, "left", 2, Columns);
        using var right = ChangedTable.Create(service, "right", 3, Columns);
        var (one, _) = await DataAsync(left);
        var (_, two) = await DataAsync(right);
        await left.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await left.DeletePositionsAsync(one, "VALUES (5)")] });
        await right.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await right.VectorAsync(two, PositionBitmap.Of(5, 6))] });
        var joined = await service.QueryAsync("SELECT count(*) FROM gold.left JOIN lake.gold.right r USING (id) WHERE NOT EXISTS (SELECT 1 FROM gold.left x WHERE x.id = r.id AND x.id > 5990)");
        Assert.Equal(5988, joined.GetProperty("rows")[0][0].GetInt64());
        Assert.StartsWith("PAR1", await service.TextAsync("SELECT * FROM gold.left", "application/vnd.apache.parquet"), StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Nothing_is_left_of_a_query_that_was_stopped()
    {
        using var table = ChangedTable.Create(service, "stopped", 3, Columns);
        var (one, _) = await DataAsync(table);
        await table.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await table.VectorAsync(one, PositionBitmap.Of(1, 2, 3))] });
        var error = await service.ErrorAsync("SELECT count(*) FROM gold.stopped a, gold.stopped b, gold.stopped c, gold.stopped d WHERE hash(a.id, b.id, c.id, d.id) = 1", "application/json", ("Lake-Timeout-Seconds", "1"));
        Assert.Equal("SqlTimeoutException", error.Type);
        await NothingIsLeftAsync();
        Assert.Equal(5997, (await service.QueryAsync("SELECT count(*) FROM gold.stopped")).GetProperty("rows")[0][0].GetInt64());
    }

    [Fact]
    public async Task Positions_beyond_the_limit_are_refused_and_those_below_it_fit_into_the_worker()
    {
        // Every other row: 8 KiB for 65,536 of them.
        var every = new long[32_768];
        var bitmap = new PositionBitmap();
        for (var container = 0L; container < 1024; container++)
        {
            for (var i = 0; i < every.Length; i++)
            {
                every[i] = (container << 16) + (2L * i) + 1;
            }

            bitmap.AddAll(every);
        }

        using var table = ChangedTable.Create(service, "many", 3, Columns);
        var files = new List<DataFile>();
        for (var i = 0; i < 8; i++)
        {
            files.Add(await table.WriteAsync($"SELECT {i * 10} + i AS id, 'n' AS name FROM range(10) t(i)"));
        }

        await table.CommitAsync(new SnapshotChange { AddedDataFiles = files });
        await table.CommitAsync(new SnapshotChange { AddedDeleteFiles = [.. await Task.WhenAll(files.Select(file => table.VectorAsync(file, bitmap)))] });
        var error = await service.ErrorAsync("SELECT sum(id) FROM gold.many");
        Assert.Equal((413, "SqlLimitException"), (error.Status, error.Type));
        Assert.Contains("deleted rows", error.Message, StringComparison.Ordinal);
        Assert.Equal(35, (await service.QueryAsync("SELECT count(*) FROM gold.many WHERE id < 70")).GetProperty("rows")[0][0].GetInt64());
        await NothingIsLeftAsync();
    }

    [Fact]
    public void Inputs_that_are_none_are_the_failure_of_one_query()
    {
        var received = new ReceivedInputs();
        received.Add([1, 2, 3]);
        received.Add([4]);
        var taken = received.Take();
        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => taken()).Kind);
        foreach (var message in RelationInputs.Write([new VariantSql()]))
        {
            received.Add(message);
        }

        Assert.IsType<VariantSql>(Assert.Single(received.Take()()));
        Assert.Empty(received.Take()());
    }

    /// <summary>Two files of 3,000 rows each: ids 0 to 2,999, and 3,000 to 5,999.</summary>
    static async Task<(DataFile One, DataFile Two)> DataAsync(ChangedTable table)
    {
        var one = await table.WriteAsync("SELECT i AS id, 'n' || i AS name FROM range(3000) t(i)");
        var two = await table.WriteAsync("SELECT i AS id, 'n' || i AS name FROM range(3000, 6000) t(i)");
        await table.CommitAsync(new SnapshotChange { AddedDataFiles = [one, two] });
        return (one, two);
    }

    async Task CheckAsync(ChangedTable table, int rows, long expectedId)
    {
        var name = $"gold.{table.Name}";
        var read = await Texts.OfAsync(service, name);
        Assert.Equal(rows, read.Count);
        Assert.Equal(await table.RowsAsync(), read);
        var first = await service.QueryAsync($"SELECT min(id) FROM {name} WHERE id >= 3000");
        Assert.Equal((expectedId, 1), (first.GetProperty("rows")[0][0].GetInt64(), first.GetProperty("files").GetInt32()));
        Assert.Contains(await ExplainAsync($"EXPLAIN SELECT * FROM {name} WHERE id >= 3000"), row => row.StartsWith($"{name}: files: 1 of 2", StringComparison.Ordinal));
        await NothingIsLeftAsync();
    }

    async Task<IReadOnlyList<string>> ExplainAsync(string sql) => [.. (await service.QueryAsync(sql)).GetProperty("rows").EnumerateArray().Select(row => row[1].GetString()!)];

    /// <summary>A query is answered before its folder is gone.</summary>
    Task NothingIsLeftAsync() => Until.TrueAsync(() => Task.FromResult(!Directory.EnumerateFileSystemEntries(Path.Combine(service.Scratch, "query")).Any()), "the folders of the queries are gone");
}
