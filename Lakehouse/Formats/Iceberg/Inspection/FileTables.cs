using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Files, and entries of manifests, as rows.</summary>
internal static class FileTables
{
    public static InspectionTable Files(IObjectStore store, TableMetadata metadata, Snapshot? snapshot, string name, Func<ManifestContent, bool> wanted)
    {
        var columns = new InspectionColumns();
        var shape = new FileShape(metadata, columns);
        foreach (var (field, type) in shape.Members)
        {
            columns.Add(field, type);
        }

        columns.Add("readable_metrics", shape.Metrics.Type);
        return new InspectionTable(name, columns.Fields, RowsAsync(store, metadata, snapshot, wanted, entry => [.. shape.Values(entry.DataFile), shape.Metrics.Of(entry.DataFile)], live: true));
    }

    public static InspectionTable Entries(IObjectStore store, TableMetadata metadata, Snapshot? snapshot)
    {
        var columns = new InspectionColumns();
        var shape = new FileShape(metadata, columns);
        columns.Add("status", IcebergType.Int).Add("snapshot_id", IcebergType.Long).Add("sequence_number", IcebergType.Long).Add("file_sequence_number", IcebergType.Long)
            .Add("data_file", columns.Struct([.. shape.Members])).Add("readable_metrics", shape.Metrics.Type);
        return new InspectionTable("entries", columns.Fields, RowsAsync(store, metadata, snapshot, _ => true, entry =>
            [(int)entry.Status, entry.SnapshotId, entry.SequenceNumber, entry.FileSequenceNumber, shape.Values(entry.DataFile), shape.Metrics.Of(entry.DataFile)], live: false));
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(
        IObjectStore store,
        TableMetadata metadata,
        Snapshot? snapshot,
        Func<ManifestContent, bool> wanted,
        Func<ManifestEntry, object?[]> row,
        bool live,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var manifest in snapshot is null ? [] : await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false))
        {
            if (!wanted(manifest.Content))
            {
                continue;
            }

            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, metadata, cancellationToken).ConfigureAwait(false))
            {
                if (entry.IsLive || !live)
                {
                    yield return row(entry);
                }
            }
        }
    }

    /// <summary>The struct <c>data_file</c> as it is shown.</summary>
    private sealed class FileShape
    {
        private readonly UnifiedPartition partition;

        public FileShape(TableMetadata metadata, InspectionColumns columns)
        {
            partition = new UnifiedPartition(metadata);
            Metrics = new ReadableMetrics(metadata.CurrentSchema, columns);
            Members.AddRange([("content", IcebergType.Int), ("file_path", IcebergType.String), ("file_format", IcebergType.String), ("spec_id", IcebergType.Int)]);
            if (partition.Type.Fields.Count > 0)
            {
                Members.Add(("partition", partition.Type));
            }

            Members.AddRange(
            [
                ("record_count", IcebergType.Long), ("file_size_in_bytes", IcebergType.Long), ("column_sizes", columns.Map(IcebergType.Int, IcebergType.Long)),
                ("value_counts", columns.Map(IcebergType.Int, IcebergType.Long)), ("null_value_counts", columns.Map(IcebergType.Int, IcebergType.Long)),
                ("nan_value_counts", columns.Map(IcebergType.Int, IcebergType.Long)), ("lower_bounds", columns.Map(IcebergType.Int, IcebergType.Binary)),
                ("upper_bounds", columns.Map(IcebergType.Int, IcebergType.Binary)), ("key_metadata", IcebergType.Binary), ("split_offsets", columns.List(IcebergType.Long)),
                ("equality_ids", columns.List(IcebergType.Int)), ("sort_order_id", IcebergType.Int), ("first_row_id", IcebergType.Long), ("referenced_data_file", IcebergType.String),
                ("content_offset", IcebergType.Long), ("content_size_in_bytes", IcebergType.Long),
            ]);
        }

        public List<(string Name, IcebergType Type)> Members { get; } = [];

        public ReadableMetrics Metrics { get; }

        public object?[] Values(DataFile file)
        {
            var values = new List<object?> { (int)file.Content, file.FilePath, file.FileFormat, file.SpecId };
            if (partition.Type.Fields.Count > 0)
            {
                values.Add(partition.ValuesOf(file));
            }

            values.AddRange(
            [
                file.RecordCount, file.FileSizeInBytes, Pairs(file.ColumnSizes), Pairs(file.ValueCounts), Pairs(file.NullValueCounts), Pairs(file.NanValueCounts), Pairs(file.LowerBounds),
                Pairs(file.UpperBounds), file.KeyMetadata, Boxed(file.SplitOffsets), Boxed(file.EqualityIds), file.SortOrderId, file.FirstRowId, file.ReferencedDataFile, file.ContentOffset,
                file.ContentSizeInBytes,
            ]);
            return [.. values];
        }

        private static List<object?>? Boxed<T>(IReadOnlyList<T>? values) => values?.Select(value => (object?)value).ToList();

        private static List<KeyValuePair<object, object?>>? Pairs<T>(IReadOnlyDictionary<int, T>? pairs) =>
            pairs?.OrderBy(pair => pair.Key).Select(pair => new KeyValuePair<object, object?>(pair.Key, pair.Value)).ToList();
    }
}
