using System.Buffers.Binary;
using Lakehouse.Formats.Checksums;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Formats.Puffin;

/// <summary>
/// A deletion vector (Puffin specification, "deletion-vector-v1 blob type"; Delta protocol, "Deletion Vector Format" has the same): length of what follows up to the checksum
/// (4 bytes, big-endian), magic <c>D1 D3 39 64</c>, the bitmap in the portable format, CRC-32 of magic and bitmap (4 bytes, big-endian).
/// </summary>
public static class DeletionVectorBlob
{
    private static ReadOnlySpan<byte> Magic => [0xD1, 0xD3, 0x39, 0x64];

    /// <summary>Reads a whole blob.</summary>
    /// <param name="bytes">The blob, from its length to its checksum.</param>
    /// <param name="what">Name of the file in messages.</param>
    /// <exception cref="LakehouseException">InvalidData: truncated, or length, magic, checksum or bitmap are wrong.</exception>
    public static PositionBitmap Read(ReadOnlySpan<byte> bytes, string what)
    {
        if (bytes.Length < 20)
        {
            throw Wrong(what, $"{bytes.Length} bytes are too few");
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (length != bytes.Length - 8)
        {
            throw Wrong(what, $"it claims {length} bytes and has {bytes.Length - 8}");
        }

        var checksum = BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]);
        return Crc32.Of(bytes[4..^4]) == checksum ? ReadPayload(bytes[4..^4], what) : throw Wrong(what, "its checksum is wrong");
    }

    /// <summary>Reads magic and bitmap alone, as Delta keeps them inline.</summary>
    /// <exception cref="LakehouseException">InvalidData: truncated, or magic or bitmap are wrong.</exception>
    public static PositionBitmap ReadPayload(ReadOnlySpan<byte> bytes, string what)
    {
        if (!bytes.StartsWith(Magic))
        {
            throw Wrong(what, "its magic is wrong");
        }

        PositionBitmap bitmap;
        try
        {
            bitmap = PositionBitmap.Read(bytes[4..]);
        }
        catch (LakehouseException error)
        {
            throw Wrong(what, error.Message);
        }

        // Positions are signed numbers that are not negative, while the bitmap's format knows all 64 bits.
        return bitmap.Maximum >= 0 || bitmap.IsEmpty ? bitmap : throw Wrong(what, "a position is negative");
    }

    /// <summary>Writes a whole blob.</summary>
    public static byte[] Write(PositionBitmap positions)
    {
        var payload = WritePayload(positions);
        var blob = new byte[payload.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(blob, payload.Length);
        payload.CopyTo(blob, 4);
        BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(blob.Length - 4), Crc32.Of(payload));
        return blob;
    }

    /// <summary>Writes magic and bitmap alone, as Delta keeps them inline.</summary>
    public static byte[] WritePayload(PositionBitmap positions) => [.. Magic, .. positions.ToBytes()];

    private static LakehouseException Wrong(string what, string reason) => LakehouseException.InvalidData($"{what}: deletion vector: {reason}");
}
