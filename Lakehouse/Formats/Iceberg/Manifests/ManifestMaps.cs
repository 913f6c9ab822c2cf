using System.Runtime.CompilerServices;
using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Looks up one key in the integer-keyed maps of manifests: arrays of records of key and value. These loops take most of a plan's time, also of a process's first one: they are optimized at once.</summary>
internal static class ManifestMaps
{
    /// <summary>Whether a map, or a union of null and one, is as most writers lay it out: int key, then number or bytes, neither of them nullable.</summary>
    public static bool IsPairs(AvroType type) =>
        DataFileDecoder.NotNull(type) is { Kind: AvroKind.Array, Items: { Kind: AvroKind.Record, Fields: [{ Name: "key", Type.Kind: AvroKind.Int or AvroKind.Long }, { Name: "value" } value] } }
        && value.Type.Kind is AvroKind.Int or AvroKind.Long or AvroKind.Bytes or AvroKind.String;

    /// <summary>Passes over a map of plain pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SkipPairs(ref AvroReader reader, AvroType map)
    {
        var item = map.Items!;
        var isNumber = item.Fields[1].Type.Kind is AvroKind.Int or AvroKind.Long;
        for (var count = reader.ReadBlock(item); count > 0; count = reader.ReadBlock(item))
        {
            for (var i = 0; i < count; i++)
            {
                reader.SkipNumber();
                if (isNumber)
                {
                    reader.SkipNumber();
                }
                else
                {
                    reader.ReadBytes();
                }
            }
        }
    }

    /// <summary>The number under a key; −1 when the map has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long FindNumber(ReadOnlySpan<byte> data, AvroType map, bool isPairs, int key)
    {
        var reader = new AvroReader(data);
        if (!isPairs)
        {
            return AvroValues.Map(ref reader, map, static (ref AvroReader items, AvroType type) => AvroValues.Long(ref items, type))?.GetValueOrDefault(key) ?? -1;
        }

        var item = map.Items!;
        for (var count = reader.ReadBlock(item); count > 0; count = reader.ReadBlock(item))
        {
            for (var i = 0; i < count; i++)
            {
                if (reader.ReadLong() == key)
                {
                    return reader.ReadLong();
                }

                reader.SkipNumber();
            }
        }

        return -1;
    }

    /// <summary>Where the bytes under a key are, relative to <paramref name="data"/>; −1 when the map has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (int Start, int Length) FindBytes(ReadOnlySpan<byte> data, AvroType map, bool isPairs, int key)
    {
        var reader = new AvroReader(data);
        var found = (-1, 0);
        var item = map.Items!;
        if (isPairs)
        {
            for (var count = reader.ReadBlock(item); count > 0; count = reader.ReadBlock(item))
            {
                for (var i = 0; i < count; i++)
                {
                    var isKey = reader.ReadLong() == key;
                    var length = reader.ReadBytes().Length;
                    if (isKey)
                    {
                        return (reader.Position - length, length);
                    }
                }
            }

            return found;
        }

        // Other layouts are rare: all values are decoded, each with its place.
        return AvroValues.Map(ref reader, map, ReadPlace) is { } places && places.TryGetValue(key, out var place) && place is not null ? (place.Start, place.Length) : found;
    }

    private static Place? ReadPlace(ref AvroReader reader, AvroType type) => AvroValues.Bytes(ref reader, type) is { } bytes ? new Place(reader.Position - bytes.Length, bytes.Length) : null;

    private sealed record Place(int Start, int Length);
}
