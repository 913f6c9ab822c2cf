using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The manifests of a snapshot as rows.</summary>
internal static class ManifestTable
{
    public static InspectionTable Of(IObjectStore store, TableMetadata metadata, Snapshot? snapshot)
    {
        var columns = new InspectionColumns();
        var summary = columns.Struct(("contains_null", IcebergType.Boolean), ("contains_nan", IcebergType.Boolean), ("lower_bound", IcebergType.String), ("upper_bound", IcebergType.String));
        columns.Add("content", IcebergType.Int).Add("path", IcebergType.String).Add("length", IcebergType.Long).Add("partition_spec_id", IcebergType.Int)
            .Add("added_snapshot_id", IcebergType.Long).Add("added_data_files_count", IcebergType.Int).Add("existing_data_files_count", IcebergType.Int)
            .Add("deleted_data_files_count", IcebergType.Int).Add("added_delete_files_count", IcebergType.Int).Add("existing_delete_files_count", IcebergType.Int)
            .Add("deleted_delete_files_count", IcebergType.Int).Add("partition_summaries", columns.List(summary));
        return new InspectionTable("manifests", columns.Fields, RowsAsync(store, metadata, snapshot));
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(
        IObjectStore store, TableMetadata metadata, Snapshot? snapshot, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var manifest in snapshot is null ? [] : await ManifestListReader.ReadAsync(store, snapshot, cancellationToken).ConfigureAwait(false))
        {
            var isData = manifest.Content == ManifestContent.Data;
            yield return
            [
                (int)manifest.Content, manifest.ManifestPath, manifest.ManifestLength, manifest.PartitionSpecId, manifest.AddedSnapshotId,
                Count(manifest.AddedFilesCount, isData), Count(manifest.ExistingFilesCount, isData), Count(manifest.DeletedFilesCount, isData),
                Count(manifest.AddedFilesCount, !isData), Count(manifest.ExistingFilesCount, !isData), Count(manifest.DeletedFilesCount, !isData), Summaries(metadata, manifest),
            ];
        }
    }

    // What a manifest is not about counts 0.
    private static object? Count(int? count, bool isMeant) => isMeant ? count : 0;

    private static List<object?>? Summaries(TableMetadata metadata, ManifestFile manifest)
    {
        if (manifest.Partitions is not { } summaries)
        {
            return null;
        }

        var spec = metadata.SpecById(manifest.PartitionSpecId);
        var types = spec?.ResultTypes(metadata.SchemasByAge());
        return summaries.Select(object? (summary, i) =>
        {
            var field = spec is not null && i < spec.Fields.Count ? spec.Fields[i] : null;
            return new object?[] { summary.ContainsNull, summary.ContainsNan, Text(field, types?[i], summary.LowerBound), Text(field, types?[i], summary.UpperBound) };
        }).ToList();
    }

    private static string? Text(PartitionField? field, IcebergType? type, byte[]? bound) => bound is null || field is null || type is null
        ? null
        : PartitionPath.Text(field.Transform, type, SingleValue.FromBytes(type, bound));
}
