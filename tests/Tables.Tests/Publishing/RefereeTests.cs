using LakeAspire.Testing;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Publishing;

/// <summary>ClickHouse reads published tables: at every version the rows that our Iceberg read gives. One instance serves a process, so these run one after the other.</summary>
[Collection(nameof(ClickHouse))]
public sealed class RefereeTests
{
    static readonly NestedField Id = PublishLab.Field(1, "id", IcebergType.Long);
    static readonly NestedField Name = PublishLab.Field(2, "name", IcebergType.String);

    [Fact]
    public async Task Every_type_that_Delta_has()
    {
        NestedField[] fields =
        [
            Id, PublishLab.Field(2, "b", IcebergType.Boolean), PublishLab.Field(3, "i", IcebergType.Int), PublishLab.Field(4, "f", IcebergType.Float), PublishLab.Field(5, "d", IcebergType.Double),
            PublishLab.Field(6, "n", new DecimalType(12, 3)), PublishLab.Field(7, "day", IcebergType.Date), PublishLab.Field(8, "at", IcebergType.TimestampTz), PublishLab.Field(9, "local", IcebergType.Timestamp),
            PublishLab.Field(10, "s", IcebergType.String), PublishLab.Field(11, "bin", IcebergType.Binary), PublishLab.Field(12, "u", IcebergType.Uuid), PublishLab.Field(13, "t", IcebergType.Time),
            PublishLab.Field(14, "big", new DecimalType(38, 10)),
        ];
        using var lab = new PublishLab(PublishLab.Columns(fields));
        using var clickHouse = new ClickHouse(lab.Root);
        await lab.AppendAsync(
            """
            SELECT i AS id, i % 2 = 0 AS b, i::INT AS i, CASE WHEN i = 3 THEN 'nan'::FLOAT ELSE i / 3 END AS f, CASE WHEN i = 4 THEN 'inf'::DOUBLE ELSE -i / 7 END AS d, (i / 8)::DECIMAL(12, 3) AS n,
              DATE '1969-12-25' + i::INT AS day, TIMESTAMPTZ '1969-12-31 23:59:59.123456+00' + INTERVAL (i) HOUR AS at, TIMESTAMP '2026-01-01 12:00:00.654321' - INTERVAL (i) DAY AS local,
              CASE WHEN i = 5 THEN NULL ELSE repeat('ü', i::INT) || '"\' END AS s, encode('b' || i) AS bin, uuid() AS u, TIME '01:02:03' AS t, (i * 1000000007)::DECIMAL(38, 10) AS big
            FROM range(20) AS r(i)
            """);
        var result = await lab.PublishAsync();
        Assert.Null(result.Stop);
        Assert.Equal(["u (uuid)", "t (time)"], result.LeftOut);
        Assert.Equal((3, "timestampNtz"), (lab.Single<ProtocolAction>(0).MinReaderVersion, Assert.Single(lab.Single<ProtocolAction>(0).ReaderFeatures!)));
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);
        Assert.Equal(7, clickHouse.Query($"SELECT toUInt32(count()) AS n FROM deltaLakeLocal('{lab.TableFolder}') WHERE f > 4 OR isNaN(f)")[0].GetProperty("n").GetInt32() - 1);
    }

    [Fact]
    public async Task Files_are_replaced_and_rows_deleted_by_position()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        using var clickHouse = new ClickHouse(lab.Root);
        var a = (await lab.AppendAsync("SELECT i AS id, 'a' || i AS name FROM range(100) AS r(i)"))[0];
        var b = (await lab.AppendAsync("SELECT i AS id, 'b' || i AS name FROM range(100) AS r(i)"))[0];
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await lab.PositionDeletesAsync((a, 3), (a, 5), (b, 99))] });
        await lab.PublishAsync();
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await lab.PositionDeletesAsync((a, 0))] });
        await lab.CommitAsync(new SnapshotChange { RemovedDataFiles = [a.FilePath], AddedDataFiles = await lab.WriteAsync("SELECT i AS id, 'c' || i AS name FROM range(7) AS r(i)") });
        await lab.AppendAsync("SELECT 7 AS id, 'last' AS name");
        Assert.Null((await lab.PublishAsync()).Stop);
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);
        Assert.Contains("deletionVectors", lab.Single<ProtocolAction>(2).ReaderFeatures!);
        Assert.Equal(2, lab.Actions(2).OfType<AddFile>().Count());
        Assert.Empty(lab.Actions(5).OfType<RemoveFile>());
    }

    [Fact]
    public async Task Deletion_vectors_of_v3_are_copied()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name), formatVersion: 3);
        using var clickHouse = new ClickHouse(lab.Root);
        var a = (await lab.AppendAsync("SELECT i AS id, 'a' || i AS name FROM range(1000) AS r(i)"))[0];
        var b = (await lab.AppendAsync("SELECT i AS id, 'b' || i AS name FROM range(1000) AS r(i)"))[0];
        var vectors = await lab.VectorsAsync((a, [1, 2, 3, 999]), (b, [0]));
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = vectors });
        await lab.PublishAsync();
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = await lab.VectorsAsync((a, [.. Enumerable.Range(0, 500).Select(i => (long)i * 2)])), RemovedDeleteFiles = [vectors[0]] });
        await lab.AppendAsync("SELECT 7 AS id, 'last' AS name");
        Assert.Null((await lab.PublishAsync()).Stop);
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);
        var file = Assert.Single(lab.Actions(2).OfType<AddFile>().Select(add => add.DeletionVector!.PathOrInlineDv).Distinct());
        Assert.All(lab.Actions(2).OfType<AddFile>(), add => Assert.Equal("u", add.DeletionVector!.StorageType));
        Assert.Equal(20, file.Length);
        Assert.Single(lab.Actions(3).OfType<AddFile>());
    }

    [Fact]
    public async Task Equality_deletes_become_positions()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        using var clickHouse = new ClickHouse(lab.Root);
        var a = (await lab.AppendAsync("SELECT i AS id, 'a' || i AS name FROM range(100) AS r(i)"))[0];
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await lab.EqualityDeletesAsync("SELECT unnest([5, 7, 1000])::BIGINT AS id", 3, Id)] });
        await lab.AppendAsync("SELECT i AS id, 'b' || i AS name FROM range(10) AS r(i)");
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [await lab.PositionDeletesAsync((a, 99))] });
        Assert.Null((await lab.PublishAsync()).Stop);
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);
    }

    [Fact]
    public async Task Partition_values_of_every_kind()
    {
        var spec = new PartitionSpec(0, [new PartitionField(2, 1000, "name", Transform.Identity), new PartitionField(3, 1001, "day", Transform.Identity)]);
        using var lab = new PublishLab(PublishLab.Columns(Id, Name, PublishLab.Field(3, "day", IcebergType.Date)), spec);
        using var clickHouse = new ClickHouse(lab.Root);
        await lab.AppendAsync(
            """
            SELECT row_number() OVER () AS id, name, day FROM (VALUES (NULL, DATE '2026-01-01'), ('a b', NULL), ('a/b', DATE '1969-12-31'), ('50%', DATE '2026-01-01'), ('%20', DATE '2026-01-01'), ('ü=', DATE '2026-01-01'), ('"\', NULL), (' ', NULL))
              AS v(name, day), range(3)
            """);
        await lab.AppendAsync("SELECT 1 AS id, 'a b' AS name, DATE '2026-05-05' AS day");
        Assert.Null((await lab.PublishAsync()).Stop);
        Assert.Equal(["name", "day"], lab.Single<MetadataAction>(0).PartitionColumns);
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);

        // The empty text has no form as a partition value, and from then on the table is published unpartitioned.
        await lab.AppendAsync("SELECT 1 AS id, '' AS name, DATE '2026-05-05' AS day");
        await lab.AppendAsync("SELECT 2 AS id, 'x' AS name, DATE '2026-05-05' AS day");
        Assert.Null((await lab.PublishAsync()).Stop);
        Assert.Empty(lab.Single<MetadataAction>(2).PartitionColumns);
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);
    }

    [Fact]
    public async Task Columns_are_renamed_added_dropped_and_widened()
    {
        var number = PublishLab.Field(3, "number", IcebergType.Int);
        using var lab = new PublishLab(PublishLab.Columns(Id, Name, number));
        using var clickHouse = new ClickHouse(lab.Root);
        await lab.AppendAsync("SELECT i AS id, 'a' || i AS name, i::INT AS number FROM range(10) AS r(i)");
        await lab.PublishAsync();
        lab.ChangeSchema(Id, Name with { Name = "title" }, number, PublishLab.Field(4, "extra", IcebergType.Double));
        await lab.AppendAsync("SELECT i AS id, 'b' || i AS title, i::INT AS number, i / 2 AS extra FROM range(10) AS r(i)");
        await lab.PublishAsync();
        Assert.Equal((2, "name"), (lab.Single<ProtocolAction>(1).MinReaderVersion, lab.Single<MetadataAction>(1).Configuration["delta.columnMapping.mode"]));
        lab.ChangeSchema(Id, number with { Type = IcebergType.Long }, PublishLab.Field(5, "name", IcebergType.Long));
        await lab.AppendAsync("SELECT i AS id, 5000000000 + i AS number, i AS name FROM range(10) AS r(i)");
        var result = await lab.PublishAsync();
        Assert.Null(result.Stop);
        Assert.Contains("typeWidening", lab.Single<ProtocolAction>(2).ReaderFeatures!);
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);
    }

    [Fact]
    public async Task Partitions_that_Delta_cannot_say()
    {
        var spec = new PartitionSpec(0, [new PartitionField(1, 1000, "id_bucket", Transform.Parse("bucket[4]"))]);
        using var lab = new PublishLab(PublishLab.Columns(Id, Name), spec);
        using var clickHouse = new ClickHouse(lab.Root);
        await lab.AppendAsync("SELECT i AS id, 'a' || i AS name FROM range(100) AS r(i)");
        Assert.Null((await lab.PublishAsync()).Stop);
        Assert.Empty(lab.Single<MetadataAction>(0).PartitionColumns);
        await new Referee(clickHouse).SameRowsAsync(lab, lab.Snapshots);
    }

    [Fact]
    public async Task A_spec_that_changes_leaves_the_published_table_unpartitioned()
    {
        using var other = new PublishLab(PublishLab.Columns(Id, Name), new PartitionSpec(0, [new PartitionField(2, 1000, "name", Transform.Identity)]));
        using var clickHouse = new ClickHouse(other.Root);
        await other.AppendAsync("SELECT i AS id, 'a' || (i % 3) AS name FROM range(100) AS r(i)");
        await other.PublishAsync();
        other.Apply(new AddPartitionSpec(new PartitionSpec(1, [new PartitionField(1, 1001, "id_bucket", Transform.Parse("bucket[4]"))])), new SetDefaultSpec(TableUpdate.LastAdded));
        await other.AppendAsync("SELECT i AS id, 'b' || (i % 3) AS name FROM range(100) AS r(i)");
        Assert.Null((await other.PublishAsync()).Stop);
        Assert.Equal((1, 0), (other.Single<MetadataAction>(0).PartitionColumns.Count, other.Single<MetadataAction>(1).PartitionColumns.Count));
        await new Referee(clickHouse).SameRowsAsync(other, other.Snapshots);
    }
}
