using System.Buffers.Binary;
using System.Text;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Single values as bytes (specification, Appendix D, "Binary single-value serialization"), and their order. Values are boxed as <see cref="DataFile.Partition"/> says.
/// </summary>
public static class SingleValue
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A value as bytes.</summary>
    /// <exception cref="ArgumentException">The value is not held as its type says.</exception>
    public static byte[] ToBytes(IcebergType type, object value)
    {
        switch (value)
        {
            case bool flag when type == IcebergType.Boolean:
                return [flag ? (byte)1 : (byte)0];
            case int number when type == IcebergType.Int || type == IcebergType.Date:
                var four = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(four, number);
                return four;
            case long number when IsLong(type):
                var eight = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(eight, number);
                return eight;
            case float number when type == IcebergType.Float:
                var single = new byte[4];
                BinaryPrimitives.WriteSingleLittleEndian(single, number);
                return single;
            case double number when type == IcebergType.Double:
                var wide = new byte[8];
                BinaryPrimitives.WriteDoubleLittleEndian(wide, number);
                return wide;
            case string text when type == IcebergType.String:
                return Encoding.UTF8.GetBytes(text);
            case Guid uuid when type == IcebergType.Uuid:
                return uuid.ToByteArray(bigEndian: true);
            case Int128 unscaled when type is DecimalType:
                return DecimalBytes.Minimal(unscaled);
            case byte[] bytes when type is FixedType || type == IcebergType.Binary:
                return bytes;
            default:
                throw new ArgumentException($"A {type} is not held as {value.GetType().Name}", nameof(value));
        }
    }

    /// <summary>
    /// A value from bytes. Bytes that were written before the type was promoted (int to long, float to double, date to timestamp) are understood by their length.
    /// </summary>
    /// <exception cref="LakehouseException">InvalidData: the bytes are no value of the type; Unsupported: the type has no such form.</exception>
    public static object FromBytes(IcebergType type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case DecimalType:
                return DecimalBytes.Read(bytes);
            case FixedType fixedType:
                return bytes.Length == fixedType.Size ? bytes.ToArray() : throw WrongLength(type, bytes);
            case PrimitiveType primitive:
                return Primitive(primitive, bytes);
            default:
                throw LakehouseException.Unsupported($"a {type} has no single-value form");
        }
    }

    /// <summary>
    /// Order of two values of one type: numbers by size, −0.0 before +0.0 and NaN last, text by code points, uuid and binary by unsigned bytes.
    /// </summary>
    public static int Compare(object left, object right) => (left, right) switch
    {
        (bool a, bool b) => a.CompareTo(b),
        (int a, int b) => a.CompareTo(b),
        (long a, long b) => a.CompareTo(b),
        (float a, float b) => CompareDoubles(a, b),
        (double a, double b) => CompareDoubles(a, b),
        (Int128 a, Int128 b) => a.CompareTo(b),
        (string a, string b) => CompareCodePoints(a, b),
        (Guid a, Guid b) => a.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(b.ToByteArray(bigEndian: true)),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        _ => throw new ArgumentException($"No order between {left.GetType().Name} and {right.GetType().Name}", nameof(right)),
    };

    internal static bool IsNan(object value) => value is float.NaN || value is double.NaN;

    private static object Primitive(PrimitiveType type, ReadOnlySpan<byte> bytes)
    {
        switch (type.Name)
        {
            case "boolean" when bytes.Length == 1:
                return bytes[0] != 0;
            case "int" or "date" when bytes.Length == 4:
                return BinaryPrimitives.ReadInt32LittleEndian(bytes);
            case "long" when bytes.Length == 4:
                return (long)BinaryPrimitives.ReadInt32LittleEndian(bytes);
            case "timestamp" when bytes.Length == 4:
                return FromDate(BinaryPrimitives.ReadInt32LittleEndian(bytes), 86_400_000_000L);
            case "timestamp_ns" when bytes.Length == 4:
                return FromDate(BinaryPrimitives.ReadInt32LittleEndian(bytes), 86_400_000_000_000L);
            case "long" or "time" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns" when bytes.Length == 8:
                return BinaryPrimitives.ReadInt64LittleEndian(bytes);
            case "float" when bytes.Length == 4:
                return BinaryPrimitives.ReadSingleLittleEndian(bytes);
            case "double" when bytes.Length == 4:
                return (double)BinaryPrimitives.ReadSingleLittleEndian(bytes);
            case "double" when bytes.Length == 8:
                return BinaryPrimitives.ReadDoubleLittleEndian(bytes);
            case "uuid" when bytes.Length == 16:
                return new Guid(bytes, bigEndian: true);
            case "binary":
                return bytes.ToArray();
            case "string":
                try
                {
                    return Utf8.GetString(bytes);
                }
                catch (DecoderFallbackException error)
                {
                    throw LakehouseException.InvalidData("a string value is not valid UTF-8", error);
                }

            case "boolean" or "int" or "date" or "long" or "time" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns" or "float" or "double" or "uuid":
                throw WrongLength(type, bytes);
            default:
                throw LakehouseException.Unsupported($"a {type} has no single-value form");
        }
    }

    private static object FromDate(int days, long unitsPerDay) =>
        (Int128)days * unitsPerDay is var units && units >= long.MinValue && units <= long.MaxValue ? (long)units : throw LakehouseException.InvalidData("a date lies outside the range of timestamps");

    private static bool IsLong(IcebergType type) =>
        type == IcebergType.Long || type == IcebergType.Time || type == IcebergType.Timestamp || type == IcebergType.TimestampTz || type == IcebergType.TimestampNs || type == IcebergType.TimestampTzNs;

    private static int CompareDoubles(double left, double right)
    {
        if (double.IsNaN(left) || double.IsNaN(right))
        {
            return double.IsNaN(left).CompareTo(double.IsNaN(right));
        }

        return left == 0 && right == 0 ? double.IsNegative(right).CompareTo(double.IsNegative(left)) : left.CompareTo(right);
    }

    private static int CompareCodePoints(string left, string right)
    {
        // UTF-16 order differs from code point order where a surrogate meets a character from U+E000 on.
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[common], right[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    private static LakehouseException WrongLength(IcebergType type, ReadOnlySpan<byte> bytes) => LakehouseException.InvalidData($"{bytes.Length} bytes are no {type}");
}
