using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Lakehouse.Formats.Avro;

/// <summary>Decodes Avro's binary encoding from memory. Never reads past its bytes, and allocates no more than they hold.</summary>
internal ref struct AvroReader(ReadOnlySpan<byte> data)
{
    private const int MaxDepth = 64;
    private const int MaxEmptyItems = 1024 * 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> data = data;

    public int Position { get; private set; }

    public readonly int Remaining => data.Length - Position;

    public long ReadLong()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Position >= data.Length)
            {
                throw Truncated();
            }

            var next = data[Position++];
            value |= (ulong)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw LakehouseException.InvalidData("Avro: a number is longer than 10 bytes");
    }

    /// <summary>Passes over a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipNumber()
    {
        for (var length = 1; Position < data.Length; length++)
        {
            if ((data[Position++] & 0x80) == 0)
            {
                return;
            }

            if (length == 10)
            {
                throw LakehouseException.InvalidData("Avro: a number is longer than 10 bytes");
            }
        }

        throw Truncated();
    }

    public int ReadInt()
    {
        var value = ReadLong();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw LakehouseException.InvalidData("Avro: an int is out of range");
    }

    public bool ReadBoolean() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        _ => throw LakehouseException.InvalidData("Avro: a boolean is neither 0 nor 1"),
    };

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadLong();
        return length >= 0 && length <= Remaining ? Take((int)length) : throw (length < 0 ? LakehouseException.InvalidData("Avro: a length is negative") : Truncated());
    }

    public ReadOnlySpan<byte> ReadFixed(int size) => Take(size);

    public string ReadString()
    {
        var bytes = ReadBytes();
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw LakehouseException.InvalidData("Avro: a string is not valid UTF-8", error);
        }
    }

    /// <summary>The branch of a union that follows, or the type itself when it is none; null when the value is null.</summary>
    public AvroType? Enter(AvroType type)
    {
        if (type.Kind == AvroKind.Union)
        {
            var branch = ReadLong();
            type = branch >= 0 && branch < type.Branches.Count ? type.Branches[(int)branch] : throw LakehouseException.InvalidData($"Avro: a union has no branch {branch}");
        }

        return type.Kind == AvroKind.Null ? null : type;
    }

    /// <summary>The number of items of the next block of an array or map; 0 at its end. Checked against the bytes that are left.</summary>
    public int ReadBlock(AvroType items, int extraPerItem = 0)
    {
        var count = ReadLong();
        if (count < 0)
        {
            // A negative count is followed by the size of the block in bytes.
            count = count == long.MinValue ? long.MaxValue : -count;
            if (ReadLong() < 0)
            {
                throw LakehouseException.InvalidData("Avro: a block size is negative");
            }
        }

        var least = items.LeastSize + extraPerItem;
        return count <= (least > 0 ? Remaining / least : MaxEmptyItems) ? (int)count : throw LakehouseException.InvalidData("Avro: a block claims more items than its bytes can hold");
    }

    public void Skip(AvroType type) => Skip(type, 0);

    private void Skip(AvroType type, int depth)
    {
        if (depth > MaxDepth)
        {
            throw LakehouseException.InvalidData("Avro: values are nested too deeply");
        }

        switch (type.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Boolean:
                Take(1);
                break;
            case AvroKind.Int or AvroKind.Long or AvroKind.Enum:
                ReadLong();
                break;
            case AvroKind.Float:
                Take(4);
                break;
            case AvroKind.Double:
                Take(8);
                break;
            case AvroKind.Bytes or AvroKind.String:
                ReadBytes();
                break;
            case AvroKind.Fixed:
                Take(type.Size);
                break;
            case AvroKind.Union:
                if (Enter(type) is { } branch)
                {
                    Skip(branch, depth + 1);
                }

                break;
            case AvroKind.Record:
                foreach (var field in type.Fields)
                {
                    Skip(field.Type, depth + 1);
                }

                break;
            case AvroKind.Array or AvroKind.Map:
                SkipItems(type, depth);
                break;
        }
    }

    private void SkipItems(AvroType type, int depth)
    {
        var isMap = type.Kind == AvroKind.Map;
        var skipped = 0L;
        for (var count = ReadBlock(type.Items!, isMap ? 1 : 0); count > 0; count = ReadBlock(type.Items!, isMap ? 1 : 0))
        {
            skipped += count;
            if (skipped > MaxEmptyItems && type.Items!.LeastSize == 0 && !isMap)
            {
                throw LakehouseException.InvalidData("Avro: an array has too many empty items");
            }

            for (var i = 0; i < count; i++)
            {
                if (isMap)
                {
                    ReadBytes();
                }

                Skip(type.Items!, depth + 1);
            }
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw Truncated();
        }

        var taken = data.Slice(Position, count);
        Position += count;
        return taken;
    }

    private static LakehouseException Truncated() => LakehouseException.InvalidData("Avro: the data is truncated");
}
