namespace Lakehouse.Formats.Iceberg;

/// <summary>What has to hold between the fields of table metadata.</summary>
internal static class TableMetadataCheck
{
    public static void Check(TableMetadata metadata)
    {
        Unique("schemas", "schema-id", metadata.Schemas.Select(schema => (long)schema.SchemaId));
        Unique("partition-specs", "spec-id", metadata.PartitionSpecs.Select(spec => (long)spec.SpecId));
        Unique("sort-orders", "order-id", metadata.SortOrders.Select(order => (long)order.OrderId));
        Unique("snapshots", "snapshot-id", metadata.Snapshots.Select(snapshot => snapshot.SnapshotId));

        Require(metadata.Schemas.Any(schema => schema.SchemaId == metadata.CurrentSchemaId), "current-schema-id", $"is {metadata.CurrentSchemaId}, which is none of the schemas");
        Require(metadata.SpecById(metadata.DefaultSpecId) is not null, "default-spec-id", $"is {metadata.DefaultSpecId}, which is none of the partition specs");
        Require(
            metadata.DefaultSortOrderId == 0 || metadata.SortOrders.Any(order => order.OrderId == metadata.DefaultSortOrderId),
            "default-sort-order-id",
            $"is {metadata.DefaultSortOrderId}, which is none of the sort orders");
        Require(metadata.Location.Length > 0, "location", "is empty");
        Require(metadata.LastSequenceNumber >= 0, "last-sequence-number", "is negative");

        if (metadata.CurrentSnapshotId is { } current)
        {
            Require(metadata.SnapshotById(current) is not null, "current-snapshot-id", $"is {current}, which is none of the snapshots");
            Require(
                metadata.Refs[SnapshotRef.Main].SnapshotId == current,
                "refs",
                $"has main at {metadata.Refs[SnapshotRef.Main].SnapshotId}, while current-snapshot-id is {current}");
        }
        else
        {
            Require(!metadata.Refs.ContainsKey(SnapshotRef.Main), "refs", "has main, while there is no current-snapshot-id");
        }

        foreach (var (name, reference) in metadata.Refs)
        {
            Require(metadata.SnapshotById(reference.SnapshotId) is not null, "refs", $"has \"{name}\" at {reference.SnapshotId}, which is none of the snapshots");
        }

        if (metadata.FormatVersion > 1 && metadata.Snapshots.FirstOrDefault(snapshot => snapshot.SequenceNumber > metadata.LastSequenceNumber) is { } ahead)
        {
            throw Wrong("last-sequence-number", $"is {metadata.LastSequenceNumber}, below that of snapshot {ahead.SnapshotId}, {ahead.SequenceNumber}");
        }
    }

    private static void Unique(string list, string id, IEnumerable<long> ids)
    {
        var seen = new HashSet<long>();
        foreach (var value in ids.Where(value => !seen.Add(value)))
        {
            throw Wrong(list, $"has {id} {value} twice");
        }
    }

    private static void Require(bool holds, string field, string reason)
    {
        if (!holds)
        {
            throw Wrong(field, reason);
        }
    }

    private static LakehouseException Wrong(string field, string reason) => LakehouseException.InvalidData($"table metadata: field \"{field}\" {reason}");
}
