using System.Text;

namespace Lakehouse.Formats.Tests.Parquet;

/// <summary>Writes a struct in Thrift's compact protocol; fields in ascending order of their ids.</summary>
internal sealed class ThriftBytes
{
    private readonly List<byte> bytes = [];
    private int last;

    public ThriftBytes I32(int id, long value) => Field(id, 5).Zigzag(value);

    public ThriftBytes I64(int id, long value) => Field(id, 6).Zigzag(value);

    public ThriftBytes Text(int id, string text) => Field(id, 8).Binary(text);

    public ThriftBytes Struct(int id, ThriftBytes value) => Field(id, 12).Raw(value.End());

    public ThriftBytes Structs(int id, IReadOnlyList<ThriftBytes> values) => List(id, 12, values.Count).Raw(values.SelectMany(value => value.End()));

    public ThriftBytes Texts(int id, params string[] values)
    {
        List(id, 8, values.Length);
        foreach (var value in values)
        {
            Binary(value);
        }

        return this;
    }

    public byte[] End() => [.. bytes, 0];

    /// <summary>A number of seven bits a byte, the lowest first.</summary>
    public static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }

    private ThriftBytes Field(int id, int type)
    {
        bytes.Add((byte)(((id - last) << 4) | type));
        last = id;
        return this;
    }

    private ThriftBytes List(int id, int element, int count) => Field(id, 9).Raw(count < 15 ? [(byte)((count << 4) | element)] : [(byte)(0xF0 | element), .. Varint((ulong)count)]);

    private ThriftBytes Binary(string text) => Raw([.. Varint((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)]);

    private ThriftBytes Zigzag(long value) => Raw(Varint((ulong)((value << 1) ^ (value >> 63))));

    private ThriftBytes Raw(IEnumerable<byte> more)
    {
        bytes.AddRange(more);
        return this;
    }
}
