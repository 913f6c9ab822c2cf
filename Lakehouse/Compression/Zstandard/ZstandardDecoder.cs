using System.Buffers.Binary;

namespace Lakehouse.Compression;

/// <summary>
/// Unpacks Zstandard (RFC 8878), without dictionaries. A frame: magic <c>28 B5 2F FD</c>, descriptor, window, length of the data; blocks with a head of three bytes (last, kind, length):
/// raw, one repeated byte, or compressed; a checksum. Frames follow each other; skippable ones are skipped.
/// </summary>
public static class ZstandardDecoder
{
    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;
    private const int MaxBlock = 128 * 1024;

    /// <summary>Unpacks all frames.</summary>
    /// <param name="packed">All of them.</param>
    /// <param name="maxLength">Most bytes that the data may have.</param>
    /// <exception cref="InvalidDataException">Truncated, malformed, longer than allowed, or in need of a dictionary; checksums that are there are checked.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> packed, int maxLength)
    {
        var output = new Output(maxLength);
        if (packed.IsEmpty)
        {
            throw Truncated();
        }

        while (packed.Length > 0)
        {
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref packed, 4));
            if ((magic & 0xFFFFFFF0) == SkippableMagic)
            {
                Take(ref packed, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref packed, 4)));
            }
            else if (magic == Magic)
            {
                Frame(ref packed, output);
            }
            else
            {
                throw new InvalidDataException("Zstandard: a frame does not begin with the magic");
            }
        }

        return output.ToArray();
    }

    private static void Frame(ref ReadOnlySpan<byte> packed, Output output)
    {
        var descriptor = Take(ref packed, 1)[0];
        var isSingle = (descriptor & 0x20) != 0;
        if ((descriptor & 8) != 0)
        {
            throw new InvalidDataException("Zstandard: a reserved bit of a frame is set");
        }

        if (!isSingle)
        {
            Take(ref packed, 1);
        }

        if (Number(Take(ref packed, (descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 })) != 0)
        {
            throw new InvalidDataException("Zstandard: a frame needs a dictionary");
        }

        var lengthBytes = (descriptor >> 6) switch { 0 => isSingle ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        var length = Number(Take(ref packed, lengthBytes)) + (lengthBytes == 2 ? 256UL : 0);
        output.FrameStart = output.Length;
        Blocks(ref packed, output);
        var data = output.Since(output.FrameStart);
        if (lengthBytes > 0 && (ulong)data.Length != length)
        {
            throw new InvalidDataException($"Zstandard: {data.Length} bytes where {length} were promised");
        }

        if ((descriptor & 4) != 0 && BinaryPrimitives.ReadUInt32LittleEndian(Take(ref packed, 4)) != (uint)XxHash64.Of(data))
        {
            throw new InvalidDataException("Zstandard: a checksum is wrong");
        }
    }

    private static void Blocks(ref ReadOnlySpan<byte> packed, Output output)
    {
        var literals = new Literals();
        var sequences = new Sequences();
        while (true)
        {
            var header = (uint)Number(Take(ref packed, 3));
            var length = (int)(header >> 3);
            if (length > MaxBlock)
            {
                throw new InvalidDataException($"Zstandard: a block of {length} bytes");
            }

            switch ((header >> 1) & 3)
            {
                case 0:
                    output.Append(Take(ref packed, length));
                    break;
                case 1:
                    output.Fill(Take(ref packed, 1)[0], length);
                    break;
                case 2:
                    var block = Take(ref packed, length);
                    var own = literals.Read(ref block);
                    sequences.Decode(block, own, output);
                    break;
                default:
                    throw new InvalidDataException("Zstandard: a block is of a kind that is not known");
            }

            if ((header & 1) != 0)
            {
                return;
            }
        }
    }

    private static ulong Number(ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | bytes[i];
        }

        return number;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> packed, long count)
    {
        if (count > packed.Length)
        {
            throw Truncated();
        }

        var taken = packed[..(int)count];
        packed = packed[(int)count..];
        return taken;
    }

    private static InvalidDataException Truncated() => new("Zstandard: the data is truncated");
}
