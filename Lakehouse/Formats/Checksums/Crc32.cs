using System.Buffers.Binary;

namespace Lakehouse.Formats.Checksums;

/// <summary>CRC-32 of ISO-HDLC (zlib's, gzip's), eight bytes at a time: the base class library keeps its own to itself.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    // Table n holds the effect of a byte that n more bytes follow.
    private static readonly uint[][] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        var crc = ~before;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Tables[7][low & 0xff] ^ Tables[6][(low >> 8) & 0xff] ^ Tables[5][(low >> 16) & 0xff] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 0xff] ^ Tables[2][(high >> 8) & 0xff] ^ Tables[1][(high >> 16) & 0xff] ^ Tables[0][high >> 24];
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ Tables[0][(crc ^ value) & 0xff];
        }

        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var n = 0; n < 8; n++)
        {
            tables[n] = new uint[256];
            for (var i = 0; i < 256; i++)
            {
                tables[n][i] = n == 0 ? FirstTable((uint)i) : (tables[n - 1][i] >> 8) ^ tables[0][tables[n - 1][i] & 0xff];
            }
        }

        return tables;
    }

    private static uint FirstTable(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
        }

        return value;
    }
}
