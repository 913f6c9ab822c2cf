using Lakehouse.Formats.Avro;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads manifest lists (specification, "Manifest Lists"), of v1 to v3 and of any writer.</summary>
public static class ManifestListReader
{
    // Some writers name the counts after data files, as the first version of the format did.
    private static readonly Dictionary<string, int> IdsByName = new(StringComparer.Ordinal)
    {
        ["manifest_path"] = 500, ["manifest_length"] = 501, ["partition_spec_id"] = 502, ["content"] = 517, ["sequence_number"] = 515, ["min_sequence_number"] = 516,
        ["added_snapshot_id"] = 503, ["added_files_count"] = 504, ["added_data_files_count"] = 504, ["existing_files_count"] = 505, ["existing_data_files_count"] = 505,
        ["deleted_files_count"] = 506, ["deleted_data_files_count"] = 506, ["added_rows_count"] = 512, ["existing_rows_count"] = 513, ["deleted_rows_count"] = 514,
        ["partitions"] = 507, ["key_metadata"] = 519, ["first_row_id"] = 520,
    };

    private static readonly Dictionary<string, int> SummaryIdsByName = new(StringComparer.Ordinal)
    {
        ["contains_null"] = 509, ["contains_nan"] = 518, ["lower_bound"] = 510, ["upper_bound"] = 511,
    };

    /// <summary>The manifests of a snapshot, also of a v1 snapshot that names them itself.</summary>
    /// <exception cref="LakehouseException">InvalidData: the file is truncated or malformed.</exception>
    public static async Task<IReadOnlyList<ManifestFile>> ReadAsync(IObjectStore store, Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        Encryption.Refuse(snapshot);
        if (snapshot.ManifestList is { } location)
        {
            var stream = await store.OpenReadAsync(location, cancellationToken: cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                return await ReadAsync(stream, location, cancellationToken).ConfigureAwait(false);
            }
        }

        var manifests = new List<ManifestFile>();
        foreach (var path in snapshot.Manifests ?? [])
        {
            var (specId, content) = await ManifestReader.ReadHeaderAsync(store, path, cancellationToken).ConfigureAwait(false);
            manifests.Add(new ManifestFile { ManifestPath = path, ManifestLength = 0, PartitionSpecId = specId, Content = content, AddedSnapshotId = snapshot.SnapshotId });
        }

        return manifests;
    }

    /// <summary>The entries of a manifest list; the stream is not closed.</summary>
    public static async Task<IReadOnlyList<ManifestFile>> ReadAsync(Stream stream, string location, CancellationToken cancellationToken = default)
    {
        var what = $"manifest list {location}";
        var file = await AvroContainerReader.OpenAsync(stream, what, cancellationToken).ConfigureAwait(false);
        if (file.Schema.Kind != AvroKind.Record)
        {
            throw LakehouseException.InvalidData($"{what}: the Avro schema is no record");
        }

        var fields = file.Schema.Fields.Select(field => (DataFileDecoder.IdOf(field, IdsByName), field.Type)).ToArray();
        var manifests = new List<ManifestFile>();
        while (await file.NextBlockAsync(cancellationToken).ConfigureAwait(false) is var (count, data))
        {
            Decode(fields, count, data.Span, manifests, what);
        }

        return manifests;
    }

    private static void Decode((int Id, AvroType Type)[] fields, int count, ReadOnlySpan<byte> data, List<ManifestFile> manifests, string what)
    {
        var reader = new AvroReader(data);
        try
        {
            for (var i = 0; i < count; i++)
            {
                manifests.Add(Read(fields, ref reader));
            }
        }
        catch (LakehouseException error)
        {
            throw new LakehouseException(error.Kind, $"{what}: {error.Message}", error);
        }

        if (reader.Remaining > 0)
        {
            throw LakehouseException.InvalidData($"{what}: a block has {reader.Remaining} bytes too many");
        }
    }

    private static ManifestFile Read((int Id, AvroType Type)[] fields, ref AvroReader reader)
    {
        string? path = null;
        long? length = null, sequence = null, minSequence = null, addedSnapshot = null, addedRows = null, existingRows = null, deletedRows = null, firstRowId = null;
        int? specId = null, content = null, added = null, existing = null, deleted = null;
        List<PartitionFieldSummary>? partitions = null;
        byte[]? keyMetadata = null;
        foreach (var (id, type) in fields)
        {
            switch (id)
            {
                case 500: path = AvroValues.String(ref reader, type); break;
                case 501: length = AvroValues.Long(ref reader, type); break;
                case 502: specId = AvroValues.Int(ref reader, type); break;
                case 517: content = AvroValues.Int(ref reader, type); break;
                case 515: sequence = AvroValues.Long(ref reader, type); break;
                case 516: minSequence = AvroValues.Long(ref reader, type); break;
                case 503: addedSnapshot = AvroValues.Long(ref reader, type); break;
                case 504: added = AvroValues.Int(ref reader, type); break;
                case 505: existing = AvroValues.Int(ref reader, type); break;
                case 506: deleted = AvroValues.Int(ref reader, type); break;
                case 512: addedRows = AvroValues.Long(ref reader, type); break;
                case 513: existingRows = AvroValues.Long(ref reader, type); break;
                case 514: deletedRows = AvroValues.Long(ref reader, type); break;
                case 507: partitions = AvroValues.List(ref reader, type, ReadSummary); break;
                case 519: keyMetadata = AvroValues.Bytes(ref reader, type); break;
                case 520: firstRowId = AvroValues.Long(ref reader, type); break;
                default: reader.Skip(type); break;
            }
        }

        return new ManifestFile
        {
            ManifestPath = path ?? throw Missing("manifest_path"),
            ManifestLength = length ?? throw Missing("manifest_length"),
            PartitionSpecId = specId ?? throw Missing("partition_spec_id"),
            Content = content switch
            {
                null or 0 => ManifestContent.Data,
                1 => ManifestContent.Deletes,
                _ => throw LakehouseException.InvalidData($"manifest_file.content is {content}"),
            },
            SequenceNumber = sequence ?? 0,
            MinSequenceNumber = minSequence ?? 0,
            AddedSnapshotId = addedSnapshot ?? throw Missing("added_snapshot_id"),
            AddedFilesCount = added,
            ExistingFilesCount = existing,
            DeletedFilesCount = deleted,
            AddedRowsCount = addedRows,
            ExistingRowsCount = existingRows,
            DeletedRowsCount = deletedRows,
            Partitions = partitions,
            KeyMetadata = keyMetadata,
            FirstRowId = firstRowId,
        };
    }

    private static PartitionFieldSummary ReadSummary(ref AvroReader reader, AvroType type)
    {
        if (reader.Enter(type) is not { Kind: AvroKind.Record } record)
        {
            throw LakehouseException.InvalidData("manifest_file.partitions holds something else than field summaries");
        }

        bool? containsNull = null, containsNan = null;
        byte[]? lower = null, upper = null;
        foreach (var field in record.Fields)
        {
            switch (DataFileDecoder.IdOf(field, SummaryIdsByName))
            {
                case 509: containsNull = AvroValues.Bool(ref reader, field.Type); break;
                case 518: containsNan = AvroValues.Bool(ref reader, field.Type); break;
                case 510: lower = AvroValues.Bytes(ref reader, field.Type); break;
                case 511: upper = AvroValues.Bytes(ref reader, field.Type); break;
                default: reader.Skip(field.Type); break;
            }
        }

        return new PartitionFieldSummary(containsNull ?? throw Missing("partitions.contains_null"), containsNan, lower, upper);
    }

    private static LakehouseException Missing(string field) => LakehouseException.InvalidData($"manifest_file.{field} is missing");
}
