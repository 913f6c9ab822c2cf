using System.Globalization;
using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Writes v2 and v3 manifest lists (specification, "Manifest Lists").</summary>
public static class ManifestListWriter
{
    /// <summary>A manifest list as bytes.</summary>
    /// <param name="snapshot">The snapshot that it belongs to.</param>
    /// <param name="manifests">Its manifests.</param>
    /// <param name="formatVersion">Format version of the table: 2, or 3, which keeps first row ids.</param>
    public static byte[] Write(Snapshot snapshot, IReadOnlyList<ManifestFile> manifests, int formatVersion = 2) => Write(snapshot, manifests, AvroCodec.Deflate, formatVersion);

    internal static byte[] Write(Snapshot snapshot, IReadOnlyList<ManifestFile> manifests, AvroCodec codec, int formatVersion = 2)
    {
        List<KeyValuePair<string, string>> properties =
            [
                new("snapshot-id", Text(snapshot.SnapshotId)),
                new("parent-snapshot-id", snapshot.ParentSnapshotId is { } parent ? Text(parent) : "null"),
                new("sequence-number", Text(snapshot.SequenceNumber)),
                new("format-version", Text(formatVersion)),
            ];
        if (snapshot.FirstRowId is { } firstRowId)
        {
            properties.Add(new("first-row-id", Text(firstRowId)));
        }

        var file = new AvroContainerWriter(ManifestSchemas.ManifestList(formatVersion), properties, codec);
        foreach (var manifest in manifests)
        {
            Write(file.Body, manifest, formatVersion);
            file.EndObject();
        }

        return file.Finish();
    }

    private static void Write(AvroWriter body, ManifestFile manifest, int formatVersion)
    {
        body.WriteString(manifest.ManifestPath);
        body.WriteLong(manifest.ManifestLength);
        body.WriteInt(manifest.PartitionSpecId);
        body.WriteInt((int)manifest.Content);
        body.WriteLong(manifest.SequenceNumber);
        body.WriteLong(manifest.MinSequenceNumber);
        body.WriteLong(manifest.AddedSnapshotId);
        body.WriteInt(Known(manifest.AddedFilesCount, manifest));
        body.WriteInt(Known(manifest.ExistingFilesCount, manifest));
        body.WriteInt(Known(manifest.DeletedFilesCount, manifest));
        body.WriteLong(Known(manifest.AddedRowsCount, manifest));
        body.WriteLong(Known(manifest.ExistingRowsCount, manifest));
        body.WriteLong(Known(manifest.DeletedRowsCount, manifest));
        if (body.WritePresence(manifest.Partitions is not null))
        {
            WriteSummaries(body, manifest.Partitions!);
        }

        WriteOptional(body, manifest.KeyMetadata);
        if (formatVersion >= 3 && body.WritePresence(manifest.FirstRowId is not null))
        {
            body.WriteLong(manifest.FirstRowId!.Value);
        }
    }

    private static void WriteSummaries(AvroWriter body, IReadOnlyList<PartitionFieldSummary> summaries)
    {
        body.WriteLong(summaries.Count);
        foreach (var summary in summaries)
        {
            body.WriteBoolean(summary.ContainsNull);
            if (body.WritePresence(summary.ContainsNan is not null))
            {
                body.WriteBoolean(summary.ContainsNan!.Value);
            }

            WriteOptional(body, summary.LowerBound);
            WriteOptional(body, summary.UpperBound);
        }

        if (summaries.Count > 0)
        {
            body.WriteLong(0);
        }
    }

    private static void WriteOptional(AvroWriter body, byte[]? bytes)
    {
        if (body.WritePresence(bytes is not null))
        {
            body.WriteBytes(bytes);
        }
    }

    // v1 allowed unknown counts, v2 requires them: whoever carries such a manifest over has to count first.
    private static T Known<T>(T? count, ManifestFile manifest)
        where T : struct => count ?? throw new ArgumentException($"{manifest.ManifestPath}: its counts are not known", nameof(manifest));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
