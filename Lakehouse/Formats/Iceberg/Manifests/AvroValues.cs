using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads values of manifests whatever Avro type their writer chose, as long as it can hold what the specification wants.</summary>
internal static class AvroValues
{
    public static long? Long(ref AvroReader reader, AvroType type) => reader.Enter(type) switch
    {
        null => null,
        { Kind: AvroKind.Int or AvroKind.Long } => reader.ReadLong(),
        var other => throw Wrong("a number", other),
    };

    public static int? Int(ref AvroReader reader, AvroType type) => reader.Enter(type) switch
    {
        null => null,
        { Kind: AvroKind.Int or AvroKind.Long } => reader.ReadInt(),
        var other => throw Wrong("a number", other),
    };

    public static bool? Bool(ref AvroReader reader, AvroType type) => reader.Enter(type) switch
    {
        null => null,
        { Kind: AvroKind.Boolean } => reader.ReadBoolean(),
        var other => throw Wrong("a boolean", other),
    };

    public static string? String(ref AvroReader reader, AvroType type) => reader.Enter(type) switch
    {
        null => null,
        { Kind: AvroKind.String or AvroKind.Bytes } => reader.ReadString(),
        var other => throw Wrong("a string", other),
    };

    public static byte[]? Bytes(ref AvroReader reader, AvroType type) => reader.Enter(type) switch
    {
        null => null,
        { Kind: AvroKind.String or AvroKind.Bytes } => reader.ReadBytes().ToArray(),
        { Kind: AvroKind.Fixed } entered => reader.ReadFixed(entered.Size).ToArray(),
        var other => throw Wrong("bytes", other),
    };

    public static List<T>? List<T>(ref AvroReader reader, AvroType type, ReadValue<T> read)
    {
        if (reader.Enter(type) is not { } array)
        {
            return null;
        }

        if (array.Kind != AvroKind.Array)
        {
            throw Wrong("a list", array);
        }

        var list = new List<T>();
        for (var count = reader.ReadBlock(array.Items!); count > 0; count = reader.ReadBlock(array.Items!))
        {
            CheckLength(list.Count, count);
            list.EnsureCapacity(list.Count + count);
            for (var i = 0; i < count; i++)
            {
                list.Add(read(ref reader, array.Items!));
            }
        }

        return list;
    }

    /// <summary>A map with integer keys: an array of records of key and value.</summary>
    public static Dictionary<int, T>? Map<T>(ref AvroReader reader, AvroType type, ReadValue<T> read)
    {
        if (reader.Enter(type) is not { } array)
        {
            return null;
        }

        if (array is not { Kind: AvroKind.Array, Items: { Kind: AvroKind.Record } item })
        {
            throw Wrong("a map", array);
        }

        var keyIndex = item.Fields.FindIndex(field => field.Name == "key");
        var valueIndex = item.Fields.FindIndex(field => field.Name == "value");
        if (keyIndex < 0 || valueIndex < 0)
        {
            throw LakehouseException.InvalidData("a map's items are no records of key and value");
        }

        var map = new Dictionary<int, T>();
        for (var count = reader.ReadBlock(item); count > 0; count = reader.ReadBlock(item))
        {
            CheckLength(map.Count, count);
            map.EnsureCapacity(map.Count + count);
            for (var i = 0; i < count; i++)
            {
                ReadItem(ref reader, item, keyIndex, valueIndex, map, read);
            }
        }

        return map;
    }

    public static LakehouseException Wrong(string expected, AvroType found) => LakehouseException.InvalidData($"expected {expected}, the file has Avro {found.Kind.ToString().ToLowerInvariant()}");

    private static void ReadItem<T>(ref AvroReader reader, AvroType item, int keyIndex, int valueIndex, Dictionary<int, T> map, ReadValue<T> read)
    {
        int? key = null;
        T? value = default;
        var present = false;
        for (var i = 0; i < item.Fields.Count; i++)
        {
            var type = item.Fields[i].Type;
            if (i == keyIndex)
            {
                key = Int(ref reader, type);
            }
            else if (i == valueIndex)
            {
                value = read(ref reader, type);
                present = value is not null;
            }
            else
            {
                reader.Skip(type);
            }
        }

        // An entry whose value is null says nothing of its column.
        if (present)
        {
            map[key ?? throw LakehouseException.InvalidData("a map has a null key")] = value!;
        }
    }

    private static void CheckLength(int have, int more)
    {
        if (have > int.MaxValue / 4 - more)
        {
            throw LakehouseException.InvalidData("Avro: an array is too long");
        }
    }

    public delegate T ReadValue<out T>(ref AvroReader reader, AvroType type);
}
