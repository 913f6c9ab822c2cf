namespace Lakehouse.Formats.Positions;

/// <summary>Up to <see cref="PositionContainer.MaxArray"/> values in order.</summary>
internal sealed class ArrayContainer(ushort[] values, int count) : PositionContainer
{
    private ushort[] values = values;
    private int count = count;

    public ReadOnlySpan<ushort> Values => values.AsSpan(0, count);

    public override int Cardinality => count;

    public static ArrayContainer Of(ushort value) => new([value, 0, 0, 0], 1);

    public override ushort Maximum => values[count - 1];

    public override bool Contains(ushort value) => Values.BinarySearch(value) >= 0;

    /// <summary>Walks both in step; only a step back searches anew.</summary>
    public override void Find(ReadOnlySpan<long> positions, Span<byte> found)
    {
        var held = Values;
        var (next, before) = (0, 0);
        for (var i = 0; i < positions.Length; i++)
        {
            var value = (ushort)positions[i];
            if (i == 0 || value < before)
            {
                next = held.BinarySearch(value);
                next = next < 0 ? ~next : next;
            }

            while (next < held.Length && held[next] < value)
            {
                next++;
            }

            found[i] = next < held.Length && held[next] == value ? (byte)1 : (byte)0;
            before = value;
        }
    }

    public override PositionContainer Add(ushort value)
    {
        var place = count;
        if (count > 0 && value <= values[count - 1])
        {
            place = Values.BinarySearch(value);
            if (place >= 0)
            {
                return this;
            }

            place = ~place;
        }

        if (count == MaxArray)
        {
            return ToBits().Add(value);
        }

        if (count == values.Length)
        {
            Array.Resize(ref values, Math.Min(MaxArray, Math.Max(8, count * 2)));
        }

        values.AsSpan(place, count - place).CopyTo(values.AsSpan(place + 1));
        values[place] = value;
        count++;
        return this;
    }

    public override void SetIn(Span<ulong> words)
    {
        foreach (var value in Values)
        {
            words[value >> 6] |= 1UL << (value & 63);
        }
    }

    public override void ClearIn(Span<ulong> words)
    {
        foreach (var value in Values)
        {
            words[value >> 6] &= ~(1UL << (value & 63));
        }
    }

    public override int Fill(ref long state, ulong high, Span<long> target)
    {
        var left = Values[(int)state..];
        var taken = Math.Min(left.Length, target.Length);
        for (var i = 0; i < taken; i++)
        {
            target[i] = (long)(high | left[i]);
        }

        state = taken == left.Length ? -1 : state + taken;
        return taken;
    }

    public override int CountRuns()
    {
        var runs = 0;
        var next = -1;
        foreach (var value in Values)
        {
            runs += value == next ? 0 : 1;
            next = value + 1;
        }

        return runs;
    }

    public override PositionContainer Copy() => new ArrayContainer(Values.ToArray(), count);

    public ArrayContainer Merge(ArrayContainer other)
    {
        var merged = new ushort[count + other.count];
        var (i, j, length) = (0, 0, 0);
        var left = Values;
        var right = other.Values;
        while (i < left.Length && j < right.Length)
        {
            var (a, b) = (left[i], right[j]);
            merged[length++] = Math.Min(a, b);
            i += a <= b ? 1 : 0;
            j += b <= a ? 1 : 0;
        }

        left[i..].CopyTo(merged.AsSpan(length));
        length += left.Length - i;
        right[j..].CopyTo(merged.AsSpan(length));
        length += right.Length - j;
        return new ArrayContainer(merged, length);
    }
}
