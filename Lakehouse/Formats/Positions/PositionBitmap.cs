using System.Collections;

namespace Lakehouse.Formats.Positions;

/// <summary>
/// A set of row positions as a roaring bitmap of 64 bits (Iceberg specification, "Deletion Vectors"; Delta protocol, "Deletion Vector Format"; RoaringFormatSpec, "Extension for
/// 64-bit Implementations"). Positions are in the order of unsigned numbers. Not for use by several threads while one changes it.
/// </summary>
public sealed class PositionBitmap : IEnumerable<long>
{
    private const int Batch = 1024;

    // Parallel lists, ordered by key: the upper 48 bits of the positions of each container.
    private readonly List<ulong> keys = [];
    private readonly List<PositionContainer> containers = [];
    private int last = -1;

    /// <summary>Number of positions.</summary>
    public long Cardinality => containers.Sum(container => (long)container.Cardinality);

    /// <summary>Whether there is no position.</summary>
    public bool IsEmpty => containers.Count == 0;

    /// <summary>The last position in order; −1 when there is none.</summary>
    public long Maximum => IsEmpty ? -1 : (long)((keys[^1] << 16) | containers[^1].Maximum);

    internal int ContainerCount => containers.Count;

    /// <summary>A bitmap of these positions, in any order.</summary>
    public static PositionBitmap Of(params ReadOnlySpan<long> positions)
    {
        var bitmap = new PositionBitmap();
        bitmap.AddAll(positions);
        return bitmap;
    }

    /// <summary>Reads the portable format; all bytes belong to the bitmap.</summary>
    /// <exception cref="LakehouseException">InvalidData: truncated, out of order, or contradictory.</exception>
    public static PositionBitmap Read(ReadOnlySpan<byte> bytes) => PositionBitmapReader.Read(bytes);

    /// <summary>The portable format, each container in its shortest form.</summary>
    public byte[] ToBytes() => PositionBitmapWriter.Write(this);

    /// <summary>Whether a position is in the set.</summary>
    public bool Contains(long position)
    {
        var index = keys.BinarySearch((ulong)position >> 16);
        return index >= 0 && containers[index].Contains((ushort)position);
    }

    /// <summary>Looks up many positions at once, fastest in ascending order. Several threads may do so while nobody changes the bitmap.</summary>
    /// <param name="positions">Positions.</param>
    /// <param name="found">As long; gets 1 where the position is in the set, else 0.</param>
    public void Find(ReadOnlySpan<long> positions, Span<byte> found)
    {
        for (var start = 0; start < positions.Length;)
        {
            var key = (ulong)positions[start] >> 16;
            var end = start + 1;
            while (end < positions.Length && (ulong)positions[end] >> 16 == key)
            {
                end++;
            }

            var index = keys.BinarySearch(key);
            if (index < 0)
            {
                found[start..end].Clear();
            }
            else
            {
                containers[index].Find(positions[start..end], found[start..end]);
            }

            start = end;
        }
    }

    /// <summary>Adds a position.</summary>
    public void Add(long position)
    {
        var key = (ulong)position >> 16;
        if (last < 0 || keys[last] != key)
        {
            last = keys.Count > 0 && keys[^1] < key ? ~keys.Count : keys.BinarySearch(key);
            if (last < 0)
            {
                last = ~last;
                keys.Insert(last, key);
                containers.Insert(last, ArrayContainer.Of((ushort)position));
                return;
            }
        }

        containers[last] = containers[last].Add((ushort)position);
    }

    /// <summary>Adds positions in any order; fastest in ascending order.</summary>
    public void AddAll(ReadOnlySpan<long> positions)
    {
        // In order, each container is filled once; sorting costs less than jumping between them.
        if (positions.Length > Batch && !IsAscending(positions))
        {
            var sorted = positions.ToArray();
            Array.Sort(sorted);
            positions = sorted;
        }

        foreach (var position in positions)
        {
            Add(position);
        }
    }

    /// <summary>Adds <paramref name="count"/> consecutive positions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative start or count, or an end past the largest position.</exception>
    public void AddRange(long start, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, long.MaxValue - start);
        for (var (from, end) = (start, start + count); from < end; from = (from | 0xffff) + 1)
        {
            var (first, final) = ((int)(from & 0xffff), (int)Math.Min(0xffff, (from & 0xffff) + (end - 1 - from)));
            var key = (ulong)from >> 16;
            var index = keys.BinarySearch(key);
            if (index >= 0)
            {
                containers[index] = containers[index].AddRange(first, final);
            }
            else
            {
                keys.Insert(~index, key);
                containers.Insert(~index, PositionContainer.Range(first, final));
            }

            if ((from | 0xffff) == long.MaxValue)
            {
                break;
            }
        }

        last = -1;
    }

    /// <summary>Adds all positions of another bitmap, which stays as it is.</summary>
    public void UnionWith(PositionBitmap other)
    {
        last = -1;
        var index = 0;
        for (var i = 0; i < other.keys.Count; i++)
        {
            while (index < keys.Count && keys[index] < other.keys[i])
            {
                index++;
            }

            if (index < keys.Count && keys[index] == other.keys[i])
            {
                containers[index] = containers[index].Union(other.containers[i]);
            }
            else
            {
                keys.Insert(index, other.keys[i]);
                containers.Insert(index, other.containers[i].Copy());
            }
        }
    }

    /// <summary>Takes all positions of another bitmap out; that one stays as it is.</summary>
    public void ExceptWith(PositionBitmap other)
    {
        last = -1;
        var kept = 0;
        for (var i = 0; i < keys.Count; i++)
        {
            var match = other.keys.BinarySearch(keys[i]);
            if ((match < 0 ? containers[i] : containers[i].Except(other.containers[match])) is { } rest)
            {
                (keys[kept], containers[kept]) = (keys[i], rest);
                kept++;
            }
        }

        keys.RemoveRange(kept, keys.Count - kept);
        containers.RemoveRange(kept, containers.Count - kept);
    }

    /// <summary>A bitmap of the same positions.</summary>
    public PositionBitmap Copy()
    {
        var copy = new PositionBitmap();
        copy.UnionWith(this);
        return copy;
    }

    /// <summary>Walks the positions in order in batches.</summary>
    public PositionCursor OpenCursor() => new(this);

    /// <summary>The positions in order.</summary>
    public IEnumerator<long> GetEnumerator()
    {
        var cursor = OpenCursor();
        var batch = new long[Batch];
        for (var count = cursor.Fill(batch); count > 0; count = cursor.Fill(batch))
        {
            for (var i = 0; i < count; i++)
            {
                yield return batch[i];
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether the other bitmap holds the same positions.</summary>
    public bool SetEquals(PositionBitmap other) => keys.SequenceEqual(other.keys) && containers.Zip(other.containers).All(pair => Same(pair.First, pair.Second));

    internal (ulong Key, PositionContainer Container) At(int index) => (keys[index], containers[index]);

    /// <summary>Adds a container whose key is greater than all others.</summary>
    internal void Append(ulong key, PositionContainer container)
    {
        keys.Add(key);
        containers.Add(container);
    }

    private static bool IsAscending(ReadOnlySpan<long> positions)
    {
        for (var i = 1; i < positions.Length; i++)
        {
            if (positions[i] < positions[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private static bool Same(PositionContainer left, PositionContainer right) =>
        left.Cardinality == right.Cardinality && left.ToBits().Words.SequenceEqual(right.ToBits().Words);
}
