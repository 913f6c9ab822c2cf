using System.Text;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>Reads fixed-width values as the table's type wants them, whatever width or unit the file has (specification, "Schema Evolution" and Appendix A, "Avro").</summary>
internal static class AvroNumbers
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>Whether a value of the file's type can be read as the table's type.</summary>
    public static bool CanRead(PrimitiveType target, AvroType type) => (target, type.Kind) switch
    {
        ({ Name: "unknown" }, _) => true,
        ({ Name: "boolean" }, AvroKind.Boolean) => true,
        ({ Name: "int" }, AvroKind.Int) => true,
        ({ Name: "date" }, AvroKind.Int) => true,
        ({ Name: "long" }, AvroKind.Int or AvroKind.Long) => true,
        ({ Name: "float" }, AvroKind.Float) => true,
        ({ Name: "double" }, AvroKind.Float or AvroKind.Double) => true,
        ({ Name: "time" }, AvroKind.Long) => true,
        ({ Name: "time" }, AvroKind.Int) => type.LogicalType == "time-millis",
        ({ Name: "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns" }, AvroKind.Long) => true,
        ({ Name: "timestamp" or "timestamp_ns" }, AvroKind.Int) => type.LogicalType == "date",
        ({ Name: "string" }, AvroKind.String or AvroKind.Bytes or AvroKind.Enum) => true,
        ({ Name: "uuid" }, AvroKind.Fixed) => type.Size == 16,
        ({ Name: "uuid" }, AvroKind.String) => true,
        ({ Name: "binary" }, AvroKind.Bytes) => true,
        (DecimalType wanted, AvroKind.Bytes or AvroKind.Fixed) => type.LogicalType == "decimal" && type.Scale == wanted.Scale && type.Precision <= wanted.Precision,
        (FixedType wanted, AvroKind.Fixed) => type.Size == wanted.Size,
        (GeospatialType, AvroKind.Bytes) => true,
        ({ Name: "variant" }, _) => AvroVariantColumn.CanRead(type),
        _ => false,
    };

    public static long Time(ref AvroReader reader, AvroType type) => type.Kind == AvroKind.Int ? reader.ReadInt() * 1000L : reader.ReadLong();

    public static long Micros(ref AvroReader reader, AvroType type) => type.LogicalType switch
    {
        "date" => Times(reader.ReadLong(), MicrosPerDay),
        "timestamp-millis" or "local-timestamp-millis" => Times(reader.ReadLong(), 1000),
        "timestamp-nanos" or "local-timestamp-nanos" => Math.DivRem(reader.ReadLong(), 1000) is var (micros, rest) && rest < 0 ? micros - 1 : micros,
        _ => reader.ReadLong(),
    };

    public static long Nanos(ref AvroReader reader, AvroType type) => type.LogicalType switch
    {
        "date" => Times(reader.ReadLong(), MicrosPerDay * 1000),
        "timestamp-millis" or "local-timestamp-millis" => Times(reader.ReadLong(), 1_000_000),
        "timestamp-micros" or "local-timestamp-micros" => Times(reader.ReadLong(), 1000),
        _ => reader.ReadLong(),
    };

    public static double Double(ref AvroReader reader, AvroType type) => type.Kind == AvroKind.Float ? reader.ReadFloat() : reader.ReadDouble();

    public static Int128 Decimal(ref AvroReader reader, AvroType type) => DecimalBytes.Read(type.Kind == AvroKind.Fixed ? reader.ReadFixed(type.Size) : reader.ReadBytes());

    public static Guid Uuid(ref AvroReader reader, AvroType type)
    {
        if (type.Kind == AvroKind.Fixed)
        {
            return new Guid(reader.ReadFixed(16), bigEndian: true);
        }

        Span<char> text = stackalloc char[36];
        return Encoding.UTF8.TryGetChars(reader.ReadBytes(), text, out var length) && Guid.TryParse(text[..length], out var uuid) ? uuid : throw LakehouseException.InvalidData("Avro: a text is no uuid");
    }

    private static long Times(long value, long factor) =>
        (Int128)value * factor is var product && product >= long.MinValue && product <= long.MaxValue ? (long)product : throw LakehouseException.InvalidData("Avro: a time is out of range");
}
