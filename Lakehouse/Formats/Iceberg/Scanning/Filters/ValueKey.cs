using System.Buffers.Binary;
using System.Text;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Values as keys whose order is the order of the type: numbers, dates and times as 128-bit integers (a floating-point number by its bits, so that both zeros are 0 and NaN has none); text as UTF-8, binary, fixed and uuid as bytes.
/// </summary>
internal static class ValueKey
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    public static bool IsBytes(PrimitiveType type) => type is FixedType || type.Name is "string" or "binary" or "uuid";

    public static bool IsNanoseconds(PrimitiveType type) => type.Name is "timestamp_ns" or "timestamptz_ns";

    /// <summary>The units of a timestamp type in a day.</summary>
    public static long UnitsPerDay(PrimitiveType type) => IsNanoseconds(type) ? MicrosecondsPerDay * 1000 : MicrosecondsPerDay;

    public static Int128 OfDouble(double value)
    {
        if (value == 0)
        {
            return 0;
        }

        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? bits : -(Int128)(bits & long.MaxValue);
    }

    /// <summary>
    /// The number in a bound's bytes. Bytes that were written before the type was promoted are understood by their length. False when they are NaN or no value of the type: then they say nothing.
    /// </summary>
    public static bool TryRead(PrimitiveType type, ReadOnlySpan<byte> bytes, out Int128 key)
    {
        key = 0;
        if (type is DecimalType)
        {
            if (bytes.IsEmpty || bytes.Length > 16)
            {
                return false;
            }

            key = DecimalBytes.Read(bytes);
            return true;
        }

        switch (type.Name, bytes.Length)
        {
            case ("boolean", 1):
                key = bytes[0] != 0 ? 1 : 0;
                return true;
            case ("int" or "date" or "long", 4):
                key = BinaryPrimitives.ReadInt32LittleEndian(bytes);
                return true;
            case ("timestamp" or "timestamp_ns", 4):
                key = (Int128)BinaryPrimitives.ReadInt32LittleEndian(bytes) * UnitsPerDay(type);
                return true;
            case ("int" or "long" or "time" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns", 8):
                key = BinaryPrimitives.ReadInt64LittleEndian(bytes);
                return true;
            case ("float" or "double", 4):
                return TryDouble(BinaryPrimitives.ReadSingleLittleEndian(bytes), out key);
            case ("float" or "double", 8):
                return TryDouble(BinaryPrimitives.ReadDoubleLittleEndian(bytes), out key);
            default:
                return false;
        }
    }

    /// <summary>The key of a partition value, boxed as <see cref="DataFile.Partition"/> says. False when it is NaN or no value of the type.</summary>
    public static bool TryRead(PrimitiveType type, object value, out Int128 number, out byte[]? bytes)
    {
        number = 0;
        bytes = null;
        switch (value)
        {
            case bool flag when type == IcebergType.Boolean:
                number = flag ? 1 : 0;
                return true;
            case int days when type == IcebergType.Timestamp || type == IcebergType.TimestampNs:
                number = (Int128)days * UnitsPerDay(type);
                return true;
            case int integer when type.Name is "int" or "long" or "date":
                number = integer;
                return true;
            case long integer when type.Name is "int" or "long" or "time" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns":
                number = integer;
                return true;
            case float single when type.Name is "float" or "double":
                return TryDouble(single, out number);
            case double wide when type.Name is "float" or "double":
                return TryDouble(wide, out number);
            case Int128 unscaled when type is DecimalType:
                number = unscaled;
                return true;
            case string text when type == IcebergType.String:
                bytes = Encoding.UTF8.GetBytes(text);
                return true;
            case Guid uuid when type == IcebergType.Uuid:
                bytes = uuid.ToByteArray(bigEndian: true);
                return true;
            case byte[] binary when type is FixedType || type == IcebergType.Binary:
                bytes = binary;
                return true;
            default:
                return false;
        }
    }

    private static bool TryDouble(double value, out Int128 key)
    {
        key = double.IsNaN(value) ? 0 : OfDouble(value);
        return !double.IsNaN(value);
    }
}
