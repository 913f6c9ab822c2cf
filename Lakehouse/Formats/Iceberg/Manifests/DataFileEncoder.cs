using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Writes the <c>data_file</c> struct in the order of <see cref="ManifestSchemas.Manifest"/>.</summary>
internal sealed class DataFileEncoder(IReadOnlyList<IcebergType> partitionTypes, int formatVersion)
{
    public void Write(AvroWriter body, DataFile file)
    {
        body.WriteInt((int)file.Content);
        body.WriteString(file.FilePath);
        body.WriteString(file.FileFormat);
        for (var i = 0; i < partitionTypes.Count; i++)
        {
            if (body.WritePresence(file.Partition[i] is not null))
            {
                WriteValue(body, partitionTypes[i], file.Partition[i]!, file.FilePath);
            }
        }

        body.WriteLong(file.RecordCount);
        body.WriteLong(file.FileSizeInBytes);
        WriteMap(body, file.ColumnSizes);
        WriteMap(body, file.ValueCounts);
        WriteMap(body, file.NullValueCounts);
        WriteMap(body, file.NanValueCounts);
        WriteMap(body, file.LowerBounds);
        WriteMap(body, file.UpperBounds);
        if (body.WritePresence(file.KeyMetadata is not null))
        {
            body.WriteBytes(file.KeyMetadata);
        }

        WriteList(body, file.SplitOffsets?.ToList());
        WriteList(body, file.EqualityIds?.Select(id => (long)id).ToList());
        // Position deletes are sorted by file and position, never by an order of the table.
        var sortOrderId = file.Content == FileContent.PositionDeletes ? null : file.SortOrderId;
        if (body.WritePresence(sortOrderId is not null))
        {
            body.WriteInt(sortOrderId!.Value);
        }

        if (formatVersion >= 3)
        {
            WriteOptional(body, file.Content == FileContent.Data ? file.FirstRowId : null);
        }

        if (body.WritePresence(file.ReferencedDataFile is not null))
        {
            body.WriteString(file.ReferencedDataFile!);
        }

        if (formatVersion >= 3)
        {
            WriteOptional(body, file.ContentOffset);
            WriteOptional(body, file.ContentSizeInBytes);
        }
        else if (file.ContentOffset is not null)
        {
            throw new ArgumentException($"{file.FilePath}: a manifest of format version {formatVersion} has no place for deletion vectors", nameof(file));
        }
    }

    private static void WriteOptional(AvroWriter body, long? value)
    {
        if (body.WritePresence(value is not null))
        {
            body.WriteLong(value!.Value);
        }
    }

    private static void WriteValue(AvroWriter body, IcebergType type, object value, string path)
    {
        switch (value)
        {
            case bool flag when type == IcebergType.Boolean:
                body.WriteBoolean(flag);
                break;
            case int number when type == IcebergType.Int || type == IcebergType.Date:
                body.WriteInt(number);
                break;
            case long number when type is PrimitiveType { Name: "long" or "time" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns" }:
                body.WriteLong(number);
                break;
            case float number when type == IcebergType.Float:
                body.WriteFloat(float.IsNaN(number) ? BitConverter.Int32BitsToSingle(0x7fc00000) : number);
                break;
            case double number when type == IcebergType.Double:
                body.WriteDouble(double.IsNaN(number) ? BitConverter.Int64BitsToDouble(0x7ff8000000000000) : number);
                break;
            case string text when type == IcebergType.String:
                body.WriteString(text);
                break;
            case byte[] bytes when type == IcebergType.Binary:
                body.WriteBytes(bytes);
                break;
            case byte[] bytes when type is FixedType { Size: var size } && bytes.Length == size:
                body.WriteFixed(bytes);
                break;
            case Guid uuid when type == IcebergType.Uuid:
                body.WriteFixed(uuid.ToByteArray(bigEndian: true));
                break;
            case Int128 unscaled when type is DecimalType { Precision: var precision }:
                WriteDecimal(body, unscaled, DecimalBytes.RequiredLength(precision), path);
                break;
            default:
                throw new ArgumentException($"{path}: partition value of type {type} is not held as {value.GetType().Name}", nameof(value));
        }
    }

    private static void WriteDecimal(AvroWriter body, Int128 unscaled, int length, string path)
    {
        Span<byte> buffer = stackalloc byte[16];
        if (16 - DecimalBytes.WriteMinimal(unscaled, buffer) > length)
        {
            throw new ArgumentException($"{path}: a decimal partition value has more digits than its type", nameof(unscaled));
        }

        body.WriteFixed(buffer[(16 - length)..]);
    }

    private static void WriteMap(AvroWriter body, IReadOnlyDictionary<int, long>? map)
    {
        if (StartItems(body, map?.Count))
        {
            foreach (var (key, value) in map!)
            {
                body.WriteInt(key);
                body.WriteLong(value);
            }

            EndBlocks(body, map.Count);
        }
    }

    private static void WriteMap(AvroWriter body, IReadOnlyDictionary<int, byte[]>? map)
    {
        if (StartItems(body, map?.Count))
        {
            foreach (var (key, value) in map!)
            {
                body.WriteInt(key);
                body.WriteBytes(value);
            }

            EndBlocks(body, map.Count);
        }
    }

    private static void WriteList(AvroWriter body, List<long>? list)
    {
        if (StartItems(body, list?.Count))
        {
            foreach (var value in list!)
            {
                body.WriteLong(value);
            }

            EndBlocks(body, list.Count);
        }
    }

    private static bool StartItems(AvroWriter body, int? count)
    {
        if (!body.WritePresence(count is not null))
        {
            return false;
        }

        // The count of the one block that holds all items, or the end at once when there are none.
        body.WriteLong(count!.Value);
        return true;
    }

    private static void EndBlocks(AvroWriter body, int count)
    {
        if (count > 0)
        {
            body.WriteLong(0);
        }
    }
}
