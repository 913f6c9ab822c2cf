using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads manifest entries and fills in what they inherit (specification, "Sequence Number Inheritance", "First Row ID Inheritance").</summary>
internal sealed class ManifestEntryDecoder
{
    private static readonly Dictionary<string, int> IdsByName = new(StringComparer.Ordinal)
    {
        ["status"] = 0, ["snapshot_id"] = 1, ["data_file"] = 2, ["sequence_number"] = 3, ["file_sequence_number"] = 4,
    };

    private readonly (int Id, AvroType Type)[] fields;
    private readonly DataFileDecoder dataFile;
    private readonly ManifestFile manifest;
    private readonly bool hasSequenceNumbers;
    private long? nextRowId;

    public ManifestEntryDecoder(AvroType record, PartitionSpec spec, IReadOnlyList<IcebergType?> partitionTypes, ManifestFile manifest)
    {
        if (record.Kind != AvroKind.Record)
        {
            throw AvroValues.Wrong("a manifest_entry struct", record);
        }

        this.manifest = manifest;
        fields = FieldsOf(record);
        var file = Array.Find(fields, field => field.Id == 2).Type ?? throw LakehouseException.InvalidData("the Avro schema has no data_file");
        dataFile = new DataFileDecoder(DataFileDecoder.NotNull(file), spec, partitionTypes);
        hasSequenceNumbers = Array.Exists(fields, field => field.Id == 3);
        nextRowId = manifest.FirstRowId;
    }

    /// <summary>The fields of an entry with their ids.</summary>
    public static (int Id, AvroType Type)[] FieldsOf(AvroType record) => record.Fields.Select(field => (DataFileDecoder.IdOf(field, IdsByName), field.Type)).ToArray();

    /// <summary>The entry in those bytes.</summary>
    /// <param name="data">Begin with the entry.</param>
    /// <param name="firstRowId">Row id that it inherits if it has none; null = none.</param>
    public ManifestEntry ReadOne(ReadOnlySpan<byte> data, long? firstRowId)
    {
        nextRowId = firstRowId;
        var reader = new AvroReader(data);
        return Read(ref reader);
    }

    /// <summary>The partition tuple in those bytes.</summary>
    public IReadOnlyList<object?> ReadPartition(ReadOnlySpan<byte> data) => dataFile.ReadPartition(data);

    public ManifestEntry Read(ref AvroReader reader)
    {
        int? status = null;
        long? snapshotId = null, sequenceNumber = null, fileSequenceNumber = null;
        DataFile? file = null;
        foreach (var (id, type) in fields)
        {
            switch (id)
            {
                case 0: status = AvroValues.Int(ref reader, type); break;
                case 1: snapshotId = AvroValues.Long(ref reader, type); break;
                case 3: sequenceNumber = AvroValues.Long(ref reader, type); break;
                case 4: fileSequenceNumber = AvroValues.Long(ref reader, type); break;
                case 2: file = reader.Enter(type) is null ? null : dataFile.Read(ref reader); break;
                default: reader.Skip(type); break;
            }
        }

        if (status is not (>= 0 and <= 2))
        {
            throw LakehouseException.InvalidData($"manifest_entry.status is {status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "missing"}");
        }

        if (file is null)
        {
            throw LakehouseException.InvalidData("manifest_entry.data_file is missing");
        }

        // Of v1, every file has sequence number 0. Numbers of a manifest that was rewritten from v1 entries are 0 as well.
        var inherits = status == (int)ManifestEntryStatus.Added || !hasSequenceNumbers || manifest.SequenceNumber == 0;
        var inherited = inherits ? (hasSequenceNumbers ? manifest.SequenceNumber : 0) : (long?)null;
        return new ManifestEntry(
            (ManifestEntryStatus)status.Value,
            snapshotId ?? manifest.AddedSnapshotId,
            sequenceNumber ?? inherited,
            fileSequenceNumber ?? inherited,
            WithRowId(file, (ManifestEntryStatus)status.Value));
    }

    private DataFile WithRowId(DataFile file, ManifestEntryStatus status)
    {
        if (nextRowId is not { } first || file.FirstRowId is not null || file.Content != FileContent.Data || status == ManifestEntryStatus.Deleted)
        {
            return file;
        }

        nextRowId = first + file.RecordCount;
        return file with { FirstRowId = first };
    }
}
