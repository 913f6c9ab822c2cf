namespace Lakehouse.Formats.Positions;

/// <summary>The low 16 bits of the positions that share their other 48 bits. A change may give another container; the old one is then not used any more.</summary>
internal abstract class PositionContainer
{
    /// <summary>Values that one container can hold.</summary>
    public const int Capacity = 65536;

    /// <summary>Values up to which the portable format keeps an array; above it keeps bits.</summary>
    public const int MaxArray = 4096;

    /// <summary>Values held; at least 1.</summary>
    public abstract int Cardinality { get; }

    public abstract ushort Maximum { get; }

    public abstract bool Contains(ushort value);

    /// <summary>Looks up the low 16 bits of positions: 1 where they are held, else 0.</summary>
    public virtual void Find(ReadOnlySpan<long> positions, Span<byte> found)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            found[i] = Contains((ushort)positions[i]) ? (byte)1 : (byte)0;
        }
    }

    public abstract PositionContainer Add(ushort value);

    /// <summary>Sets the bits of the values in words that may have others set.</summary>
    public abstract void SetIn(Span<ulong> words);

    /// <summary>Clears the bits of the values.</summary>
    public abstract void ClearIn(Span<ulong> words);

    /// <summary>
    /// Copies values in order from <paramref name="state"/> on, each plus <paramref name="high"/>. The state is 0 at first, opaque in between, and −1 when nothing is left.
    /// </summary>
    public abstract int Fill(ref long state, ulong high, Span<long> target);

    /// <summary>Number of runs of consecutive values.</summary>
    public abstract int CountRuns();

    public abstract PositionContainer Copy();

    public BitContainer ToBits()
    {
        var bits = new BitContainer();
        SetIn(bits.Words);
        bits.Recount();
        return bits;
    }

    public static PositionContainer Range(int first, int last) => new RunContainer([new Run((ushort)first, (ushort)last)]);

    public PositionContainer AddRange(int first, int last)
    {
        var bits = this as BitContainer ?? ToBits();
        bits.SetRange(first, last);
        return bits.Fit();
    }

    public PositionContainer Union(PositionContainer other)
    {
        if (this is ArrayContainer left && other is ArrayContainer right && left.Cardinality + right.Cardinality <= MaxArray)
        {
            return left.Merge(right);
        }

        var bits = this as BitContainer ?? ToBits();
        other.SetIn(bits.Words);
        bits.Recount();
        return bits.Fit();
    }

    /// <summary>The values that <paramref name="other"/> does not hold; null when none is left.</summary>
    public PositionContainer? Except(PositionContainer other)
    {
        var bits = this as BitContainer ?? ToBits();
        other.ClearIn(bits.Words);
        bits.Recount();
        return bits.Cardinality == 0 ? null : bits.Fit();
    }
}

/// <summary>Consecutive values, both ends included.</summary>
internal readonly record struct Run(ushort First, ushort Last)
{
    public int Length => Last - First + 1;
}
