using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Scanning;

/// <summary>Plans with a filter: what is read, what is kept, with a cache and without.</summary>
public sealed class PrunedPlanTests
{
    private readonly MemoryStore store = new();
    private readonly SnapshotContext context = SnapshotContext.Random(TimeProvider.System);

    [Fact]
    public async Task Manifests_and_files_of_other_partitions_are_left_out_and_counted()
    {
        var table = await ByDayAsync();
        var report = new ScanPlanReport();
        var files = await PlanAsync(table, Day(PredicateOperator.Equal, 3), new ScanPlanOptions { Report = report });
        Assert.Equal(["d3"], files);
        Assert.Equal((10, 1, 10, 1), (report.Manifests, report.ManifestsRead, report.Files, report.FilesKept));
    }

    [Fact]
    public async Task A_cache_changes_nothing_but_what_is_read()
    {
        var table = await ByDayAsync();
        var cache = new ManifestCache(1 << 20);
        foreach (var filter in new[] { null, Day(PredicateOperator.Less, 4), Day(PredicateOperator.NotEqual, 4), new ColumnPredicate("id", PredicateOperator.Greater, new IntegerLiteral(650)) })
        {
            var expected = await PlanAsync(table, filter, null);
            Assert.Equal(expected, await PlanAsync(table, filter, new ScanPlanOptions { Cache = cache }));
            Assert.Equal(expected, await PlanAsync(table, filter, new ScanPlanOptions { Cache = cache }));
        }

        foreach (var manifest in await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!))
        {
            await store.DeleteAsync(manifest.ManifestPath);
        }

        await store.DeleteAsync(table.CurrentSnapshot!.ManifestList!);
        Assert.Equal(["d6", "d7", "d8", "d9"], await PlanAsync(table, new ColumnPredicate("id", PredicateOperator.Greater, new IntegerLiteral(650)), new ScanPlanOptions { Cache = cache }));
        Assert.True(cache.Size is > 0 and <= 1 << 20);
    }

    [Fact]
    public async Task A_cache_keeps_to_its_size()
    {
        var table = await ByDayAsync();
        var cache = new ManifestCache(20_000);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(10, (await PlanAsync(table, null, new ScanPlanOptions { Cache = cache })).Count);
            Assert.True(cache.Size <= 20_000);
        }

        var none = new ManifestCache(0);
        Assert.Equal(10, (await PlanAsync(table, null, new ScanPlanOptions { Cache = none })).Count);
        Assert.Equal(0, none.Size);
    }

    [Fact]
    public async Task Each_manifest_is_judged_by_its_own_spec()
    {
        var table = await ByDayAsync();
        var evolved = table with { PartitionSpecs = [.. table.PartitionSpecs, new PartitionSpec(1, [new PartitionField(1, 1001, "id_bucket", Transform.Bucket(4))])], DefaultSpecId = 1, LastPartitionId = 1001 };
        var files = Enumerable.Range(0, 4).Select(bucket => Tables.File($"b{bucket}", 10, bucket) with { SpecId = 1 }).ToList();
        evolved = Tables.Commit(evolved, await SnapshotBuilder.AppendAsync(store, evolved, files, new Dictionary<string, string>(), context), 20);
        var bucket = (int)Transform.Bucket(4).Apply(650L, IcebergType.Long)!;
        Assert.Equal(["d6", $"b{bucket}"], (await PlanAsync(evolved, new ColumnPredicate("id", PredicateOperator.Equal, new IntegerLiteral(650)), null)).OrderDescending());
        // Files of the new spec say nothing of days.
        Assert.Equal(["d3", "b3", "b2", "b1", "b0"], (await PlanAsync(evolved, Day(PredicateOperator.Equal, 3), null)).OrderDescending());
    }

    [Fact]
    public async Task Row_ids_are_inherited_also_where_files_before_are_left_out()
    {
        var table = Tables.ByDay(("format-version", "3")) with { FormatVersion = 3, NextRowId = 0 };
        table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [.. Enumerable.Range(0, 5).Select(File)], new Dictionary<string, string>(), context), 1);
        var all = await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!).ToDictionaryAsync(file => file.File.FilePath, file => file.File.FirstRowId);
        Assert.Equal(5, all.Values.Distinct().Count());
        Assert.DoesNotContain(null, all.Values);
        var some = await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!, Day(PredicateOperator.Greater, 2)).ToListAsync();
        Assert.Equal(2, some.Count);
        Assert.All(some, file => Assert.Equal(all[file.File.FilePath], file.File.FirstRowId));
    }

    [Fact]
    public async Task A_manifest_cut_anywhere_is_named_and_gives_no_file()
    {
        var table = await ByDayAsync();
        var manifest = (await ManifestListReader.ReadAsync(store, table.CurrentSnapshot!))[0].ManifestPath;
        using var whole = new MemoryStream();
        await (await store.OpenReadAsync(manifest)).CopyToAsync(whole);
        var bytes = whole.ToArray();
        for (var length = 0; length < bytes.Length; length += 7)
        {
            await store.PutAsync(manifest, new MemoryStream(bytes, 0, length));
            var error = await Assert.ThrowsAsync<LakehouseException>(async () => await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!, new ColumnPredicate("id", PredicateOperator.Equal, new IntegerLiteral(1))).CountAsync());
            Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
            Assert.Contains(manifest, error.Message, StringComparison.Ordinal);
        }
    }

    private static ColumnPredicate Day(PredicateOperator @operator, int day) => new("day", @operator, new DateLiteral(day));

    private static DataFile File(int day) => Tables.File($"d{day}", 10, day) with
    {
        ValueCounts = new Dictionary<int, long> { [1] = 10 },
        NullValueCounts = new Dictionary<int, long> { [1] = 0 },
        LowerBounds = new Dictionary<int, byte[]> { [1] = SingleValue.ToBytes(IcebergType.Long, day * 100L) },
        UpperBounds = new Dictionary<int, byte[]> { [1] = SingleValue.ToBytes(IcebergType.Long, (day * 100L) + 99) },
    };

    private async Task<List<string>> PlanAsync(TableMetadata table, Expression? filter, ScanPlanOptions? options) => await ScanPlanner.PlanFilesAsync(store, table, table.CurrentSnapshot!, filter, options)
        .Select(file => Path.GetFileNameWithoutExtension(file.File.FilePath)).OrderBy(name => name, StringComparer.Ordinal).ToListAsync();

    private async Task<TableMetadata> ByDayAsync()
    {
        var table = Tables.ByDay();
        for (var i = 0; i < 10; i++)
        {
            table = Tables.Commit(table, await SnapshotBuilder.AppendAsync(store, table, [File(i)], new Dictionary<string, string>(), context), i);
        }

        return table;
    }
}
