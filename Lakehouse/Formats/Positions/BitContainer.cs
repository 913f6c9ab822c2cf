using System.Numerics;

namespace Lakehouse.Formats.Positions;

/// <summary>Values as 65,536 bits.</summary>
internal sealed class BitContainer : PositionContainer
{
    public const int WordCount = Capacity / 64;

    private readonly ulong[] words = new ulong[WordCount];
    private int count;

    public Span<ulong> Words => words;

    public override int Cardinality => count;

    public override ushort Maximum
    {
        get
        {
            var index = words.AsSpan().LastIndexOfAnyExcept(0UL);
            return (ushort)((index << 6) | BitOperations.Log2(words[index]));
        }
    }

    public override bool Contains(ushort value) => (words[value >> 6] & (1UL << (value & 63))) != 0;

    public override void Find(ReadOnlySpan<long> positions, Span<byte> found)
    {
        var bits = words;
        for (var i = 0; i < positions.Length; i++)
        {
            var value = (ushort)positions[i];
            found[i] = (byte)((bits[value >> 6] >> (value & 63)) & 1);
        }
    }

    public override PositionContainer Add(ushort value)
    {
        ref var word = ref words[value >> 6];
        var bit = 1UL << (value & 63);
        count += (word & bit) == 0 ? 1 : 0;
        word |= bit;
        return this;
    }

    /// <summary>Counts again, after the words were changed from outside.</summary>
    public void Recount()
    {
        count = 0;
        foreach (var word in words)
        {
            count += BitOperations.PopCount(word);
        }
    }

    public void SetRange(int first, int last)
    {
        var (from, to) = (first >> 6, last >> 6);
        var head = ulong.MaxValue << (first & 63);
        var tail = ulong.MaxValue >> (63 - (last & 63));
        if (from == to)
        {
            words[from] |= head & tail;
        }
        else
        {
            words[from] |= head;
            words.AsSpan(from + 1, to - from - 1).Fill(ulong.MaxValue);
            words[to] |= tail;
        }

        Recount();
    }

    /// <summary>This container, or an array when the values are few.</summary>
    public PositionContainer Fit()
    {
        if (count > MaxArray)
        {
            return this;
        }

        var values = new ushort[count];
        var length = 0;
        for (var i = 0; i < words.Length; i++)
        {
            for (var word = words[i]; word != 0; word &= word - 1)
            {
                values[length++] = (ushort)((i << 6) | BitOperations.TrailingZeroCount(word));
            }
        }

        return new ArrayContainer(values, length);
    }

    public override void SetIn(Span<ulong> words)
    {
        for (var i = 0; i < WordCount; i++)
        {
            words[i] |= this.words[i];
        }
    }

    public override void ClearIn(Span<ulong> words)
    {
        for (var i = 0; i < WordCount; i++)
        {
            words[i] &= ~this.words[i];
        }
    }

    /// <summary>The state is the next value to look at.</summary>
    public override int Fill(ref long state, ulong high, Span<long> target)
    {
        var taken = 0;
        var index = (int)state >> 6;
        var word = words[index] & (ulong.MaxValue << ((int)state & 63));
        while (true)
        {
            for (; word != 0; word &= word - 1)
            {
                var value = (index << 6) | BitOperations.TrailingZeroCount(word);
                if (taken == target.Length)
                {
                    state = value;
                    return taken;
                }

                target[taken++] = (long)(high | (uint)value);
            }

            if (++index == WordCount)
            {
                state = -1;
                return taken;
            }

            word = words[index];
        }
    }

    public override int CountRuns()
    {
        var runs = 0;
        var before = 0UL;
        foreach (var word in words)
        {
            // A run starts at a set bit whose lower neighbour is not set.
            runs += BitOperations.PopCount(word & ~((word << 1) | before));
            before = word >> 63;
        }

        return runs;
    }

    public override PositionContainer Copy()
    {
        var copy = new BitContainer();
        words.CopyTo(copy.words, 0);
        copy.count = count;
        return copy;
    }
}
