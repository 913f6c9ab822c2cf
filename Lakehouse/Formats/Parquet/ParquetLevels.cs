using System.Buffers.Binary;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Formats.Parquet;

/// <summary>
/// Definition levels: small numbers as runs of one number and as numbers of a few bits packed together, each preceded by a varint that tells which and how many (Parquet's Encodings.md, "RLE").
/// </summary>
internal static class ParquetLevels
{
    /// <summary>Adds the positions of the levels that are below a threshold.</summary>
    /// <param name="levels">The encoded levels.</param>
    /// <param name="max">The highest level that the column has, from 1 to 127.</param>
    /// <param name="count">Levels to read.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="start">Position of the first level.</param>
    /// <param name="positions">Gets the positions.</param>
    /// <exception cref="LakehouseException">InvalidData: too few levels, or one too high.</exception>
    public static void AddBelow(ReadOnlySpan<byte> levels, int max, int count, int threshold, long start, PositionBitmap positions)
    {
        // A level takes at most seven bits, so that a run's is one byte, and a packed one lies in two.
        var width = 32 - int.LeadingZeroCount(max);
        for (var done = 0; done < count;)
        {
            var head = ReadHead(ref levels);
            var number = head >> 1;
            if ((head & 1) == 0)
            {
                var run = (int)Math.Min(number, (ulong)(count - done));
                if (Checked(Take(ref levels, 1)[0], max) < threshold && run > 0)
                {
                    positions.AddRange(start + done, run);
                }

                done += run;
                continue;
            }

            // Packed numbers come in groups of eight; the last group may hold more than there are levels.
            var packed = (int)Math.Min(number * 8, (ulong)(count - done));
            var bytes = Take(ref levels, (int)((((long)packed * width) + 7) / 8));
            for (var i = 0; i < packed; i++)
            {
                var bit = (long)i * width;
                var (at, shift) = ((int)(bit >> 3), (int)(bit & 7));
                var two = bytes[at] | (at + 1 < bytes.Length ? bytes[at + 1] << 8 : 0);
                if (Checked((two >> shift) & ((1 << width) - 1), max) < threshold)
                {
                    positions.Add(start + done + i);
                }
            }

            done += packed;
        }
    }

    /// <summary>The length of the levels of a page of version 1; they come after it.</summary>
    public static int LengthOf(ReadOnlySpan<byte> page)
    {
        var length = page.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(page);
        return length >= 0 && length <= page.Length - sizeof(int) ? length : throw LakehouseException.InvalidData("levels are cut off");
    }

    private static int Checked(int level, int max) => level <= max ? level : throw LakehouseException.InvalidData($"a definition level is {level} where {max} is the highest");

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> levels, int count)
    {
        if (count > levels.Length)
        {
            throw LakehouseException.InvalidData("definition levels are cut off");
        }

        var taken = levels[..count];
        levels = levels[count..];
        return taken;
    }

    private static ulong ReadHead(ref ReadOnlySpan<byte> levels)
    {
        var head = 0UL;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var unit = Take(ref levels, 1)[0];
            head |= (ulong)(unit & 0x7F) << shift;
            if (unit < 0x80)
            {
                return head;
            }
        }

        throw LakehouseException.InvalidData("a run of definition levels is too long");
    }
}
