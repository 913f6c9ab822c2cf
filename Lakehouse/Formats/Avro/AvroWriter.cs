using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Lakehouse.Formats.Avro;

/// <summary>Encodes Avro's binary encoding into a growing buffer.</summary>
internal sealed class AvroWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);

    public int Length => buffer.WrittenCount;

    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    public void Clear() => buffer.ResetWrittenCount();

    public void WriteLong(long value)
    {
        var span = buffer.GetSpan(10);
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        var length = 0;
        while (zigzag >= 0x80)
        {
            span[length++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        span[length++] = (byte)zigzag;
        buffer.Advance(length);
    }

    public void WriteInt(int value) => WriteLong(value);

    public void WriteBoolean(bool value) => WriteFixed([value ? (byte)1 : (byte)0]);

    public void WriteFloat(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    public void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        buffer.Write(value);
    }

    public void WriteFixed(ReadOnlySpan<byte> value) => buffer.Write(value);

    public void WriteString(string value)
    {
        WriteLong(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, buffer);
    }

    /// <summary>The branch of a <c>["null", T]</c> union; true when a value has to follow.</summary>
    public bool WritePresence(bool present)
    {
        WriteLong(present ? 1 : 0);
        return present;
    }
}
