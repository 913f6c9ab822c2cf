namespace Lakehouse.Formats.Iceberg;

/// <summary>What the metadata file alone says: snapshots, history, references, earlier metadata files.</summary>
internal static class HistoryTables
{
    private const long MicrosPerMilli = 1000;

    public static InspectionTable Snapshots(TableMetadata metadata)
    {
        var columns = new InspectionColumns();
        columns.Add("committed_at", IcebergType.TimestampTz).Add("snapshot_id", IcebergType.Long).Add("parent_id", IcebergType.Long).Add("operation", IcebergType.String)
            .Add("manifest_list", IcebergType.String).Add("summary", columns.Map(IcebergType.String, IcebergType.String));
        return Table("snapshots", columns, metadata.Snapshots.Select(snapshot => new object?[]
        {
            Micros(snapshot.TimestampMs), snapshot.SnapshotId, snapshot.ParentSnapshotId, snapshot.Operation, snapshot.ManifestList,
            snapshot.Summary.Where(pair => pair.Key != "operation").Select(pair => new KeyValuePair<object, object?>(pair.Key, pair.Value)).ToList(),
        }));
    }

    public static InspectionTable History(TableMetadata metadata)
    {
        var columns = new InspectionColumns();
        columns.Add("made_current_at", IcebergType.TimestampTz).Add("snapshot_id", IcebergType.Long).Add("parent_id", IcebergType.Long).Add("is_current_ancestor", IcebergType.Boolean);
        var ancestors = metadata.Ancestors(metadata.CurrentSnapshot).Select(snapshot => snapshot.SnapshotId).ToHashSet();
        return Table("history", columns, metadata.SnapshotLog.Select(entry => new object?[]
        {
            Micros(entry.TimestampMs), entry.SnapshotId, metadata.SnapshotById(entry.SnapshotId)?.ParentSnapshotId, ancestors.Contains(entry.SnapshotId),
        }));
    }

    public static InspectionTable Refs(TableMetadata metadata)
    {
        var columns = new InspectionColumns();
        columns.Add("name", IcebergType.String).Add("type", IcebergType.String).Add("snapshot_id", IcebergType.Long).Add("max_reference_age_in_ms", IcebergType.Long)
            .Add("min_snapshots_to_keep", IcebergType.Int).Add("max_snapshot_age_in_ms", IcebergType.Long);
        return Table("refs", columns, metadata.Refs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new object?[]
        {
            pair.Key, pair.Value.Type == SnapshotRefType.Branch ? "BRANCH" : "TAG", pair.Value.SnapshotId, pair.Value.MaxRefAgeMs, pair.Value.MinSnapshotsToKeep, pair.Value.MaxSnapshotAgeMs,
        }));
    }

    public static InspectionTable MetadataLog(TableMetadata metadata)
    {
        var columns = new InspectionColumns();
        columns.Add("timestamp", IcebergType.TimestampTz).Add("file", IcebergType.String).Add("latest_snapshot_id", IcebergType.Long).Add("latest_schema_id", IcebergType.Int)
            .Add("latest_sequence_number", IcebergType.Long);
        return Table("metadata_log_entries", columns, metadata.MetadataLog.Select(entry =>
        {
            // The snapshot that was current when the file was.
            var id = metadata.SnapshotLog.LastOrDefault(log => log.TimestampMs <= entry.TimestampMs)?.SnapshotId;
            var snapshot = id is { } found ? metadata.SnapshotById(found) : null;
            return new object?[] { Micros(entry.TimestampMs), entry.MetadataFile, snapshot?.SnapshotId, snapshot?.SchemaId, snapshot?.SequenceNumber };
        }));
    }

    public static object Micros(long milliseconds) => milliseconds is > long.MaxValue / MicrosPerMilli or < long.MinValue / MicrosPerMilli
        ? throw LakehouseException.InvalidData($"a time of {milliseconds} ms is out of range")
        : milliseconds * MicrosPerMilli;

    private static InspectionTable Table(string name, InspectionColumns columns, IEnumerable<object?[]> rows) => new(name, columns.Fields, rows.ToAsyncEnumerable());
}
