using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads the <c>data_file</c> struct by field ids, in whatever order its writer laid them out.</summary>
internal sealed class DataFileDecoder
{
    private static readonly Dictionary<string, int> IdsByName = new(StringComparer.Ordinal)
    {
        ["content"] = 134, ["file_path"] = 100, ["file_format"] = 101, ["partition"] = 102, ["record_count"] = 103, ["file_size_in_bytes"] = 104, ["column_sizes"] = 108,
        ["value_counts"] = 109, ["null_value_counts"] = 110, ["nan_value_counts"] = 137, ["lower_bounds"] = 125, ["upper_bounds"] = 128, ["key_metadata"] = 131,
        ["split_offsets"] = 132, ["equality_ids"] = 135, ["sort_order_id"] = 140, ["first_row_id"] = 142, ["referenced_data_file"] = 143, ["content_offset"] = 144,
        ["content_size_in_bytes"] = 145,
    };

    private readonly (int Id, AvroType Type)[] fields;
    private readonly PartitionDecoder? partition;
    private readonly AvroType? partitionType;
    private readonly int specId;

    public DataFileDecoder(AvroType record, PartitionSpec spec, IReadOnlyList<IcebergType?> partitionTypes)
    {
        if (record.Kind != AvroKind.Record)
        {
            throw AvroValues.Wrong("a data_file struct", record);
        }

        fields = FieldsOf(record);
        specId = spec.SpecId;
        var tuple = Array.Find(fields, field => field.Id == 102).Type;
        partitionType = tuple;
        partition = tuple is null ? null : new PartitionDecoder(NotNull(tuple), spec, partitionTypes);
    }

    public static int IdOf(AvroField field, Dictionary<string, int> idsByName) => field.FieldId ?? idsByName.GetValueOrDefault(field.Name, -1);

    /// <summary>The fields of a data file with their ids.</summary>
    public static (int Id, AvroType Type)[] FieldsOf(AvroType record) => record.Fields.Select(field => (IdOf(field, IdsByName), field.Type)).ToArray();

    /// <summary>The partition tuple in those bytes.</summary>
    public IReadOnlyList<object?> ReadPartition(ReadOnlySpan<byte> data)
    {
        var reader = new AvroReader(data);
        return partition is null || reader.Enter(partitionType!) is null ? [] : partition.Read(ref reader);
    }

    public DataFile Read(ref AvroReader reader)
    {
        string? path = null;
        string? format = null;
        long? records = null;
        long? size = null;
        var content = FileContent.Data;
        IReadOnlyList<object?> values = [];
        Dictionary<int, long>? columnSizes = null, valueCounts = null, nullCounts = null, nanCounts = null;
        Dictionary<int, byte[]>? lower = null, upper = null;
        byte[]? keyMetadata = null;
        List<long>? splitOffsets = null;
        List<int>? equalityIds = null;
        int? sortOrderId = null;
        long? firstRowId = null, contentOffset = null, contentSize = null;
        string? referenced = null;
        foreach (var (id, type) in fields)
        {
            switch (id)
            {
                case 134:
                    content = AvroValues.Int(ref reader, type) switch
                    {
                        null or 0 => FileContent.Data,
                        1 => FileContent.PositionDeletes,
                        2 => FileContent.EqualityDeletes,
                        var other => throw LakehouseException.InvalidData($"data_file.content is {other}"),
                    };
                    break;
                case 100: path = AvroValues.String(ref reader, type); break;
                case 101: format = AvroValues.String(ref reader, type); break;
                case 102:
                    // A union with null is allowed for; the struct itself is required.
                    values = reader.Enter(type) is null ? [] : partition!.Read(ref reader);
                    break;
                case 103: records = AvroValues.Long(ref reader, type); break;
                case 104: size = AvroValues.Long(ref reader, type); break;
                case 108: columnSizes = AvroValues.Map(ref reader, type, ReadLong); break;
                case 109: valueCounts = AvroValues.Map(ref reader, type, ReadLong); break;
                case 110: nullCounts = AvroValues.Map(ref reader, type, ReadLong); break;
                case 137: nanCounts = AvroValues.Map(ref reader, type, ReadLong); break;
                case 125: lower = AvroValues.Map(ref reader, type, ReadBytes); break;
                case 128: upper = AvroValues.Map(ref reader, type, ReadBytes); break;
                case 131: keyMetadata = AvroValues.Bytes(ref reader, type); break;
                case 132: splitOffsets = AvroValues.List(ref reader, type, ReadLong); break;
                case 135: equalityIds = AvroValues.List(ref reader, type, ReadInt); break;
                case 140: sortOrderId = AvroValues.Int(ref reader, type); break;
                case 142: firstRowId = AvroValues.Long(ref reader, type); break;
                case 143: referenced = AvroValues.String(ref reader, type); break;
                case 144: contentOffset = AvroValues.Long(ref reader, type); break;
                case 145: contentSize = AvroValues.Long(ref reader, type); break;
                default: reader.Skip(type); break;
            }
        }

        return new DataFile
        {
            FilePath = path ?? throw Missing("file_path"),
            Content = content,
            FileFormat = (format ?? throw Missing("file_format")).ToUpperInvariant(),
            SpecId = specId,
            Partition = values,
            RecordCount = records is >= 0 ? records.Value : throw Missing("record_count"),
            FileSizeInBytes = size is >= 0 ? size.Value : throw Missing("file_size_in_bytes"),
            ColumnSizes = columnSizes,
            ValueCounts = valueCounts,
            NullValueCounts = nullCounts,
            NanValueCounts = nanCounts,
            LowerBounds = lower,
            UpperBounds = upper,
            KeyMetadata = keyMetadata,
            SplitOffsets = splitOffsets,
            EqualityIds = equalityIds,
            SortOrderId = sortOrderId,
            FirstRowId = firstRowId,
            ReferencedDataFile = referenced,
            ContentOffset = contentOffset,
            ContentSizeInBytes = contentSize,
        };
    }

    internal static AvroType NotNull(AvroType type) => type.Kind == AvroKind.Union ? type.Branches.Find(branch => branch.Kind != AvroKind.Null) ?? type : type;

    private static long ReadLong(ref AvroReader reader, AvroType type) => AvroValues.Long(ref reader, type) ?? throw LakehouseException.InvalidData("a number of a list or map is null");

    private static int ReadInt(ref AvroReader reader, AvroType type) => AvroValues.Int(ref reader, type) ?? throw LakehouseException.InvalidData("a number of a list is null");

    private static byte[] ReadBytes(ref AvroReader reader, AvroType type) => AvroValues.Bytes(ref reader, type)!;

    private static LakehouseException Missing(string field) => LakehouseException.InvalidData($"data_file.{field} is missing or negative");
}
