using System.Globalization;
using System.Text.Json;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace LakeAspire.Golden.Tests;

/// <summary>What Spark's metadata tables say, out of our metadata and manifests. Compared is what the specification fixes.</summary>
internal static class MetadataTables
{
    public static string? Difference(GoldenRead read, IReadOnlyList<JsonElement> rows)
    {
        // Bounds stand in lower_bounds and upper_bounds too; how an engine spells them for people is its own affair.
        var known = rows.SelectMany(row => row.EnumerateObject().Select(member => member.Name)).ToHashSet(StringComparer.Ordinal);
        var leftOut = read.Columns.Where(column => rows.Count > 0 && !known.Contains(column)).ToList();
        var wanted = rows.Select(row => JsonSerializer.SerializeToElement(row.EnumerateObject().Where(member => read.Columns.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value)));
        return read.Columns.Count == leftOut.Count ? "no column to compare" : GoldenRows.Difference(read.Rows(), wanted, leftOut);
    }

    public static async Task<IReadOnlyList<JsonElement>?> ReadAsync(IObjectStore store, TableMetadata metadata, GoldenRead read)
    {
        if (read.MetadataTable is "snapshots")
        {
            return [.. metadata.Snapshots.Select(snapshot => Row(("snapshot_id", snapshot.SnapshotId), ("parent_id", snapshot.ParentSnapshotId), ("operation", snapshot.Operation), ("summary", Pairs(snapshot.Summary.Where(member => member.Key != "operation")))))];
        }

        if (read.MetadataTable is "refs")
        {
            return [.. metadata.Refs.Select(named => Row(
                ("name", named.Key), ("type", named.Value.Type.ToString().ToUpperInvariant()), ("snapshot_id", named.Value.SnapshotId), ("max_reference_age_in_ms", named.Value.MaxRefAgeMs),
                ("min_snapshots_to_keep", named.Value.MinSnapshotsToKeep), ("max_snapshot_age_in_ms", named.Value.MaxSnapshotAgeMs)))];
        }

        if (read.MetadataTable is "history")
        {
            var ancestors = new HashSet<long>();
            for (var snapshot = metadata.CurrentSnapshot; snapshot is not null; snapshot = snapshot.ParentSnapshotId is { } parent ? metadata.SnapshotById(parent) : null)
            {
                ancestors.Add(snapshot.SnapshotId);
            }

            return [.. metadata.SnapshotLog.Select(entry => Row(("snapshot_id", entry.SnapshotId), ("parent_id", metadata.SnapshotById(entry.SnapshotId)?.ParentSnapshotId), ("is_current_ancestor", ancestors.Contains(entry.SnapshotId))))];
        }

        if (metadata.CurrentSnapshot is not { } current)
        {
            return [];
        }

        var manifests = await ManifestListReader.ReadAsync(store, current, TestContext.Current.CancellationToken);
        return read.MetadataTable switch
        {
            "manifests" => [.. manifests.Select(Manifest)],
            "files" => await FilesAsync(store, metadata, manifests),
            "delete_files" => await FilesAsync(store, metadata, [.. manifests.Where(manifest => manifest.Content == ManifestContent.Deletes)]),
            "partitions" => await PartitionsAsync(store, metadata, manifests),
            _ => null,
        };
    }

    static JsonElement Manifest(ManifestFile manifest)
    {
        var isData = manifest.Content == ManifestContent.Data;
        return Row(
            ("content", (int)manifest.Content), ("partition_spec_id", manifest.PartitionSpecId),
            ("added_data_files_count", isData ? manifest.AddedFilesCount : 0), ("existing_data_files_count", isData ? manifest.ExistingFilesCount : 0), ("deleted_data_files_count", isData ? manifest.DeletedFilesCount : 0),
            ("added_delete_files_count", isData ? 0 : manifest.AddedFilesCount), ("existing_delete_files_count", isData ? 0 : manifest.ExistingFilesCount), ("deleted_delete_files_count", isData ? 0 : manifest.DeletedFilesCount));
    }

    static async Task<IReadOnlyList<JsonElement>> FilesAsync(IObjectStore store, TableMetadata metadata, IReadOnlyList<ManifestFile> manifests)
    {
        var rows = new List<JsonElement>();
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, manifests, TestContext.Current.CancellationToken))
        {
            var file = entry.DataFile;
            rows.Add(Row(
                ("content", (int)file.Content), ("file_format", file.FileFormat), ("spec_id", file.SpecId), ("record_count", file.RecordCount), ("file_size_in_bytes", file.FileSizeInBytes),
                ("equality_ids", file.EqualityIds), ("sort_order_id", file.SortOrderId), ("first_row_id", file.FirstRowId), ("content_offset", file.ContentOffset), ("content_size_in_bytes", file.ContentSizeInBytes),
                ("value_counts", Pairs(file.ValueCounts)), ("null_value_counts", Pairs(file.NullValueCounts)), ("nan_value_counts", Pairs(file.NanValueCounts)),
                ("lower_bounds", Pairs(file.LowerBounds)), ("upper_bounds", Pairs(file.UpperBounds))));
        }

        return rows;
    }

    static async Task<IReadOnlyList<JsonElement>> PartitionsAsync(IObjectStore store, TableMetadata metadata, IReadOnlyList<ManifestFile> manifests)
    {
        var fields = metadata.PartitionSpecs.SelectMany(spec => spec.Fields).GroupBy(field => field.FieldId).Select(group => group.Last()).ToList();
        var partitions = new Dictionary<string, (JsonElement Partition, int Spec, List<DataFile> Files)>(StringComparer.Ordinal);
        await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, manifests, TestContext.Current.CancellationToken))
        {
            var spec = metadata.SpecById(entry.DataFile.SpecId)!;
            var partition = JsonSerializer.SerializeToElement(fields.ToDictionary(field => field.Name, field => Value(metadata, spec, field, entry.DataFile)));
            var key = partition.GetRawText();
            if (!partitions.TryGetValue(key, out var found))
            {
                partitions[key] = found = (partition, spec.SpecId, []);
            }

            partitions[key] = found with { Spec = Math.Max(found.Spec, spec.SpecId) };
            found.Files.Add(entry.DataFile);
        }

        return [.. partitions.Values.Select(partition => Row(
            ("partition", partition.Partition), ("spec_id", partition.Spec), ("record_count", Records(partition.Files, FileContent.Data)), ("file_count", Files(partition.Files, FileContent.Data)),
            ("total_data_file_size_in_bytes", partition.Files.Where(file => file.Content == FileContent.Data).Sum(file => file.FileSizeInBytes)),
            ("position_delete_record_count", Records(partition.Files, FileContent.PositionDeletes)), ("position_delete_file_count", Files(partition.Files, FileContent.PositionDeletes)),
            ("equality_delete_record_count", Records(partition.Files, FileContent.EqualityDeletes)), ("equality_delete_file_count", Files(partition.Files, FileContent.EqualityDeletes))))];
    }

    static object? Value(TableMetadata metadata, PartitionSpec spec, PartitionField field, DataFile file)
    {
        var index = spec.Fields.ToList().FindIndex(candidate => candidate.FieldId == field.FieldId);
        if (index < 0 || file.Partition[index] is not { } value)
        {
            return null;
        }

        var source = metadata.Schemas.Select(schema => SchemaFields.All(schema).FirstOrDefault(candidate => candidate.Field.Id == field.SourceId).Field).First(found => found is not null);
        var type = field.Transform.ResultType(source.Type);
        return value switch
        {
            int when type == IcebergType.Int => value,
            long when type == IcebergType.Long => value,
            bool => value,
            float number when !float.IsFinite(number) => GoldenRows.Named(number),
            double number when !double.IsFinite(number) => GoldenRows.Named(number),
            float or double => value,
            long when type == IcebergType.TimestampTz => ValueText.Of(type, value).Replace(' ', 'T').Replace("+00:00", "Z", StringComparison.Ordinal),
            long when type == IcebergType.Timestamp => ValueText.Of(type, value).Replace(' ', 'T'),
            _ => ValueText.Of(type, value),
        };
    }

    static long Records(IEnumerable<DataFile> files, FileContent content) => files.Where(file => file.Content == content).Sum(file => file.RecordCount);

    static int Files(IEnumerable<DataFile> files, FileContent content) => files.Count(file => file.Content == content);

    static object? Pairs<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? map) => map?.Select(pair => new object?[] { pair.Key, pair.Value is byte[] bytes ? Convert.ToHexStringLower(bytes) : pair.Value });

    static JsonElement Row(params (string Name, object? Value)[] members) => JsonSerializer.SerializeToElement(members.ToDictionary(member => member.Name, member => member.Value));
}
