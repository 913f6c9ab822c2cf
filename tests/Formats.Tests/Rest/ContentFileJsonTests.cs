using System.Text.Json;
using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;
using Lakehouse.Formats.Tests.Golden;
using Lakehouse.Formats.Tests.Values;

namespace Lakehouse.Formats.Tests.Rest;

/// <summary>Files and plans as REST bodies.</summary>
public sealed class ContentFileJsonTests(ITestOutputHelper output)
{
    [Fact]
    public void Files_come_back_as_they_were() => Properties.Hold(
        Arbitrary.Typed.Zip(Gen.Choose(0, int.MaxValue - 1)),
        pair =>
        {
            var ((type, value), random) = (pair.Item1, new Random(pair.Item2));
            var schema = new Schema(0, [new NestedField(1, "a", false, type)]);
            var metadata = TableMetadata.Create("memory://lake/t", schema, new PartitionSpec(0, [new PartitionField(1, 1000, "p", Transform.Identity)]), null, new Dictionary<string, string>(), Guid.Empty, Tables.Start);
            var file = new DataFile
            {
                FilePath = "s3://bucket/a \"b\"/é%20.parquet",
                Partition = [random.Next(5) == 0 ? null : value],
                RecordCount = random.NextInt64(),
                FileSizeInBytes = random.NextInt64(),
                ColumnSizes = Maybe(random, () => random.NextInt64()),
                ValueCounts = Maybe(random, () => random.NextInt64()),
                NullValueCounts = Maybe(random, () => random.NextInt64()),
                NanValueCounts = Maybe(random, () => random.NextInt64()),
                LowerBounds = Maybe(random, () => SingleValue.ToBytes(type, value)),
                UpperBounds = Maybe(random, () => SingleValue.ToBytes(type, value)),
                KeyMetadata = random.Next(2) == 0 ? null : [1, 0xfe],
                SplitOffsets = random.Next(2) == 0 ? null : [4, 1L << 40],
                SortOrderId = random.Next(2) == 0 ? null : 1,
                FirstRowId = random.Next(2) == 0 ? null : random.NextInt64(),
            };
            AssertSame(file, RoundTrip(metadata, file, new HashSet<int> { 1, 2 }));
            var bare = RoundTrip(metadata, file, statisticsOf: null);
            Assert.Null(bare.ValueCounts);
            Assert.Null(bare.LowerBounds);
        },
        full: 10_000);

    [Fact]
    public void Delete_files_say_what_they_delete_from()
    {
        var table = Tables.ByDay();
        var vector = Tables.File("dv", 3, 5) with { Content = FileContent.PositionDeletes, FileFormat = "PUFFIN", ContentOffset = 4, ContentSizeInBytes = 40, ReferencedDataFile = "memory://lake/t/data/a.parquet" };
        AssertSame(vector, RoundTrip(table, vector, null));
        var equality = Tables.File("eq", 3, 5) with { Content = FileContent.EqualityDeletes, EqualityIds = [1, 3] };
        AssertSame(equality, RoundTrip(table, equality, null));
    }

    [Fact]
    public void Only_wanted_statistics_are_written()
    {
        var file = Tables.File("a") with { ValueCounts = new Dictionary<int, long> { [1] = 10, [2] = 20, [3] = 30 } };
        Assert.Equal([new(1, 10L), new(3, 30L)], RoundTrip(Tables.Unpartitioned(), file, new HashSet<int> { 3, 1, 9 }).ValueCounts!);
    }

    [Theory]
    [InlineData("spark-iceberg")]
    [InlineData("spark-iceberg-v3")]
    [InlineData("flink-iceberg")]
    [InlineData("pyiceberg")]
    public async Task Plans_of_other_writers_tables_come_back_as_they_were(string golden)
    {
        var (files, deletes) = (0, 0);
        foreach (var table in GoldenTable.All(golden))
        {
            var metadata = TableMetadataJson.Parse(await File.ReadAllBytesAsync(table.MetadataFiles.Last(), TestContext.Current.CancellationToken));
            if (metadata.CurrentSnapshot is not { ManifestList: { } list } snapshot || !table.Has(list))
            {
                continue;
            }

            var plan = await ScanPlanner.PlanFilesAsync(table, metadata, snapshot, cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
            var all = SchemaFields.All(metadata.CurrentSchema).Select(item => item.Field.Id).ToHashSet();
            var known = plan.ConvertAll(file => file with { File = Known(file.File, all) });
            var tasks = ScanTasks.Read(Json(json =>
            {
                json.WriteStartObject();
                var writer = new ScanTasksWriter(json, metadata, all);
                known.ForEach(writer.Add);
                writer.Finish(["t"]);
                json.WriteEndObject();
            }), metadata);
            Assert.Equal(["t"], tasks.PlanTasks);
            Assert.Equal(known.Count, tasks.Files.Count);
            foreach (var (expected, actual) in known.Zip(tasks.Files))
            {
                AssertSame(expected.File, actual.File);
                Assert.Equal(expected.Deletes.Select(delete => (delete.File.FilePath, delete.File.ContentOffset)), actual.Deletes.Select(delete => (delete.FilePath, delete.ContentOffset)));
                files++;
                deletes += actual.Deletes.Count;
            }
        }

        output.WriteLine($"{golden}: {files} files, {deletes} deletes");
        Assert.True(files > 0);
    }

    [Fact]
    public void Requests_come_back_as_they_were()
    {
        var request = new PlanTableScanRequest
        {
            StartSnapshotId = -5, EndSnapshotId = long.MaxValue, Select = ["a", "b.c"], Filter = """{"type":"eq","term":"a","value":1}""", MinRowsRequested = 10, CaseSensitive = false, UseSnapshotSchema = true, StatsFields = ["a"],
        };
        var read = PlanTableScanRequest.Read(Json(request.Write));
        Assert.Equal(request.Select, read.Select);
        Assert.Equal(request.StatsFields, read.StatsFields);
        Assert.Equal(request, read with { Select = request.Select, StatsFields = request.StatsFields });
        Assert.Equal(new PlanTableScanRequest(), PlanTableScanRequest.Read(Json(new PlanTableScanRequest().Write)));
    }

    [Theory]
    [InlineData("""{"start-snapshot-id":1}""")]
    [InlineData("""{"end-snapshot-id":1}""")]
    [InlineData("""{"snapshot-id":1,"start-snapshot-id":1,"end-snapshot-id":2}""")]
    [InlineData("""{"snapshot-id":"1"}""")]
    [InlineData("""{"select":"a"}""")]
    public void Requests_that_contradict_themselves_are_refused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => PlanTableScanRequest.Read(document.RootElement)).Kind);
    }

    /// <summary>What of a file reaches a client: a current schema may have lost columns whose statistics stay in manifests.</summary>
    private static DataFile Known(DataFile file, HashSet<int> ids) => file with
    {
        ColumnSizes = Of(file.ColumnSizes, ids), ValueCounts = Of(file.ValueCounts, ids), NullValueCounts = Of(file.NullValueCounts, ids), NanValueCounts = Of(file.NanValueCounts, ids),
        LowerBounds = Of(file.LowerBounds, ids), UpperBounds = Of(file.UpperBounds, ids),
    };

    private static Dictionary<int, T>? Of<T>(IReadOnlyDictionary<int, T>? map, HashSet<int> ids) => map?.Where(pair => ids.Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value);

    private static Dictionary<int, T>? Maybe<T>(Random random, Func<T> value) => random.Next(4) == 0 ? null : new Dictionary<int, T> { [2] = value(), [1] = value() };

    private static DataFile RoundTrip(TableMetadata metadata, DataFile file, IReadOnlySet<int>? statisticsOf)
    {
        var files = new ContentFileJson(metadata);
        return files.Read(Json(json => files.Write(json, file, statisticsOf)));
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            write(json);
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static void AssertSame(DataFile expected, DataFile actual)
    {
        Assert.Equal(expected.FilePath, actual.FilePath);
        Assert.Equal((expected.Content, expected.FileFormat, expected.SpecId, expected.RecordCount, expected.FileSizeInBytes), (actual.Content, actual.FileFormat, actual.SpecId, actual.RecordCount, actual.FileSizeInBytes));
        Assert.True(PartitionKey.Of(expected) == PartitionKey.Of(actual), $"{string.Join(", ", expected.Partition)} came back as {string.Join(", ", actual.Partition)}");
        Assert.Equal(Sorted(expected.ColumnSizes), Sorted(actual.ColumnSizes));
        Assert.Equal(Sorted(expected.ValueCounts), Sorted(actual.ValueCounts));
        Assert.Equal(Sorted(expected.NullValueCounts), Sorted(actual.NullValueCounts));
        Assert.Equal(Sorted(expected.NanValueCounts), Sorted(actual.NanValueCounts));
        Assert.Equal(Sorted(expected.LowerBounds)?.Select(pair => (pair.Key, Convert.ToHexString(pair.Value))), Sorted(actual.LowerBounds)?.Select(pair => (pair.Key, Convert.ToHexString(pair.Value))));
        Assert.Equal(Sorted(expected.UpperBounds)?.Select(pair => (pair.Key, Convert.ToHexString(pair.Value))), Sorted(actual.UpperBounds)?.Select(pair => (pair.Key, Convert.ToHexString(pair.Value))));
        Assert.Equal(expected.KeyMetadata, actual.KeyMetadata);
        Assert.Equal(expected.SplitOffsets, actual.SplitOffsets);
        Assert.Equal(expected.EqualityIds, actual.EqualityIds);
        Assert.Equal((expected.SortOrderId, expected.FirstRowId, expected.ReferencedDataFile, expected.ContentOffset, expected.ContentSizeInBytes), (actual.SortOrderId, actual.FirstRowId, actual.ReferencedDataFile, actual.ContentOffset, actual.ContentSizeInBytes));
    }

    private static List<KeyValuePair<int, T>>? Sorted<T>(IReadOnlyDictionary<int, T>? map) => map?.OrderBy(pair => pair.Key).ToList();
}
