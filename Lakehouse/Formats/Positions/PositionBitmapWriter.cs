using System.Buffers;
using System.Buffers.Binary;

namespace Lakehouse.Formats.Positions;

/// <summary>Writes the layout that <see cref="PositionBitmapReader"/> states.</summary>
internal static class PositionBitmapWriter
{
    public static byte[] Write(PositionBitmap bitmap)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        var groups = new List<(uint High, int Start, int Count)>();
        for (var i = 0; i < bitmap.ContainerCount; i++)
        {
            var high = (uint)(bitmap.At(i).Key >> 16);
            if (groups.Count > 0 && groups[^1].High == high)
            {
                groups[^1] = groups[^1] with { Count = groups[^1].Count + 1 };
            }
            else
            {
                groups.Add((high, i, 1));
            }
        }

        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), groups.Count);
        buffer.Advance(8);
        foreach (var (high, start, count) in groups)
        {
            WriteInt(buffer, high);
            WriteContainers(buffer, bitmap, start, count);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteContainers(ArrayBufferWriter<byte> buffer, PositionBitmap bitmap, int start, int count)
    {
        var forms = new Form[count];
        for (var i = 0; i < count; i++)
        {
            var container = bitmap.At(start + i).Container;
            var plain = container.Cardinality <= PositionContainer.MaxArray ? container.Cardinality * 2 : BitContainer.WordCount * 8;
            var runs = container.CountRuns();
            forms[i] = 2 + (runs * 4) < plain ? new Form(container, runs, 2 + (runs * 4)) : new Form(container, -1, plain);
        }

        var hasRuns = Array.Exists(forms, form => form.Runs >= 0);
        var head = hasRuns ? 4 + ((count + 7) / 8) : 8;
        if (hasRuns)
        {
            WriteInt(buffer, (uint)(PositionBitmapReader.RunCookie | ((count - 1) << 16)));
            var flags = new byte[(count + 7) / 8];
            for (var i = 0; i < count; i++)
            {
                flags[i / 8] |= (byte)(forms[i].Runs >= 0 ? 1 << (i % 8) : 0);
            }

            buffer.Write(flags);
        }
        else
        {
            WriteInt(buffer, PositionBitmapReader.Cookie);
            WriteInt(buffer, (uint)count);
        }

        for (var i = 0; i < count; i++)
        {
            WriteShort(buffer, (ushort)bitmap.At(start + i).Key);
            WriteShort(buffer, (ushort)(forms[i].Container.Cardinality - 1));
        }

        if (!hasRuns || count >= PositionBitmapReader.LeastWithOffsets)
        {
            var offset = (uint)(head + (count * 8));
            foreach (var form in forms)
            {
                WriteInt(buffer, offset);
                offset += (uint)form.Length;
            }
        }

        foreach (var form in forms)
        {
            WriteContainer(buffer, form);
        }
    }

    private static void WriteContainer(ArrayBufferWriter<byte> buffer, Form form)
    {
        if (form.Runs >= 0)
        {
            WriteRuns(buffer, form);
        }
        else if (form.Container.Cardinality > PositionContainer.MaxArray)
        {
            var bits = form.Container as BitContainer ?? form.Container.ToBits();
            var span = buffer.GetSpan(form.Length);
            for (var i = 0; i < BitContainer.WordCount; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(span[(i * 8)..], bits.Words[i]);
            }

            buffer.Advance(form.Length);
        }
        else
        {
            var values = form.Container as ArrayContainer ?? (ArrayContainer)form.Container.ToBits().Fit();
            foreach (var value in values.Values)
            {
                WriteShort(buffer, value);
            }
        }
    }

    private static void WriteRuns(ArrayBufferWriter<byte> buffer, Form form)
    {
        WriteShort(buffer, (ushort)form.Runs);
        var values = new long[512];
        var state = 0L;
        var (first, last) = (-1L, -2L);
        while (state >= 0)
        {
            foreach (var value in values.AsSpan(0, form.Container.Fill(ref state, 0, values)))
            {
                if (value != last + 1)
                {
                    WriteRun(buffer, first, last);
                    first = value;
                }

                last = value;
            }
        }

        WriteRun(buffer, first, last);
    }

    private static void WriteRun(ArrayBufferWriter<byte> buffer, long first, long last)
    {
        if (first >= 0)
        {
            WriteShort(buffer, (ushort)first);
            WriteShort(buffer, (ushort)(last - first));
        }
    }

    private static void WriteInt(ArrayBufferWriter<byte> buffer, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    private static void WriteShort(ArrayBufferWriter<byte> buffer, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(2), value);
        buffer.Advance(2);
    }

    private sealed record Form(PositionContainer Container, int Runs, int Length);
}
