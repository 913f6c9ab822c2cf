using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Variants;

/// <summary>
/// Variants as JSON text (Parquet's <c>VariantEncoding.md</c>). A value: one byte, whose lowest two bits say primitive, short string, object or array; the rest of it and what follows
/// depend on that. What JSON has no form for is text: dates and times ISO-like with a blank, not-a-number by its name, uuid; binary in Base64.
/// </summary>
public static class VariantJson
{
    private const int MaxDepth = 250;
    private const long MaxLength = 64 * 1024 * 1024;

    /// <summary>A variant as UTF-8 text of JSON.</summary>
    /// <param name="metadata">The dictionary of field names.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="LakehouseException">InvalidData: truncated or malformed; Unsupported: a kind of value or a version that is not known.</exception>
    public static byte[] ToUtf8(ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> value)
    {
        var names = new VariantNames(metadata);
        var bytes = value.ToArray();
        return JsonText.Write(json => Write(json, names, bytes, 0));
    }

    private static void Write(Utf8JsonWriter json, VariantNames names, ReadOnlySpan<byte> value, int depth)
    {
        // Values may share their bytes, so that a short variant can spell out a text without end.
        if (depth > MaxDepth || json.BytesCommitted + json.BytesPending > MaxLength)
        {
            throw LakehouseException.InvalidData("variant: it is nested too deeply, or its text is too long");
        }

        var head = At(value, 0, 1)[0];
        var header = head >> 2;
        switch (head & 3)
        {
            case 0:
                WritePrimitive(json, header, value[1..]);
                break;
            case 1:
                // DuckDB 1.5 writes a text of 64 bytes as a short one, whose length of six bits then is 0.
                json.WriteStringValue(Text(At(value, 1, header == 0 && value.Length == 65 ? 64 : header)));
                break;
            case 2:
                WriteObject(json, names, header, value[1..], depth);
                break;
            default:
                WriteArray(json, names, header, value[1..], depth);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, VariantNames names, int header, ReadOnlySpan<byte> body, int depth)
    {
        var (offsetSize, idSize, countSize) = ((header & 3) + 1, ((header >> 2) & 3) + 1, (header & 16) != 0 ? 4 : 1);
        var count = VariantNames.Number(body, 0, countSize);
        var ids = countSize;
        var offsets = ids + (count * idSize);
        var values = offsets + ((count + 1) * offsetSize);
        At(body, 0, values);
        json.WriteStartObject();
        for (long i = 0; i < count; i++)
        {
            json.WritePropertyName(names[VariantNames.Number(body, ids + (i * idSize), idSize)]);
            Write(json, names, Element(body, offsets + (i * offsetSize), offsetSize, values), depth + 1);
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, VariantNames names, int header, ReadOnlySpan<byte> body, int depth)
    {
        var (offsetSize, countSize) = ((header & 3) + 1, (header & 4) != 0 ? 4 : 1);
        var count = VariantNames.Number(body, 0, countSize);
        var values = countSize + ((count + 1) * offsetSize);
        At(body, 0, values);
        json.WriteStartArray();
        for (long i = 0; i < count; i++)
        {
            Write(json, names, Element(body, countSize + (i * offsetSize), offsetSize, values), depth + 1);
        }

        json.WriteEndArray();
    }

    private static void WritePrimitive(Utf8JsonWriter json, int kind, ReadOnlySpan<byte> bytes)
    {
        switch (kind)
        {
            case 0: json.WriteNullValue(); break;
            case 1: json.WriteBooleanValue(true); break;
            case 2: json.WriteBooleanValue(false); break;
            case 3: json.WriteNumberValue((sbyte)At(bytes, 0, 1)[0]); break;
            case 4: json.WriteNumberValue(BinaryPrimitives.ReadInt16LittleEndian(At(bytes, 0, 2))); break;
            case 5: json.WriteNumberValue(Int(bytes)); break;
            case 6: json.WriteNumberValue(Long(bytes)); break;
            case 7: WriteDouble(json, BinaryPrimitives.ReadDoubleLittleEndian(At(bytes, 0, 8))); break;
            case 8: WriteDecimal(json, bytes, BinaryPrimitives.ReadInt32LittleEndian(At(bytes, 1, 4))); break;
            case 9: WriteDecimal(json, bytes, BinaryPrimitives.ReadInt64LittleEndian(At(bytes, 1, 8))); break;
            case 10: WriteDecimal(json, bytes, BinaryPrimitives.ReadInt128LittleEndian(At(bytes, 1, 16))); break;
            case 11: json.WriteStringValue(ValueText.Date(Int(bytes))); break;
            case 12: WriteTime(json, IcebergType.TimestampTz, Long(bytes)); break;
            case 13: WriteTime(json, IcebergType.Timestamp, Long(bytes)); break;
            case 14: WriteFloat(json, BinaryPrimitives.ReadSingleLittleEndian(At(bytes, 0, 4))); break;
            case 15: json.WriteBase64StringValue(At(bytes, 4, BinaryPrimitives.ReadUInt32LittleEndian(At(bytes, 0, 4)))); break;
            case 16: json.WriteStringValue(Text(At(bytes, 4, BinaryPrimitives.ReadUInt32LittleEndian(At(bytes, 0, 4))))); break;
            case 17: json.WriteStringValue(ValueText.Of(IcebergType.Time, Long(bytes))); break;
            case 18: WriteTime(json, IcebergType.TimestampTzNs, Long(bytes)); break;
            case 19: WriteTime(json, IcebergType.TimestampNs, Long(bytes)); break;
            case 20: json.WriteStringValue(new Guid(At(bytes, 0, 16), bigEndian: true)); break;
            default: throw LakehouseException.Unsupported($"variant: a value of kind {kind} is not known");
        }
    }

    private static int Int(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(At(bytes, 0, 4));

    private static long Long(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(At(bytes, 0, 8));

    private static void WriteDecimal(Utf8JsonWriter json, ReadOnlySpan<byte> bytes, Int128 unscaled) => json.WriteRawValue(At(bytes, 0, 1)[0] is <= 38 and var scale
        ? Plain(unscaled, scale)
        : throw LakehouseException.InvalidData($"variant: a decimal of scale {bytes[0]}"));

    /// <summary>Without zeros at the end, as Spark has them.</summary>
    private static string Plain(Int128 unscaled, int scale)
    {
        for (; scale > 0 && unscaled % 10 == 0; scale--)
        {
            unscaled /= 10;
        }

        return ValueText.Decimal(unscaled, scale);
    }

    private static void WriteDouble(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteRawValue(Fractional(value.ToString("R", CultureInfo.InvariantCulture)));
        }
        else
        {
            json.WriteStringValue(ValueName(value));
        }
    }

    private static void WriteFloat(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
        {
            json.WriteRawValue(Fractional(value.ToString("R", CultureInfo.InvariantCulture)));
        }
        else
        {
            json.WriteStringValue(ValueName(value));
        }
    }

    /// <summary>A number that shows that it is no integer.</summary>
    private static string Fractional(string number)
    {
        var exponent = number.IndexOf('E', StringComparison.Ordinal);
        var digits = exponent < 0 ? number : number[..exponent];
        return $"{digits}{(digits.Contains('.', StringComparison.Ordinal) ? "" : ".0")}{(exponent < 0 ? "" : number[exponent..].Replace("E+", "E", StringComparison.Ordinal))}";
    }

    private static string ValueName(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static void WriteTime(Utf8JsonWriter json, PrimitiveType type, long value) => json.WriteStringValue(ValueText.Of(type, value).Replace('T', ' '));

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return VariantNames.Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw LakehouseException.InvalidData("variant: a text is not valid UTF-8", error);
        }
    }

    /// <summary>An element: up to the next where they lie in order, else with all that follows.</summary>
    private static ReadOnlySpan<byte> Element(ReadOnlySpan<byte> body, long offset, int width, long values)
    {
        var start = VariantNames.Number(body, offset, width);
        var next = VariantNames.Number(body, offset + width, width);
        var element = From(body, values + start);
        return next > start && next - start <= element.Length ? element[..(int)(next - start)] : element;
    }

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> bytes, long start) => start < bytes.Length ? bytes[(int)start..] : throw Truncated();

    private static ReadOnlySpan<byte> At(ReadOnlySpan<byte> bytes, long start, long length) => start <= bytes.Length && length <= bytes.Length - start ? bytes.Slice((int)start, (int)length) : throw Truncated();

    internal static LakehouseException Truncated() => LakehouseException.InvalidData("variant: it is truncated");
}
