using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Incremental;

public sealed class SnapshotRangeTests
{
    private static readonly TableMetadata Table = Tables.ByDay() with
    {
        // 1 has expired; 5 branches off 3.
        Snapshots = [Snapshot(2, 1), Snapshot(3, 2), Snapshot(4, 3), Snapshot(5, 3), Snapshot(6, null)],
    };

    [Theory]
    [InlineData(2L, 4L, "3 4")]
    [InlineData(1L, 4L, "2 3 4")]
    [InlineData(3L, 5L, "5")]
    [InlineData(4L, 4L, "")]
    [InlineData(null, 6L, "6")]
    public void The_range_is_after_the_first_and_up_to_the_last(long? from, long to, string expected) =>
        Assert.Equal(expected, string.Join(' ', SnapshotRange.Between(Table, from, Table.SnapshotById(to)!).Select(snapshot => snapshot.SnapshotId)));

    [Theory]
    [InlineData(4L, 5L, "expired")]
    [InlineData(null, 4L, "1 has expired")]
    [InlineData(2L, 6L, "no ancestor")]
    public void A_range_that_is_not_there_is_refused(long? from, long to, string reason)
    {
        var error = Assert.Throws<LakehouseException>(() => SnapshotRange.Between(Table, from, Table.SnapshotById(to)!));
        Assert.Equal(LakehouseErrorKind.NotFound, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static Snapshot Snapshot(long id, long? parent) => new() { SnapshotId = id, ParentSnapshotId = parent, TimestampMs = id, ManifestList = "memory://none" };
}
