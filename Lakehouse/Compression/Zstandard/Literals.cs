using System.Buffers.Binary;

namespace Lakehouse.Compression;

/// <summary>The literals of a block (RFC 8878, section 3.1.1.3.1).</summary>
internal sealed class Literals
{
    private const int MaxLength = 128 * 1024;

    private HuffmanTable? table;

    /// <summary>Reads the literals and moves <paramref name="data"/> behind them.</summary>
    public ReadOnlySpan<byte> Read(ref ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            throw Truncated();
        }

        var kind = data[0] & 3;
        return kind < 2 ? ReadPlain(ref data, isRepeated: kind == 1) : ReadPacked(ref data, hasTable: kind == 2);
    }

    private static ReadOnlySpan<byte> ReadPlain(ref ReadOnlySpan<byte> data, bool isRepeated)
    {
        var header = ((data[0] >> 2) & 3) switch
        {
            1 => 2,
            3 => 3,
            _ => 1,
        };
        var length = (int)(Number(data, header) >> (header == 1 ? 3 : 4));
        data = data[header..];
        var bytes = isRepeated ? 1 : length;
        if (length > MaxLength || bytes > data.Length)
        {
            throw Truncated();
        }

        var literals = data[..bytes];
        data = data[bytes..];
        if (!isRepeated)
        {
            return literals;
        }

        var repeated = new byte[length];
        repeated.AsSpan().Fill(literals[0]);
        return repeated;
    }

    private ReadOnlySpan<byte> ReadPacked(ref ReadOnlySpan<byte> data, bool hasTable)
    {
        var format = (data[0] >> 2) & 3;
        var (header, bits) = format switch
        {
            0 or 1 => (3, 10),
            2 => (4, 14),
            _ => (5, 18),
        };
        var number = Number(data, header) >> 4;
        var length = (int)(number & ((1UL << bits) - 1));
        var packedLength = (int)(number >> bits);
        data = data[header..];
        if (packedLength > data.Length || length > MaxLength)
        {
            throw Truncated();
        }

        var packed = data[..packedLength];
        data = data[packedLength..];
        table = hasTable ? HuffmanTable.Read(ref packed) : table ?? throw new InvalidDataException("Zstandard: a Huffman table is to be repeated, and there is none");
        var literals = new byte[length];
        if (format == 0)
        {
            table.Decode(packed, literals);
        }
        else
        {
            DecodeFour(table, packed, literals);
        }

        return literals;
    }

    private static void DecodeFour(HuffmanTable table, ReadOnlySpan<byte> packed, Span<byte> literals)
    {
        const int jumps = 6;
        var each = (literals.Length + 3) / 4;
        if (packed.Length < jumps || literals.Length < each * 3)
        {
            throw Truncated();
        }

        var streams = packed[jumps..];
        for (var i = 0; i < 4; i++)
        {
            var length = i < 3 ? BinaryPrimitives.ReadUInt16LittleEndian(packed[(i * 2)..]) : streams.Length;
            if (length > streams.Length)
            {
                throw Truncated();
            }

            table.Decode(streams[..length], i < 3 ? literals.Slice(i * each, each) : literals[(3 * each)..]);
            streams = streams[length..];
        }
    }

    private static ulong Number(ReadOnlySpan<byte> data, int bytes)
    {
        if (data.Length < bytes)
        {
            throw Truncated();
        }

        ulong number = 0;
        for (var i = 0; i < bytes; i++)
        {
            number |= (ulong)data[i] << (8 * i);
        }

        return number;
    }

    private static InvalidDataException Truncated() => new("Zstandard: the literals of a block are truncated");
}
