using System.Globalization;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Bench;

/// <summary>The metadata of a table of very many files, without the files: twelve columns with full statistics, partitioned by day; each file holds a narrow range of <c>event_id</c> and a wide one of everything else.</summary>
internal static class ManyFiles
{
    const long RowsPerFile = 100_000;
    static readonly DateTime FirstDay = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    static readonly Schema Schema = new(0, [
        new NestedField(1, "event_id", true, IcebergType.Long), new NestedField(2, "ts", true, IcebergType.Timestamp), new NestedField(3, "user_id", false, IcebergType.Long),
        new NestedField(4, "country", false, IcebergType.String), new NestedField(5, "city", false, IcebergType.String), new NestedField(6, "device", false, IcebergType.String),
        new NestedField(7, "amount", false, new DecimalType(12, 2)), new NestedField(8, "score", false, IcebergType.Double), new NestedField(9, "ratio", false, IcebergType.Float),
        new NestedField(10, "clicks", false, IcebergType.Int), new NestedField(11, "url", false, IcebergType.String), new NestedField(12, "is_new", false, IcebergType.Boolean),
    ]);

    public static async Task<TableMetadata> WriteAsync(IObjectStore store, string location, int files, int manifests)
    {
        var spec = new PartitionSpec(0, [new PartitionField(2, 1000, "ts_day", Lakehouse.Formats.Iceberg.Transform.Day)]);
        var metadata = TableMetadata.Create(location, Schema, spec, null, new Dictionary<string, string>(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        var snapshot = new Snapshot { SnapshotId = 1, SequenceNumber = 1, TimestampMs = 1, SchemaId = 0, Summary = new Dictionary<string, string> { ["operation"] = "append" }, ManifestList = $"{location}/metadata/snap-1.avro" };
        var list = new List<ManifestFile>();
        for (var i = 0; i < manifests; i++)
        {
            var writer = new ManifestWriter(metadata, spec, ManifestContent.Data, 1);
            for (var file = (long)files * i / manifests; file < (long)files * (i + 1) / manifests; file++)
            {
                writer.Add(new ManifestEntry(ManifestEntryStatus.Added, 1, null, null, File(location, file)));
            }

            var manifest = writer.Finish($"{location}/metadata/m{i.ToString(CultureInfo.InvariantCulture)}.avro", 1);
            await store.PutAsync(manifest.File.ManifestPath, new MemoryStream(manifest.Bytes));
            list.Add(manifest.File);
        }

        await store.PutAsync(snapshot.ManifestList!, new MemoryStream(ManifestListWriter.Write(snapshot, list)));
        return metadata with { Snapshots = [snapshot], CurrentSnapshotId = 1, LastSequenceNumber = 1 };
    }

    /// <summary>An id that one file holds.</summary>
    public static long IdOf(long file) => (file * RowsPerFile) + 17;

    static DataFile File(string location, long number)
    {
        // Each day gets files of all manifests, so that partitions tell nothing about ids.
        var day = (int)(FirstDay - DateTime.UnixEpoch).TotalDays + (int)(number % 365);
        var random = new Random((int)number);
        var ids = Schema.Fields.Select(field => field.Id).ToList();
        object[] least = [number * RowsPerFile, day * 86_400_000_000L, (long)random.Next(1000), "AD", "Aachen", "android", (Int128)random.Next(100), random.NextDouble(), random.NextSingle(), 0, "https://example.org/" + random.Next(10), false];
        object[] greatest =
            [((number + 1) * RowsPerFile) - 1, ((day + 1) * 86_400_000_000L) - 1, 1_000_000L + random.Next(1000), "ZW", "Zwolle", "windows", (Int128)1_000_000 + random.Next(100), 100 + random.NextDouble(), 100 + random.NextSingle(), 1000, "https://example.org/z", true];
        return new DataFile
        {
            FilePath = $"{location}/data/ts_day={FirstDay.AddDays(number % 365):yyyy-MM-dd}/{number:D8}-{Guid.NewGuid():D}.parquet",
            Partition = [day],
            RecordCount = RowsPerFile,
            FileSizeInBytes = 12_345_678,
            ColumnSizes = ids.ToDictionary(id => id, id => 100_000L + id),
            ValueCounts = ids.ToDictionary(id => id, _ => RowsPerFile),
            NullValueCounts = ids.ToDictionary(id => id, id => id < 3 ? 0L : random.Next(100)),
            NanValueCounts = new Dictionary<int, long> { [8] = 0, [9] = 0 },
            LowerBounds = ids.ToDictionary(id => id, id => ColumnBounds.Lower(Schema.Fields[id - 1].Type, least[id - 1], MetricsMode.Default)!),
            UpperBounds = ids.ToDictionary(id => id, id => ColumnBounds.Upper(Schema.Fields[id - 1].Type, greatest[id - 1], MetricsMode.Default)!),
            SplitOffsets = [4],
            SortOrderId = 0,
        };
    }
}
