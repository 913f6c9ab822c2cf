using System.Numerics;

namespace Lakehouse.Compression;

/// <summary>A decoding table of finite state entropy (RFC 8878, section 4.1).</summary>
internal sealed class FseTable
{
    private readonly byte[] symbols;
    private readonly byte[] bits;
    private readonly ushort[] bases;

    /// <summary>Spreads the symbols over the states. A probability of −1 is "less than one": one state at the end.</summary>
    public FseTable(ReadOnlySpan<short> probabilities, int accuracy)
    {
        Accuracy = accuracy;
        var size = 1 << accuracy;
        symbols = new byte[size];
        bits = new byte[size];
        bases = new ushort[size];
        Span<ushort> next = stackalloc ushort[256];
        var high = size;
        for (var symbol = 0; symbol < probabilities.Length; symbol++)
        {
            if (probabilities[symbol] == -1)
            {
                symbols[--high] = (byte)symbol;
                next[symbol] = 1;
            }
        }

        var step = (size >> 1) + (size >> 3) + 3;
        var position = 0;
        for (var symbol = 0; symbol < probabilities.Length; symbol++)
        {
            if (probabilities[symbol] <= 0)
            {
                continue;
            }

            next[symbol] = (ushort)probabilities[symbol];
            for (var i = 0; i < probabilities[symbol]; i++)
            {
                symbols[position] = (byte)symbol;
                do
                {
                    position = (position + step) & (size - 1);
                }
                while (position >= high);
            }
        }

        for (var state = 0; state < size; state++)
        {
            var number = next[symbols[state]]++;
            bits[state] = (byte)(accuracy - BitOperations.Log2(number));
            bases[state] = (ushort)((number << bits[state]) - size);
        }
    }

    private FseTable(byte symbol) => (symbols, bits, bases) = ([symbol], [0], [0]);

    /// <summary>Bits of a first state.</summary>
    public int Accuracy { get; }

    /// <summary>A table of one symbol, which takes no bits.</summary>
    public static FseTable Single(byte symbol) => new(symbol);

    public byte Symbol(int state) => symbols[state];

    public int Next(int state, ref BackwardBits stream) => bases[state] + (int)stream.Read(bits[state]);

    /// <summary>Reads the description of a table (RFC 8878, section 4.1.1) and moves <paramref name="data"/> behind it.</summary>
    public static FseTable Read(ref ReadOnlySpan<byte> data, int maxAccuracy, int maxSymbol)
    {
        var reader = new ForwardBits(data);
        var accuracy = reader.Read(4) + 5;
        if (accuracy > maxAccuracy)
        {
            throw new InvalidDataException($"Zstandard: an accuracy of {accuracy} bits");
        }

        Span<short> probabilities = stackalloc short[256];
        var count = 0;
        var left = 1 << accuracy;
        while (left > 0)
        {
            if (count > maxSymbol)
            {
                throw new InvalidDataException("Zstandard: a table has too many symbols");
            }

            // A value of 0 to left+1 takes as many bits as that needs, the lower ones one less.
            var width = BitOperations.Log2((uint)left + 1) + 1;
            var value = reader.Peek(width);
            var mask = (1 << (width - 1)) - 1;
            var threshold = (1 << width) - 1 - (left + 1);
            if ((value & mask) < threshold)
            {
                value &= mask;
                reader.Skip(width - 1);
            }
            else
            {
                value -= value > mask ? threshold : 0;
                reader.Skip(width);
            }

            var probability = (short)(value - 1);
            left -= Math.Abs((int)probability);
            probabilities[count++] = probability;
            if (probability == 0)
            {
                count = SkipZeros(ref reader, count, maxSymbol);
            }
        }

        if (left < 0)
        {
            throw new InvalidDataException("Zstandard: the probabilities of a table don't add up");
        }

        data = data[reader.BytesTaken..];
        return new FseTable(probabilities[..count], accuracy);
    }

    private static int SkipZeros(ref ForwardBits reader, int count, int maxSymbol)
    {
        int repeat;
        do
        {
            repeat = reader.Read(2);
            count += repeat;
            if (count > maxSymbol + 1)
            {
                throw new InvalidDataException("Zstandard: a table has too many symbols");
            }
        }
        while (repeat == 3);
        return count;
    }
}
