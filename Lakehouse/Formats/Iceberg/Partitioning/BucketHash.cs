using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The 32-bit hash of a value (specification, Appendix B): Murmur3, x86 variant, seed 0.</summary>
public static class BucketHash
{
    /// <summary>Hash of a value, boxed as <see cref="DataFile.Partition"/> says.</summary>
    public static int Of(object value, IcebergType type)
    {
        switch (value)
        {
            case bool flag:
                return OfLong(flag ? 1 : 0);
            case int number:
                return OfLong(number);
            case long number:
                return OfLong(type == IcebergType.TimestampNs || type == IcebergType.TimestampTzNs ? FloorDivide(number, 1000) : number);
            case float number:
                return OfDouble(number);
            case double number:
                return OfDouble(number);
            case Int128 unscaled:
                Span<byte> integer = stackalloc byte[16];
                return Murmur3(integer[DecimalBytes.WriteMinimal(unscaled, integer)..]);
            case string text:
                return OfString(text);
            case Guid uuid:
                Span<byte> bytes = stackalloc byte[16];
                uuid.TryWriteBytes(bytes, bigEndian: true, out _);
                return Murmur3(bytes);
            case byte[] binary:
                return Murmur3(binary);
            default:
                throw new ArgumentException($"No hash for a value of {value.GetType().Name}", nameof(value));
        }
    }

    /// <summary>Murmur3, x86, 32 bits, seed 0.</summary>
    public static int Murmur3(ReadOnlySpan<byte> data)
    {
        const uint c1 = 0xcc9e2d51;
        const uint c2 = 0x1b873593;
        uint hash = 0;
        var rest = data;
        while (rest.Length >= 4)
        {
            var block = BinaryPrimitives.ReadUInt32LittleEndian(rest) * c1;
            block = BitOperations.RotateLeft(block, 15) * c2;
            hash = (BitOperations.RotateLeft(hash ^ block, 13) * 5) + 0xe6546b64;
            rest = rest[4..];
        }

        if (rest.Length > 0)
        {
            uint tail = 0;
            for (var i = rest.Length - 1; i >= 0; i--)
            {
                tail = (tail << 8) | rest[i];
            }

            hash ^= BitOperations.RotateLeft(tail * c1, 15) * c2;
        }

        hash ^= (uint)data.Length;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return (int)(hash ^ (hash >> 16));
    }

    internal static long FloorDivide(long value, long divisor)
    {
        var quotient = value / divisor;
        return value % divisor < 0 ? quotient - 1 : quotient;
    }

    private static int OfLong(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Murmur3(bytes);
    }

    private static int OfDouble(double value)
    {
        // -0.0 hashes as 0.0, and every NaN as one.
        var canonical = value == 0 ? 0 : value;
        return OfLong(double.IsNaN(canonical) ? 0x7ff8000000000000L : BitConverter.DoubleToInt64Bits(canonical));
    }

    private static int OfString(string text)
    {
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = length <= 512 ? null : System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        Span<byte> buffer = rented ?? stackalloc byte[512];
        var hash = Murmur3(buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }
}
