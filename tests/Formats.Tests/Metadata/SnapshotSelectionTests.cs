using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Metadata;

public sealed class SnapshotSelectionTests
{
    private static readonly TableMetadata Table = Make();

    [Fact]
    public void Each_way_finds_its_snapshot_and_schema()
    {
        Assert.Equal((3, 1), Found(SnapshotSelector.Newest));
        Assert.Equal((3, 1), Found(null));
        Assert.Equal((1, 0), Found(new SnapshotSelector.ById(1)));
        Assert.Equal((1, 0), Found(new SnapshotSelector.ByRef("release")));
        Assert.Equal((2, 1), Found(new SnapshotSelector.ByRef("audit")));
        Assert.Equal((3, 1), Found(new SnapshotSelector.ByRef("main")));
        Assert.Equal((2, 0), Found(new SnapshotSelector.ByVersion(2)));
        Assert.Equal((1, 0), Found(new SnapshotSelector.AsOf(DateTimeOffset.FromUnixTimeMilliseconds(2999))));
        Assert.Equal((3, 1), Found(new SnapshotSelector.AsOf(DateTimeOffset.FromUnixTimeMilliseconds(3000))));
    }

    [Fact]
    public void What_is_missing_is_answered_with_what_is_there()
    {
        Assert.Contains("audit", Refused(new SnapshotSelector.ByRef("audits")), StringComparison.Ordinal);
        Assert.Contains("3 (sequence number 3", Refused(new SnapshotSelector.ById(9)), StringComparison.Ordinal);
        Assert.Contains("1970-01-01T00:00:01.0000000Z", Refused(new SnapshotSelector.AsOf(DateTimeOffset.UnixEpoch)), StringComparison.Ordinal);
        Assert.Contains("no snapshot with sequence number 8", Refused(new SnapshotSelector.ByVersion(8)), StringComparison.Ordinal);
    }

    private static (long?, int) Found(SnapshotSelector? selector)
    {
        var found = SnapshotSelection.Select(Table, selector);
        return (found.Snapshot?.SnapshotId, found.Schema.SchemaId);
    }

    private static string Refused(SnapshotSelector selector)
    {
        var error = Assert.Throws<LakehouseException>(() => SnapshotSelection.Select(Table, selector));
        Assert.Equal(LakehouseErrorKind.NotFound, error.Kind);
        return error.Message;
    }

    private static TableMetadata Make()
    {
        var table = Tables.ByDay();
        return table with
        {
            Schemas = [table.CurrentSchema with { SchemaId = 0 }, table.CurrentSchema with { SchemaId = 1 }],
            CurrentSchemaId = 1,
            Snapshots = [Snapshot(1, 0), Snapshot(2, 0), Snapshot(3, 1)],
            CurrentSnapshotId = 3,
            SnapshotLog = [new(1000, 1), new(3000, 3)],
            Refs = new Dictionary<string, SnapshotRef>
            {
                ["main"] = new(3, SnapshotRefType.Branch), ["audit"] = new(2, SnapshotRefType.Branch), ["release"] = new(1, SnapshotRefType.Tag),
            },
        };
    }

    private static Snapshot Snapshot(long id, int schema) => new() { SnapshotId = id, SequenceNumber = id, TimestampMs = id * 1000, SchemaId = schema, ManifestList = "memory://none" };
}
