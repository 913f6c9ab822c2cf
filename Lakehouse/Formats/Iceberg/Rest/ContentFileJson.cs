using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>
/// Data and delete files as REST scan plans have them (REST catalog specification, schemas "DataFile", "PositionDeleteFile" and "EqualityDeleteFile"). Partitions are arrays in the order of their spec's fields; bounds are binary values
/// in upper-case hexadecimal of the binary single-value serialization, the one of the schema's forms that the reference implementation takes. Beside the specified members it writes two that readers need and take:
/// <c>data-sequence-number</c> of files with row ids, and <c>referenced-data-file</c> of delete files.
/// </summary>
/// <param name="metadata">The table, whose specs tell the types of partition values.</param>
public sealed class ContentFileJson(TableMetadata metadata)
{
    private readonly Dictionary<int, IReadOnlyList<IcebergType?>> partitionTypes = [];

    /// <summary>Writes a file.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="file">The file.</param>
    /// <param name="statisticsOf">Ids of the fields whose statistics are written with a data file.</param>
    /// <param name="dataSequenceNumber">Its data sequence number, if known.</param>
    public void Write(Utf8JsonWriter json, DataFile file, IReadOnlySet<int>? statisticsOf = null, long? dataSequenceNumber = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(file);
        json.WriteStartObject();
        json.WriteNumber("spec-id", file.SpecId);
        json.WriteString("content", file.Content switch { FileContent.Data => "data", FileContent.PositionDeletes => "position-deletes", _ => "equality-deletes" });
        json.WriteString("file-path", file.FilePath);
        json.WriteString("file-format", file.IsDeletionVector() ? "puffin" : file.FileFormat.ToLowerInvariant());
        json.WriteStartArray("partition");
        var types = TypesOf(file.SpecId);
        for (var i = 0; i < file.Partition.Count; i++)
        {
            RestValues.Write(json, i < types.Count ? types[i] : null, file.Partition[i]);
        }

        json.WriteEndArray();
        json.WriteNumber("file-size-in-bytes", file.FileSizeInBytes);
        json.WriteNumber("record-count", file.RecordCount);
        if (file.Content == FileContent.Data && statisticsOf is not null)
        {
            WriteStatistics(json, file, statisticsOf);
        }

        WriteRest(json, file, dataSequenceNumber);
        json.WriteEndObject();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="LakehouseException">InvalidData names the member and the reason.</exception>
    public DataFile Read(JsonElement json)
    {
        var fields = new JsonFields(json, "content file");
        var content = fields.String("content") switch
        {
            "data" => FileContent.Data,
            "position-deletes" => FileContent.PositionDeletes,
            "equality-deletes" => FileContent.EqualityDeletes,
            var other => throw fields.Wrong("content", $"is \"{other}\", which is not known"),
        };
        var specId = fields.Int("spec-id");
        var types = TypesOf(specId);
        var partition = fields.Array("partition").Select((item, index) => RestValues.Read(item.Element, index < types.Count ? types[index] : null)).ToList();
        if (metadata.SpecById(specId) is { } spec && spec.Fields.Count != partition.Count)
        {
            throw fields.Wrong("partition", $"has {partition.Count} values, spec {specId} has {spec.Fields.Count} fields");
        }

        return new DataFile
        {
            Content = content,
            FilePath = fields.String("file-path"),
            FileFormat = fields.String("file-format").ToUpperInvariant(),
            SpecId = specId,
            Partition = partition,
            RecordCount = fields.Long("record-count"),
            FileSizeInBytes = fields.Long("file-size-in-bytes"),
            ColumnSizes = FieldMapJson.ReadCounts(fields, "column-sizes"),
            ValueCounts = FieldMapJson.ReadCounts(fields, "value-counts"),
            NullValueCounts = FieldMapJson.ReadCounts(fields, "null-value-counts"),
            NanValueCounts = FieldMapJson.ReadCounts(fields, "nan-value-counts"),
            LowerBounds = FieldMapJson.ReadBounds(fields, "lower-bounds"),
            UpperBounds = FieldMapJson.ReadBounds(fields, "upper-bounds"),
            KeyMetadata = fields.OptionalString("key-metadata") is { } key ? FieldMapJson.Bytes(key, fields.Path) : null,
            SplitOffsets = fields.Has("split-offsets") ? fields.Longs("split-offsets") : null,
            EqualityIds = fields.Has("equality-ids") ? fields.Ints("equality-ids") : null,
            SortOrderId = fields.OptionalInt("sort-order-id"),
            FirstRowId = fields.OptionalLong("first-row-id"),
            ReferencedDataFile = fields.OptionalString("referenced-data-file"),
            ContentOffset = fields.OptionalLong("content-offset"),
            ContentSizeInBytes = fields.OptionalLong("content-size-in-bytes"),
        };
    }

    private static void WriteStatistics(Utf8JsonWriter json, DataFile file, IReadOnlySet<int> statisticsOf)
    {
        FieldMapJson.Write(json, "column-sizes", file.ColumnSizes, statisticsOf, json.WriteNumberValue);
        FieldMapJson.Write(json, "value-counts", file.ValueCounts, statisticsOf, json.WriteNumberValue);
        FieldMapJson.Write(json, "null-value-counts", file.NullValueCounts, statisticsOf, json.WriteNumberValue);
        FieldMapJson.Write(json, "nan-value-counts", file.NanValueCounts, statisticsOf, json.WriteNumberValue);
        FieldMapJson.Write(json, "lower-bounds", file.LowerBounds, statisticsOf, bytes => json.WriteStringValue(Convert.ToHexString(bytes)));
        FieldMapJson.Write(json, "upper-bounds", file.UpperBounds, statisticsOf, bytes => json.WriteStringValue(Convert.ToHexString(bytes)));
    }

    private static void WriteRest(Utf8JsonWriter json, DataFile file, long? dataSequenceNumber)
    {
        if (file.KeyMetadata is { } key)
        {
            json.WriteString("key-metadata", Convert.ToHexString(key));
        }

        WriteNumbers(json, "split-offsets", file.SplitOffsets);
        WriteNumbers(json, "equality-ids", file.EqualityIds?.Select(id => (long)id));
        WriteNumber(json, "sort-order-id", file.SortOrderId);
        if (file.Content == FileContent.Data)
        {
            WriteNumber(json, "first-row-id", file.FirstRowId);
            WriteNumber(json, "data-sequence-number", file.FirstRowId is null ? null : dataSequenceNumber);
            return;
        }

        if (file.ReferencedDataFile is { } referenced)
        {
            json.WriteString("referenced-data-file", referenced);
        }

        WriteNumber(json, "content-offset", file.ContentOffset);
        WriteNumber(json, "content-size-in-bytes", file.ContentSizeInBytes);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long>? numbers)
    {
        if (numbers is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private IReadOnlyList<IcebergType?> TypesOf(int specId)
    {
        if (!partitionTypes.TryGetValue(specId, out var types))
        {
            partitionTypes[specId] = types = metadata.SpecById(specId)?.ResultTypes(metadata.SchemasByAge()) ?? [];
        }

        return types;
    }
}
