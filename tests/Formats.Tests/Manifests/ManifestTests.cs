using FsCheck;
using FsCheck.Fluent;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Values;

namespace Lakehouse.Formats.Tests.Manifests;

public sealed class ManifestTests
{
    private static readonly IcebergType[] PartitionTypes =
    [
        IcebergType.Boolean, IcebergType.Int, IcebergType.Long, IcebergType.Float, IcebergType.Double, IcebergType.Date, IcebergType.Time, IcebergType.Timestamp, IcebergType.TimestampTz,
        IcebergType.String, IcebergType.Uuid, IcebergType.Binary, new FixedType(3), new DecimalType(9, 2), new DecimalType(38, 10), new FixedType(3), new DecimalType(9, 2), IcebergType.Uuid,
    ];

    private static readonly Gen<Dictionary<int, long>?> Counts = Arbitrary.Int.Zip(Arbitrary.Long).ListOf().Select(pairs => pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2)).OrNull()!;

    private static readonly Gen<Dictionary<int, byte[]>?> Bounds = Arbitrary.Int.Zip(Arbitrary.Bytes).ListOf().Select(pairs => pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2)).OrNull()!;

    private static readonly Gen<DataFile> Files =
        from path in Arbitrary.Text
        from counts in Counts.Zip(Counts).Zip(Counts.Zip(Counts))
        from bounds in Bounds.Zip(Bounds)
        from key in Arbitrary.Bytes.OrNull()
        from offsets in Arbitrary.Long.ListOf().Select(list => list.ToList()).OrNull()
        from rows in Gen.Choose(0, int.MaxValue)
        from sort in Gen.Choose(0, 5)
        select new DataFile
        {
            FilePath = path,
            RecordCount = rows,
            FileSizeInBytes = rows * 17L,
            ColumnSizes = counts.Item1.Item1,
            ValueCounts = counts.Item1.Item2,
            NullValueCounts = counts.Item2.Item1,
            NanValueCounts = counts.Item2.Item2,
            LowerBounds = bounds.Item1,
            UpperBounds = bounds.Item2,
            KeyMetadata = key,
            SplitOffsets = offsets,
            SortOrderId = sort == 0 ? null : sort,
        };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Entries_survive_their_manifest(bool deflate)
    {
        var codec = deflate ? AvroCodec.Deflate : AvroCodec.Null;
        var table = Tables.Unpartitioned();
        Properties.Hold(Files.ListOf(), files =>
        {
            var writer = new ManifestWriter(table, table.DefaultSpec, ManifestContent.Data, 7, codec);
            foreach (var file in files)
            {
                writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, file));
            }

            var written = writer.Finish("memory://m.avro", 5);
            Assert.Equal((files.Count, files.Sum(file => file.RecordCount)), (written.File.AddedFilesCount!.Value, written.File.AddedRowsCount!.Value));
            var entries = Read(written, table);
            Assert.Equal(files.Count, entries.Count);
            foreach (var (file, entry) in files.Zip(entries))
            {
                Assert.Equal((ManifestEntryStatus.Added, 7L, 5L, 5L), (entry.Status, entry.SnapshotId!.Value, entry.SequenceNumber!.Value, entry.FileSequenceNumber!.Value));
                Assert.Equivalent(file, entry.DataFile, strict: true);
            }
        }, full: 1000);
    }

    [Fact]
    public void Partition_values_of_every_type_survive_and_are_summed_up()
    {
        var schema = new Schema(0, PartitionTypes.Select((type, i) => new NestedField(i + 1, $"c{i}", false, type)).ToList());
        var spec = new PartitionSpec(0, PartitionTypes.Select((_, i) => new PartitionField(i + 1, 1000 + i, $"c{i}", Transform.Identity)).ToList());
        var table = TableMetadata.Create("memory://lake/t", schema, spec, null, null, Guid.NewGuid(), Tables.Start);
        object?[][] rows =
        [
            [true, 1, 2L, 1.5f, double.NaN, 3, 4L, 5L, 6L, "é😀", Guid.Parse("00000000-0000-0000-0000-000000000001"), new byte[] { 1 }, new byte[] { 1, 2, 3 }, (Int128)1420, (Int128)(-5), new byte[] { 0, 0, 0 }, (Int128)(-99), Guid.Empty],
            [false, -1, -2L, -0.0f, -1.5, -3, 0L, -5L, -6L, "", Guid.Parse("80000000-0000-0000-0000-000000000000"), Array.Empty<byte>(), new byte[] { 255, 255, 255 }, (Int128)(-999999999), Int128.Parse("12345678901234567890123456789012345678", System.Globalization.CultureInfo.InvariantCulture), new byte[] { 9, 9, 9 }, (Int128)0, Guid.Empty],
            new object?[PartitionTypes.Length],
        ];
        var writer = new ManifestWriter(table, table.DefaultSpec, ManifestContent.Data, 7);
        foreach (var row in rows)
        {
            writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("a", 1, row)));
        }

        var written = writer.Finish("memory://m.avro", 1);
        Assert.Equal(rows, Read(written, table).Select(entry => entry.DataFile.Partition.ToArray()));
        var summaries = written.File.Partitions!;
        Assert.All(summaries, summary => Assert.True(summary.ContainsNull));
        Assert.Equal(-1, SingleValue.FromBytes(IcebergType.Int, summaries[1].LowerBound));
        Assert.Equal(1, SingleValue.FromBytes(IcebergType.Int, summaries[1].UpperBound));
        Assert.True(summaries[4].ContainsNan);
        Assert.Equal(-1.5, SingleValue.FromBytes(IcebergType.Double, summaries[4].UpperBound));
        Assert.Equal((Int128)(-999999999), SingleValue.FromBytes(new DecimalType(9, 2), summaries[13].LowerBound));
        Assert.Equal("é😀", SingleValue.FromBytes(IcebergType.String, summaries[9].UpperBound));
    }

    [Fact]
    public void Existing_entries_keep_their_numbers_and_added_ones_inherit()
    {
        var table = Tables.ByDay();
        var writer = new ManifestWriter(table, table.DefaultSpec, ManifestContent.Data, 9);
        writer.Add(new ManifestEntry(ManifestEntryStatus.Existing, 3, 2, 4, Tables.File("a", 1, 1)));
        writer.Add(new ManifestEntry(ManifestEntryStatus.Deleted, 9, 1, 1, Tables.File("b", 2, 1)));
        writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("c", 4, 1)));
        var written = writer.Finish("memory://m.avro", 6);
        Assert.Equal((1, 1, 1, 4L, 1L, 2L), (written.File.AddedFilesCount, written.File.ExistingFilesCount, written.File.DeletedFilesCount, written.File.AddedRowsCount, written.File.ExistingRowsCount, written.File.DeletedRowsCount));
        // The deleted file's number does not count, being no live one.
        Assert.Equal((6, 2), (written.File.SequenceNumber, written.File.MinSequenceNumber));
        Assert.Equal(
            [(ManifestEntryStatus.Existing, 3L, 2L, 4L), (ManifestEntryStatus.Deleted, 9L, 1L, 1L), (ManifestEntryStatus.Added, 9L, 6L, 6L)],
            Read(written, table).Select(entry => (entry.Status, entry.SnapshotId!.Value, entry.SequenceNumber!.Value, entry.FileSequenceNumber!.Value)));

        Assert.Throws<ArgumentException>(() => writer.Add(new ManifestEntry(ManifestEntryStatus.Existing, 3, null, null, Tables.File("a", 1, 1))));
        Assert.Throws<ArgumentException>(() => writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("a", 1))));
        Assert.Throws<ArgumentException>(() => writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("a", 1, 1) with { Content = FileContent.PositionDeletes })));
    }

    [Fact]
    public void Delete_files_keep_what_they_refer_to()
    {
        var table = Tables.Unpartitioned();
        var writer = new ManifestWriter(table, table.DefaultSpec, ManifestContent.Deletes, 9);
        writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("p") with { Content = FileContent.PositionDeletes, ReferencedDataFile = "memory://d", SortOrderId = 3 }));
        writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("e") with { Content = FileContent.EqualityDeletes, EqualityIds = [1, 2] }));
        var entries = Read(writer.Finish("memory://m.avro", 6), table);
        Assert.Equal(("memory://d", null), (entries[0].DataFile.ReferencedDataFile, entries[0].DataFile.SortOrderId));
        Assert.Equal([1, 2], entries[1].DataFile.EqualityIds!);
    }

    [Fact]
    public void Values_follow_the_promotion_of_their_column()
    {
        var table = Tables.Unpartitioned();
        var spec = new PartitionSpec(0, [new PartitionField(1, 1000, "n", Transform.Identity), new PartitionField(2, 1001, "f", Transform.Identity)]);
        var narrow = TableMetadata.Create("memory://lake/t", new Schema(0, [new NestedField(1, "n", false, IcebergType.Int), new NestedField(2, "f", false, IcebergType.Float)]), spec, null, null, table.TableUuid, Tables.Start);
        var wide = Tables.Applied(TableCommit.Apply(
            narrow, [], [new AddSchema(new Schema(0, [new NestedField(1, "n", false, IcebergType.Long), new NestedField(2, "f", false, IcebergType.Double)])), new SetCurrentSchema(-1)], new TableCommitContext(Tables.Start)));
        var writer = new ManifestWriter(narrow, narrow.DefaultSpec, ManifestContent.Data, 1);
        writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("a", 1, 5, 1.5f)));
        Assert.Equal([5L, 1.5d], Read(writer.Finish("memory://m.avro", 1), wide)[0].DataFile.Partition);
    }

    [Fact]
    public void Odd_names_of_partition_fields_become_names_of_Avro()
    {
        Assert.Equal("a_x20b_x2Fc", AvroNames.Sanitize("a b/c"));
        Assert.Equal("_1day", AvroNames.Sanitize("1day"));
        var schema = new Schema(0, [new NestedField(1, "1 größe", false, IcebergType.Int)]);
        var table = TableMetadata.Create("memory://lake/t", schema, new PartitionSpec(0, [new PartitionField(1, 1000, "1 größe", Transform.Identity)]), null, null, Guid.NewGuid(), Tables.Start);
        var writer = new ManifestWriter(table, table.DefaultSpec, ManifestContent.Data, 1);
        writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, Tables.File("a", 1, 5)));
        Assert.Equal(5, Read(writer.Finish("memory://m.avro", 1), table)[0].DataFile.Partition[0]);
    }

    [Fact]
    public async Task Manifest_lists_survive()
    {
        var manifests = Enumerable.Range(0, 5000).Select(i => new ManifestFile
        {
            ManifestPath = $"memory://m{i}.avro",
            ManifestLength = i,
            PartitionSpecId = i % 3,
            Content = (ManifestContent)(i % 2),
            SequenceNumber = i,
            MinSequenceNumber = i / 2,
            AddedSnapshotId = long.MaxValue - i,
            AddedFilesCount = i,
            ExistingFilesCount = 1,
            DeletedFilesCount = 2,
            AddedRowsCount = 3,
            ExistingRowsCount = 4,
            DeletedRowsCount = 5,
            Partitions = i % 4 == 0 ? null : [new PartitionFieldSummary(true, i % 5 == 0 ? null : false, [1, 2], null)],
            KeyMetadata = i % 7 == 0 ? [7] : null,
        }).ToList();
        var snapshot = new Snapshot { SnapshotId = 1, TimestampMs = 1, SequenceNumber = 1 };
        foreach (var codec in new[] { AvroCodec.Null, AvroCodec.Deflate, AvroCodec.Snappy })
        {
            using var stream = new MemoryStream(ManifestListWriter.Write(snapshot, manifests, codec));
            Assert.Equivalent(manifests, await ManifestListReader.ReadAsync(stream, "memory://list.avro"), strict: true);
        }
    }

    private static List<ManifestEntry> Read(WrittenManifest manifest, TableMetadata table)
    {
        using var stream = new MemoryStream(manifest.Bytes);
        return ManifestReader.ReadAsync(stream, manifest.File, table).ToBlockingEnumerable().ToList();
    }
}
