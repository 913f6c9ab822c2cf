using System.Buffers;
using System.Text.Unicode;

namespace Lakehouse.Sources.Lines;

/// <summary>Counts the events and the faulty lines of NDJSON that comes in pieces. Holds one line at most.</summary>
/// <param name="maxLineLength">Bytes that a line may have.</param>
public sealed class LineCounter(int maxLineLength) : IDisposable
{
    byte[] carry = ArrayPool<byte>.Shared.Rent(4096);
    int carried;
    bool started;

    /// <summary>Lines that are events.</summary>
    public long Events { get; private set; }

    /// <summary>Lines that are none and not blank either.</summary>
    public long Faulty { get; private set; }

    /// <summary>Takes in the next piece.</summary>
    /// <exception cref="LineTooLongException">A line is longer than lines may be.</exception>
    public void Add(ReadOnlySpan<byte> piece)
    {
        var last = piece.LastIndexOf((byte)'\n');
        if (last < 0)
        {
            Keep(piece);
            return;
        }

        if (carried > 0)
        {
            var first = piece.IndexOf((byte)'\n');
            Keep(piece[..first]);
            Count(carry.AsSpan(0, carried));
            carried = 0;
            Count(piece[(first + 1)..(last + 1)]);
        }
        else
        {
            Count(piece[..(last + 1)]);
        }

        Keep(piece[(last + 1)..]);
    }

    /// <summary>Says that nothing follows: counts the last line.</summary>
    public void Complete()
    {
        Count(carry.AsSpan(0, carried));
        carried = 0;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(carry);
        carry = [];
    }

    void Keep(ReadOnlySpan<byte> part)
    {
        if (carried + part.Length > maxLineLength)
        {
            throw new LineTooLongException(maxLineLength);
        }

        if (carried + part.Length > carry.Length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(carry.Length * 2, carried + part.Length));
            carry.AsSpan(0, carried).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(carry);
            carry = bigger;
        }

        part.CopyTo(carry.AsSpan(carried));
        carried += part.Length;
    }

    /// <summary>Counts whole lines.</summary>
    void Count(ReadOnlySpan<byte> lines)
    {
        if (!started && lines.Length > 0)
        {
            started = true;
            lines = LineText.WithoutMark(lines);
        }

        var isText = Utf8.IsValid(lines);
        for (var start = 0; start < lines.Length;)
        {
            var (kind, end, _, _) = JsonLineScanner.Scan(lines, start, FieldPlan.Nothing, []);
            if (end - start > maxLineLength)
            {
                throw new LineTooLongException(maxLineLength);
            }

            if (kind == LineKind.Object && (isText || Utf8.IsValid(lines[start..end])))
            {
                Events++;
            }
            else if (kind != LineKind.Blank)
            {
                Faulty++;
            }

            start = end + 1;
        }
    }
}

/// <summary>A line is longer than lines may be.</summary>
/// <param name="limit">Bytes that a line may have.</param>
public sealed class LineTooLongException(int limit) : Exception($"A line is longer than {limit} bytes.")
{
    /// <summary>Bytes that a line may have.</summary>
    public int Limit => limit;
}
