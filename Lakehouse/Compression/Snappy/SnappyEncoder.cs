using System.Buffers.Binary;

namespace Lakehouse.Compression;

/// <summary>Packs greedily: in blocks of 64 KB, by a table of where four bytes were seen last.</summary>
internal static class SnappyEncoder
{
    private const int BlockLength = 65536;
    private const int HashBits = 14;
    private const int LeastMatch = 4;

    public static byte[] Encode(ReadOnlySpan<byte> data)
    {
        var packed = new byte[32L + data.Length + (data.Length / 6)];
        var length = 0;
        for (var rest = (uint)data.Length; ; rest >>= 7)
        {
            packed[length++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80)
            {
                break;
            }
        }

        var table = new int[1 << HashBits];
        for (var start = 0; start < data.Length; start += BlockLength)
        {
            table.AsSpan().Fill(-1);
            length = EncodeBlock(data.Slice(start, Math.Min(BlockLength, data.Length - start)), table, packed, length);
        }

        return packed[..length];
    }

    private static int EncodeBlock(ReadOnlySpan<byte> block, int[] table, byte[] packed, int length)
    {
        var (at, literal) = (0, 0);
        while (at + LeastMatch <= block.Length)
        {
            var four = BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);
            ref var seen = ref table[(four * 0x1E35A7BD) >> (32 - HashBits)];
            var candidate = seen;
            seen = at;
            if (candidate < 0 || BinaryPrimitives.ReadUInt32LittleEndian(block[candidate..]) != four)
            {
                // The longer nothing matched, the larger the steps.
                at += 1 + ((at - literal) >> 5);
                continue;
            }

            length = Literal(block[literal..at], packed, length);
            var match = LeastMatch + block[(at + LeastMatch)..].CommonPrefixLength(block[(candidate + LeastMatch)..]);
            length = Copies(at - candidate, match, packed, length);
            at += match;
            literal = at;
        }

        return Literal(block[literal..], packed, length);
    }

    private static int Literal(ReadOnlySpan<byte> bytes, byte[] packed, int length)
    {
        if (bytes.IsEmpty)
        {
            return length;
        }

        var count = bytes.Length - 1;
        if (count < 60)
        {
            packed[length++] = (byte)(count << 2);
        }
        else if (count < 256)
        {
            packed[length++] = 60 << 2;
            packed[length++] = (byte)count;
        }
        else
        {
            packed[length++] = 61 << 2;
            BinaryPrimitives.WriteUInt16LittleEndian(packed.AsSpan(length), (ushort)count);
            length += 2;
        }

        bytes.CopyTo(packed.AsSpan(length));
        return length + bytes.Length;
    }

    private static int Copies(int offset, int count, byte[] packed, int length)
    {
        while (count > 0)
        {
            // A rest of less than four bytes would be of no use as a copy with a short offset, but is right.
            var part = Math.Min(count, 64);
            packed[length++] = (byte)(((part - 1) << 2) | 2);
            BinaryPrimitives.WriteUInt16LittleEndian(packed.AsSpan(length), (ushort)offset);
            length += 2;
            count -= part;
        }

        return length;
    }
}
