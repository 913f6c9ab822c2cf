using Lakehouse.Engine;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Publishing;

public sealed class PublishTests
{
    static readonly NestedField Id = PublishLab.Field(1, "id", IcebergType.Long);
    static readonly NestedField Name = PublishLab.Field(2, "name", IcebergType.String);

    [Fact]
    public async Task Every_snapshot_is_a_version_and_publishing_again_does_nothing()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        await lab.AppendAsync("SELECT i AS id, 'n' || i AS name FROM range(10) AS r(i)");
        await lab.AppendAsync("SELECT i AS id, 'm' || i AS name FROM range(5) AS r(i)");
        var first = await lab.PublishAsync();
        Assert.Equal((1L, 2, lab.Snapshots[1].SequenceNumber, null), (first.Version, first.Written, first.SequenceNumber, first.Stop));
        Assert.Equal(0, (await lab.PublishAsync()).Written);
        await lab.AppendAsync("SELECT i AS id, 'o' || i AS name FROM range(5) AS r(i)");
        var publisher = lab.Publisher();
        Assert.Equal((2L, 1), ((await publisher.PublishAsync(lab.Table)).Version, (await lab.PublishAsync()).Written + 1));
        Assert.Equal(0, (await publisher.PublishAsync(lab.Table)).Written);

        var protocol = lab.Single<ProtocolAction>(0);
        Assert.Equal((1, 7, null), (protocol.MinReaderVersion, protocol.MinWriterVersion, protocol.ReaderFeatures));
        Assert.Contains(PublishedProtocol.Feature, protocol.WriterFeatures!);
        Assert.Empty(lab.Actions(1).OfType<ProtocolAction>());
        Assert.Empty(lab.Actions(1).OfType<MetadataAction>());
        Assert.Equal(lab.Snapshots.Select(s => s.SequenceNumber), Enumerable.Range(0, 3).Select(v => lab.Actions(v).OfType<TransactionAction>().First().Version));
        Assert.Equal(lab.Snapshots.Select(s => (long?)s.TimestampMs), Enumerable.Range(0, 3).Select(v => lab.Single<CommitInfo>(v).InCommitTimestamp));
        Assert.IsType<CommitInfo>(lab.Actions(1)[0]);
        Assert.StartsWith("""{"numRecords":5,"tightBounds":false,"minValues":{"id":0,"name":"o0"},"maxValues":{"id":4,"name":"o4"},"nullCount":{"id":0,"name":0}}""", lab.Single<AddFile>(2).Stats);
    }
}
