using System.Numerics;

namespace Lakehouse.Compression;

/// <summary>A decoding table of Huffman codes (RFC 8878, section 4.2).</summary>
internal sealed class HuffmanTable
{
    private const int MaxBits = 11;
    private const int MaxWeightAccuracy = 6;

    private readonly byte[] symbols;
    private readonly byte[] bits;
    private readonly int width;

    private HuffmanTable(ReadOnlySpan<byte> weights)
    {
        var sum = 0;
        foreach (var weight in weights)
        {
            sum += weight == 0 ? 0 : 1 << (weight - 1);
        }

        width = sum == 0 ? 0 : BitOperations.Log2((uint)sum) + 1;
        var rest = (1 << width) - sum;
        if (width is 0 or > MaxBits || !BitOperations.IsPow2(rest) || weights.Length > 255)
        {
            throw new InvalidDataException("Zstandard: the weights of a Huffman table don't add up");
        }

        // The weight of the last symbol is what completes the sum.
        Span<byte> all = stackalloc byte[weights.Length + 1];
        weights.CopyTo(all);
        all[^1] = (byte)(BitOperations.Log2((uint)rest) + 1);
        symbols = new byte[1 << width];
        bits = new byte[1 << width];
        var start = 0;
        for (var weight = 1; weight <= width; weight++)
        {
            for (var symbol = 0; symbol < all.Length; symbol++)
            {
                if (all[symbol] == weight)
                {
                    var length = 1 << (weight - 1);
                    symbols.AsSpan(start, length).Fill((byte)symbol);
                    bits.AsSpan(start, length).Fill((byte)(width + 1 - weight));
                    start += length;
                }
            }
        }
    }

    /// <summary>Reads the description of a table and moves <paramref name="data"/> behind it.</summary>
    public static HuffmanTable Read(ref ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            throw new InvalidDataException("Zstandard: a Huffman table is truncated");
        }

        var header = data[0];
        data = data[1..];
        Span<byte> weights = stackalloc byte[256];
        var count = header < 128 ? ReadPacked(ref data, header, weights) : ReadDirect(ref data, header - 127, weights);
        foreach (var weight in weights[..count])
        {
            if (weight > MaxBits)
            {
                throw new InvalidDataException("Zstandard: a Huffman code is too long");
            }
        }

        return new HuffmanTable(weights[..count]);
    }

    public void Decode(ReadOnlySpan<byte> stream, Span<byte> target)
    {
        var reader = new BackwardBits(stream);
        for (var i = 0; i < target.Length; i++)
        {
            var code = reader.Peek(width);
            target[i] = symbols[code];
            reader.Skip(bits[code]);
        }

        if (reader.Left != 0)
        {
            throw new InvalidDataException("Zstandard: a stream of literals is not as long as promised");
        }
    }

    private static int ReadDirect(ref ReadOnlySpan<byte> data, int count, scoped Span<byte> weights)
    {
        var bytes = (count + 1) / 2;
        if (bytes > data.Length)
        {
            throw new InvalidDataException("Zstandard: a Huffman table is truncated");
        }

        for (var i = 0; i < count; i++)
        {
            weights[i] = (byte)(i % 2 == 0 ? data[i / 2] >> 4 : data[i / 2] & 15);
        }

        data = data[bytes..];
        return count;
    }

    private static int ReadPacked(ref ReadOnlySpan<byte> data, int length, scoped Span<byte> weights)
    {
        if (length > data.Length)
        {
            throw new InvalidDataException("Zstandard: a Huffman table is truncated");
        }

        var packed = data[..length];
        data = data[length..];
        var table = FseTable.Read(ref packed, MaxWeightAccuracy, 255);
        var reader = new BackwardBits(packed);
        Span<int> states = [(int)reader.Read(table.Accuracy), (int)reader.Read(table.Accuracy)];

        // Two states take turns. The one that finds no bits left was the last but one to give a weight.
        var count = 0;
        for (var turn = 0; ; turn ^= 1)
        {
            if (count > 253)
            {
                throw new InvalidDataException("Zstandard: a Huffman table has too many symbols");
            }

            weights[count++] = table.Symbol(states[turn]);
            states[turn] = table.Next(states[turn], ref reader);
            if (reader.Left < 0)
            {
                weights[count++] = table.Symbol(states[turn ^ 1]);
                return count;
            }
        }
    }
}
