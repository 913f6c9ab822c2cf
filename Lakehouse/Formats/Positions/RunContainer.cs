namespace Lakehouse.Formats.Positions;

/// <summary>Values as runs, in order and apart from each other.</summary>
internal sealed class RunContainer : PositionContainer
{
    private readonly Run[] runs;
    private int count;

    public RunContainer(Run[] runs)
    {
        this.runs = runs;
        count = 0;
        foreach (var run in runs)
        {
            count += run.Length;
        }
    }

    public ReadOnlySpan<Run> Runs => runs;

    public override int Cardinality => count;

    public override ushort Maximum => runs[^1].Last;

    public override bool Contains(ushort value)
    {
        var (low, high) = (0, runs.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value < runs[middle].First)
            {
                high = middle - 1;
            }
            else if (value > runs[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public override PositionContainer Add(ushort value)
    {
        if (Contains(value))
        {
            return this;
        }

        ref var last = ref runs[^1];
        if (value == last.Last + 1)
        {
            last = last with { Last = value };
            count++;
            return this;
        }

        return ToBits().Fit().Add(value);
    }

    public override void SetIn(Span<ulong> words)
    {
        foreach (var run in runs)
        {
            for (var (word, end) = (run.First >> 6, run.Last >> 6); word <= end; word++)
            {
                words[word] |= Mask(run, word);
            }
        }
    }

    public override void ClearIn(Span<ulong> words)
    {
        foreach (var run in runs)
        {
            for (var (word, end) = (run.First >> 6, run.Last >> 6); word <= end; word++)
            {
                words[word] &= ~Mask(run, word);
            }
        }
    }

    /// <summary>The state is the index of a run in the upper half, and the offset in it in the lower.</summary>
    public override int Fill(ref long state, ulong high, Span<long> target)
    {
        var taken = 0;
        var (index, offset) = ((int)(state >> 32), (int)state);
        while (index < runs.Length)
        {
            var run = runs[index];
            var count = Math.Min(run.Length - offset, target.Length - taken);
            var first = (long)(high | run.First) + offset;
            for (var i = 0; i < count; i++)
            {
                target[taken + i] = first + i;
            }

            taken += count;
            offset += count;
            if (offset < run.Length)
            {
                state = ((long)index << 32) | (uint)offset;
                return taken;
            }

            index++;
            offset = 0;
        }

        state = -1;
        return taken;
    }

    public override int CountRuns() => runs.Length;

    public override PositionContainer Copy() => new RunContainer([.. runs]);

    private static ulong Mask(Run run, int word)
    {
        var mask = ulong.MaxValue;
        mask = word == run.First >> 6 ? mask << (run.First & 63) : mask;
        return word == run.Last >> 6 ? mask & (ulong.MaxValue >> (63 - (run.Last & 63))) : mask;
    }
}
