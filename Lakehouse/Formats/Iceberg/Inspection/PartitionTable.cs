using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The partitions of a snapshot with what lies in them; one row for a table that is not partitioned.</summary>
internal static class PartitionTable
{
    public static InspectionTable Of(IObjectStore store, TableMetadata metadata, Snapshot? snapshot)
    {
        var columns = new InspectionColumns();
        var partition = new UnifiedPartition(metadata);
        var isPartitioned = partition.Type.Fields.Count > 0;
        if (isPartitioned)
        {
            columns.Add("partition", partition.Type).Add("spec_id", IcebergType.Int);
        }

        columns.Add("record_count", IcebergType.Long).Add("file_count", IcebergType.Int).Add("total_data_file_size_in_bytes", IcebergType.Long)
            .Add("position_delete_record_count", IcebergType.Long).Add("position_delete_file_count", IcebergType.Int).Add("equality_delete_record_count", IcebergType.Long)
            .Add("equality_delete_file_count", IcebergType.Int).Add("last_updated_at", IcebergType.TimestampTz).Add("last_updated_snapshot_id", IcebergType.Long);
        return new InspectionTable("partitions", columns.Fields, RowsAsync(store, metadata, snapshot, partition, isPartitioned));
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(
        IObjectStore store, TableMetadata metadata, Snapshot? snapshot, UnifiedPartition partition, bool isPartitioned, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var totals = new Dictionary<PartitionKey, Totals>();
        var manifests = snapshot is null ? [] : await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false);
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, manifests.Where(manifest => manifest.MayHaveLiveFiles), cancellationToken).ConfigureAwait(false))
        {
            var key = new PartitionKey(0, partition.ValuesOf(entry.DataFile));
            if (!totals.TryGetValue(key, out var total))
            {
                totals[key] = total = new Totals(entry.DataFile.SpecId);
            }

            total.Add(entry, metadata);
        }

        foreach (var (key, total) in totals)
        {
            yield return isPartitioned ? [key.Values, total.SpecId, .. total.Values] : total.Values;
        }
    }

    private sealed class Totals(int specId)
    {
        private long records, size, positionDeletes, equalityDeletes;
        private int files, positionFiles, equalityFiles;
        private Snapshot? newest;

        public int SpecId { get; private set; } = specId;

        public object?[] Values =>
        [
            records, files, size, positionDeletes, positionFiles, equalityDeletes, equalityFiles, newest is null ? null : HistoryTables.Micros(newest.TimestampMs), newest?.SnapshotId,
        ];

        public void Add(ManifestEntry entry, TableMetadata metadata)
        {
            var file = entry.DataFile;
            SpecId = Math.Max(SpecId, file.SpecId);
            switch (file.Content)
            {
                case FileContent.Data:
                    records += file.RecordCount;
                    size += file.FileSizeInBytes;
                    files++;
                    break;
                case FileContent.PositionDeletes:
                    positionDeletes += file.RecordCount;
                    positionFiles++;
                    break;
                default:
                    equalityDeletes += file.RecordCount;
                    equalityFiles++;
                    break;
            }

            if (entry.SnapshotId is { } id && metadata.SnapshotById(id) is { } snapshot && (newest is null || snapshot.TimestampMs > newest.TimestampMs))
            {
                newest = snapshot;
            }
        }
    }
}
