using System.Buffers.Binary;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Unscaled decimals as two's-complement big-endian bytes.</summary>
internal static class DecimalBytes
{
    /// <summary>Writes 16 bytes and returns the index of the first byte of the shortest form.</summary>
    public static int WriteMinimal(Int128 unscaled, Span<byte> sixteen)
    {
        BinaryPrimitives.WriteInt128BigEndian(sixteen, unscaled);
        var sign = (byte)(unscaled < 0 ? 0xff : 0);
        var start = 0;
        while (start < 15 && sixteen[start] == sign && (sixteen[start + 1] & 0x80) == (sign & 0x80))
        {
            start++;
        }

        return start;
    }

    public static byte[] Minimal(Int128 unscaled)
    {
        Span<byte> buffer = stackalloc byte[16];
        return buffer[WriteMinimal(unscaled, buffer)..].ToArray();
    }

    /// <summary>Reads any length from 1 byte; longer forms than 16 bytes must be padding.</summary>
    public static Int128 Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw LakehouseException.InvalidData("a decimal has no bytes");
        }

        var sign = (byte)((bytes[0] & 0x80) != 0 ? 0xff : 0);
        while (bytes.Length > 16)
        {
            if (bytes[0] != sign || (bytes[1] & 0x80) != (sign & 0x80))
            {
                throw LakehouseException.InvalidData("a decimal has more than 128 bits");
            }

            bytes = bytes[1..];
        }

        Span<byte> buffer = stackalloc byte[16];
        buffer.Fill(sign);
        bytes.CopyTo(buffer[(16 - bytes.Length)..]);
        return BinaryPrimitives.ReadInt128BigEndian(buffer);
    }

    /// <summary>Bytes that every decimal of a precision fits in (specification, Appendix A, "Avro").</summary>
    public static int RequiredLength(int precision)
    {
        // 10^precision - 1 needs precision × log2(10) bits, and a sign.
        var bits = (int)Math.Floor(precision * Math.Log2(10)) + 1 + 1;
        return (bits + 7) / 8;
    }
}
