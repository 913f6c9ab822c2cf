using System.Text;

namespace Lakehouse.Formats.Parquet;

/// <summary>
/// Reads Thrift's compact protocol, as Parquet's footer and page headers are written in it: a struct is fields of (id as difference to the one before, type), ended by a zero byte; numbers are zigzag varints;
/// a list begins with size and type of its elements.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    public const int I32 = 5;
    public const int I64 = 6;
    public const int Binary = 8;
    public const int List = 9;
    public const int Struct = 12;

    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int position;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => position;

    /// <summary>Whether a read went past the end: then all that was read since is meaningless.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>The next field of a struct: false at its end.</summary>
    /// <param name="id">In: id of the field before, 0 at first. Out: its id.</param>
    /// <param name="type">Its type.</param>
    public bool ReadField(ref int id, out int type)
    {
        var head = ReadByte();
        type = head & 0x0F;
        if (head == 0 || IsCutOff)
        {
            return false;
        }

        id = head >> 4 is var step and not 0 ? id + step : (int)ReadNumber();
        return true;
    }

    /// <summary>A zigzag number of any width.</summary>
    public long ReadNumber()
    {
        var raw = ReadVarint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    public string ReadText()
    {
        var length = ReadVarint();
        if (length > (ulong)(bytes.Length - position))
        {
            IsCutOff = true;
            return "";
        }

        var text = Encoding.UTF8.GetString(bytes.Slice(position, (int)length));
        position += (int)length;
        return text;
    }

    /// <summary>The first byte of text or bytes, which are skipped; −1 where there is none.</summary>
    public int ReadFirstByte()
    {
        var length = ReadVarint();
        var first = length > 0 && position < bytes.Length ? bytes[position] : -1;
        Advance(length > int.MaxValue ? int.MaxValue : (int)length);
        return first;
    }

    /// <summary>The head of a list: number and type of its elements.</summary>
    public (int Count, int Type) ReadList()
    {
        var head = ReadByte();
        var count = head >> 4 is var few and < 15 ? (ulong)few : ReadVarint();

        // Every element takes at least a byte, but for those of empty structs' lists, which Parquet has none of.
        if (count > (ulong)bytes.Length)
        {
            IsCutOff = true;
            return (0, 0);
        }

        return ((int)count, head & 0x0F);
    }

    public void Skip(int type) => Skip(type, inList: false, depth: 0);

    private void Skip(int type, bool inList, int depth)
    {
        switch (type)
        {
            case 1 or 2:
                // A boolean field is its type; in a list it takes a byte.
                Advance(inList ? 1 : 0);
                break;
            case 3:
                Advance(1);
                break;
            case 4 or I32 or I64:
                ReadVarint();
                break;
            case 7:
                Advance(8);
                break;
            case Binary:
                var length = ReadVarint();
                Advance(length > int.MaxValue ? int.MaxValue : (int)length);
                break;
            case List or 10 when depth < MaxDepth:
                var (count, element) = ReadList();
                for (var i = 0; i < count && !IsCutOff; i++)
                {
                    Skip(element, inList: true, depth + 1);
                }

                break;
            case Struct when depth < MaxDepth:
                var id = 0;
                while (ReadField(ref id, out var inner))
                {
                    Skip(inner, inList: false, depth + 1);
                }

                break;
            default:
                throw LakehouseException.InvalidData($"it holds a value of the Thrift type {type}, or is nested too deep");
        }
    }

    private void Advance(int count)
    {
        if (count > bytes.Length - position)
        {
            IsCutOff = true;
            position = bytes.Length;
            return;
        }

        position += count;
    }

    private ulong ReadVarint()
    {
        var result = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var unit = ReadByte();
            result |= (ulong)(unit & 0x7F) << shift;
            if (unit < 0x80)
            {
                return result;
            }
        }

        throw LakehouseException.InvalidData("it holds a number of more than 64 bits");
    }

    private byte ReadByte()
    {
        if (position < bytes.Length)
        {
            return bytes[position++];
        }

        IsCutOff = true;
        return 0;
    }
}
