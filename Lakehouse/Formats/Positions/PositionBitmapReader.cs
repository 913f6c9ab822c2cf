using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lakehouse.Formats.Positions;

/// <summary>
/// Reads the portable format, all numbers little-endian: number of bitmaps (8 bytes); for each its key, the upper 32 bits (4), and a bitmap of 32 bits:
/// cookie (4: 12346, then number of containers (4); or 12347 and the number less one in the upper half, then one bit for each container: is it of runs),
/// for each container its key (2) and cardinality less one (2), their offsets (4 each; absent with cookie 12347 and fewer than four), the containers:
/// up to 4096 values (2 each), 8192 bytes of bits, or a number of runs (2), for each its first value (2) and length less one (2).
/// </summary>
internal ref struct PositionBitmapReader
{
    public const int Cookie = 12346;
    public const int RunCookie = 12347;
    public const int LeastWithOffsets = 4;

    private ReadOnlySpan<byte> left;

    public static PositionBitmap Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new PositionBitmapReader { left = bytes };
        var count = BinaryPrimitives.ReadUInt64LittleEndian(reader.Take(8));
        var bitmap = new PositionBitmap();
        var before = -1L;
        // Each takes at least 12 bytes, so that a count that lies ends soon.
        for (ulong i = 0; i < count; i++)
        {
            var key = BinaryPrimitives.ReadUInt32LittleEndian(reader.Take(4));
            if (key <= before)
            {
                throw Wrong("its keys are not in order");
            }

            before = key;
            reader.ReadContainers(bitmap, key);
        }

        return reader.left.Length == 0 ? bitmap : throw Wrong($"{reader.left.Length} bytes follow its end");
    }

    private void ReadContainers(PositionBitmap bitmap, uint high)
    {
        var cookie = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        ReadOnlySpan<byte> areRuns = [];
        int count;
        if (cookie == Cookie)
        {
            var claimed = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
            count = claimed <= PositionContainer.Capacity ? (int)claimed : throw Wrong($"it claims {claimed} containers");
        }
        else if ((cookie & 0xffff) == RunCookie)
        {
            count = (int)(cookie >> 16) + 1;
            areRuns = Take((count + 7) / 8);
        }
        else
        {
            throw Wrong($"its cookie is {cookie}");
        }

        var heads = Take(count * 4);
        if (areRuns.IsEmpty || count >= LeastWithOffsets)
        {
            Take(count * 4);
        }

        var before = -1;
        for (var i = 0; i < count; i++)
        {
            var key = BinaryPrimitives.ReadUInt16LittleEndian(heads[(i * 4)..]);
            var cardinality = BinaryPrimitives.ReadUInt16LittleEndian(heads[((i * 4) + 2)..]) + 1;
            if (key <= before)
            {
                throw Wrong("its containers are not in order");
            }

            before = key;
            var isRun = !areRuns.IsEmpty && (areRuns[i / 8] & (1 << (i % 8))) != 0;
            PositionContainer container = isRun ? ReadRuns() : cardinality <= PositionContainer.MaxArray ? ReadArray(cardinality) : ReadBits();
            if (container.Cardinality != cardinality)
            {
                throw Wrong($"a container claims {cardinality} values and holds {container.Cardinality}");
            }

            bitmap.Append(((ulong)high << 16) | key, container);
        }
    }

    private ArrayContainer ReadArray(int count)
    {
        var values = new ushort[count];
        Take(count * 2).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(values, values);
        }

        for (var i = 1; i < count; i++)
        {
            if (values[i] <= values[i - 1])
            {
                throw Wrong("its values are not in order");
            }
        }

        return new ArrayContainer(values, count);
    }

    private BitContainer ReadBits()
    {
        var container = new BitContainer();
        Take(BitContainer.WordCount * 8).CopyTo(MemoryMarshal.AsBytes(container.Words));
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(container.Words, container.Words);
        }

        container.Recount();
        return container;
    }

    private RunContainer ReadRuns()
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
        var bytes = Take(count * 4);
        var runs = new Run[count];
        var before = -1;
        for (var i = 0; i < count; i++)
        {
            var first = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 4)..]);
            var last = first + BinaryPrimitives.ReadUInt16LittleEndian(bytes[((i * 4) + 2)..]);
            if (first <= before || last >= PositionContainer.Capacity)
            {
                throw Wrong("its runs are not in order");
            }

            before = last;
            runs[i] = new Run(first, (ushort)last);
        }

        return new RunContainer(runs);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > left.Length)
        {
            throw Wrong("it is truncated");
        }

        var taken = left[..count];
        left = left[count..];
        return taken;
    }

    private static LakehouseException Wrong(string reason) => LakehouseException.InvalidData($"position bitmap: {reason}");
}
