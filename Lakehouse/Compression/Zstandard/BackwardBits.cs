using System.Buffers.Binary;

namespace Lakehouse.Compression;

/// <summary>A stream of bits that is read from its end; its last byte ends in a set bit that is no part of it (RFC 8878, section 4.1.1.4).</summary>
internal ref struct BackwardBits
{
    private readonly ReadOnlySpan<byte> data;

    public BackwardBits(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || data[^1] == 0)
        {
            throw new InvalidDataException("Zstandard: a stream of bits has no end");
        }

        this.data = data;
        Left = (data.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)data[^1]) + 24 - 1;
    }

    /// <summary>Bits that are left; negative when more were taken than there are.</summary>
    public int Left { get; private set; }

    /// <summary>The next bits, up to 56, without taking them; zeros follow the last one.</summary>
    public readonly ulong Peek(int count)
    {
        var start = Left - count;
        if (start < 0)
        {
            return Left <= 0 ? 0 : Bits(0, Left) << -start;
        }

        return Bits(start, count);
    }

    public ulong Read(int count)
    {
        var bits = Peek(count);
        Left -= count;
        return bits;
    }

    public void Skip(int count) => Left -= count;

    private readonly ulong Bits(int start, int count)
    {
        if (count == 0)
        {
            return 0;
        }

        var at = start >> 3;
        ulong word;
        if (at + 8 <= data.Length)
        {
            word = BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);
        }
        else
        {
            word = 0;
            for (var i = data.Length - 1; i >= at; i--)
            {
                word = (word << 8) | data[i];
            }
        }

        return (word >> (start & 7)) & (ulong.MaxValue >> (64 - count));
    }
}
