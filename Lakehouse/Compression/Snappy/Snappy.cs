namespace Lakehouse.Compression;

/// <summary>
/// Snappy's raw format (google/snappy, <c>format_description.txt</c>): length of the data (varint), then elements, whose kind is in the lowest two bits of a tag: literal (0), copy with
/// an offset of 11 bits (1), 16 bits (2), 32 bits (3). There is no framing and no checksum.
/// </summary>
public static class Snappy
{
    // The densest element, a copy of 64 bytes, takes 3 bytes.
    private const int MostPerByte = 64;

    /// <summary>Unpacks data.</summary>
    /// <param name="packed">All of it.</param>
    /// <param name="maxLength">Most bytes that the data may have.</param>
    /// <exception cref="InvalidDataException">Truncated, malformed, or longer than allowed.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> packed, int maxLength)
    {
        var length = ReadLength(ref packed);
        if (length > maxLength || length > (long)packed.Length * MostPerByte)
        {
            throw new InvalidDataException($"Snappy: {packed.Length} bytes claim to hold {length}");
        }

        var data = new byte[length];
        var written = 0;
        while (packed.Length > 0)
        {
            var tag = packed[0];
            packed = packed[1..];
            if ((tag & 3) == 0)
            {
                var count = LiteralLength(tag, ref packed);
                if (count > packed.Length || count > data.Length - written)
                {
                    throw new InvalidDataException("Snappy: a literal is out of range");
                }

                packed[..(int)count].CopyTo(data.AsSpan(written));
                packed = packed[(int)count..];
                written += (int)count;
            }
            else
            {
                var (count, offset) = ReadCopy(tag, ref packed);
                if (offset == 0 || offset > written || count > data.Length - written)
                {
                    throw new InvalidDataException("Snappy: a copy is out of range");
                }

                Copy(data, written, (int)offset, count);
                written += count;
            }
        }

        return written == data.Length ? data : throw new InvalidDataException($"Snappy: {written} bytes where {length} were promised");
    }

    /// <summary>Packs data.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> data) => SnappyEncoder.Encode(data);

    private static uint ReadLength(ref ReadOnlySpan<byte> packed)
    {
        ulong length = 0;
        for (var i = 0; i < 5 && i < packed.Length; i++)
        {
            length |= (ulong)(packed[i] & 0x7f) << (7 * i);
            if (packed[i] < 0x80)
            {
                packed = packed[(i + 1)..];
                return length <= uint.MaxValue ? (uint)length : throw new InvalidDataException("Snappy: the length is out of range");
            }
        }

        throw new InvalidDataException("Snappy: the length is malformed");
    }

    private static long LiteralLength(byte tag, ref ReadOnlySpan<byte> packed)
    {
        var code = tag >> 2;
        return code < 60 ? code + 1 : ReadNumber(code - 59, ref packed) + 1L;
    }

    private static (int Count, uint Offset) ReadCopy(byte tag, ref ReadOnlySpan<byte> packed) => (tag & 3) switch
    {
        1 => (((tag >> 2) & 7) + 4, ((uint)(tag >> 5) << 8) | ReadNumber(1, ref packed)),
        2 => ((tag >> 2) + 1, ReadNumber(2, ref packed)),
        _ => ((tag >> 2) + 1, ReadNumber(4, ref packed)),
    };

    private static uint ReadNumber(int bytes, ref ReadOnlySpan<byte> packed)
    {
        if (packed.Length < bytes)
        {
            throw new InvalidDataException("Snappy: the data is truncated");
        }

        uint number = 0;
        for (var i = 0; i < bytes; i++)
        {
            number |= (uint)packed[i] << (8 * i);
        }

        packed = packed[bytes..];
        return number;
    }

    private static void Copy(byte[] data, int at, int offset, int count)
    {
        if (offset >= count)
        {
            data.AsSpan(at - offset, count).CopyTo(data.AsSpan(at));
            return;
        }

        // The copy overlaps what it writes: it repeats the last bytes.
        for (var i = 0; i < count; i++)
        {
            data[at + i] = data[at - offset + i];
        }
    }
}
