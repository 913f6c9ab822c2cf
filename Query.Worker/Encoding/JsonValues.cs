using System.Text.Encodings.Web;
using System.Text.Json;
using Lakehouse.Formats.Columns;

namespace LakeAspire.Query.Worker.Encoding;

/// <summary>Values as JSON: integers as numbers, decimals, dates and times as text, binary as base64, NaN and infinities as text, structs as objects, maps as arrays of [key, value].</summary>
internal static class JsonValues
{
    /// <summary>The result is JSON under its own content type, never a part of HTML: only what JSON demands is escaped.</summary>
    public static readonly JavaScriptEncoder Escaping = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static void Write(Utf8JsonWriter json, ColumnEncoding encoding, ColumnVector column, int row)
    {
        if (column.IsNull(row))
        {
            json.WriteNullValue();
            return;
        }

        Span<byte> text = stackalloc byte[Utf8Values.MaxLength];
        switch (encoding.Kind)
        {
            case ValueKind.Boolean:
                json.WriteBooleanValue(column.Values<byte>()[row] != 0);
                break;
            case ValueKind.Int:
                json.WriteNumberValue(column.Values<int>()[row]);
                break;
            case ValueKind.Long:
                json.WriteNumberValue(column.Values<long>()[row]);
                break;
            case ValueKind.Float when column.Values<float>()[row] is var single && float.IsFinite(single):
                json.WriteNumberValue(single);
                break;
            case ValueKind.Double when column.Values<double>()[row] is var number && double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case ValueKind.String:
                json.WriteStringValue(column.Bytes(row));
                break;
            case ValueKind.Binary:
                json.WriteBase64StringValue(column.Bytes(row));
                break;
            case ValueKind.Struct:
                json.WriteStartObject();
                for (var i = 0; i < encoding.Children.Length; i++)
                {
                    json.WritePropertyName(encoding.Names[i]);
                    Write(json, encoding.Children[i], column.Child(i), row);
                }

                json.WriteEndObject();
                break;
            case ValueKind.List:
                WriteList(json, encoding.Children[0], column, row);
                break;
            case ValueKind.Map:
                WriteMap(json, encoding, column, row);
                break;
            default:
                json.WriteStringValue(text[..Text(encoding, column, row, text)]);
                break;
        }
    }

    /// <summary>A value of fixed width as text.</summary>
    public static int Text(ColumnEncoding encoding, ColumnVector column, int row, Span<byte> text) => encoding.Kind switch
    {
        ValueKind.Int => Utf8Values.Integer(column.Values<int>()[row], text),
        ValueKind.Long => Utf8Values.Integer(column.Values<long>()[row], text),
        ValueKind.Float => Utf8Values.Float(column.Values<float>()[row], text),
        ValueKind.Double => Utf8Values.Double(column.Values<double>()[row], text),
        ValueKind.Date => Utf8Values.Date(column.Values<int>()[row], text),
        ValueKind.Time => Utf8Values.Time(column.Values<long>()[row], text),
        ValueKind.Timestamp => Utf8Values.Timestamp(column.Values<long>()[row], utc: false, text),
        ValueKind.TimestampTz => Utf8Values.Timestamp(column.Values<long>()[row], utc: true, text),
        ValueKind.Decimal => Utf8Values.Decimal(column.Values<Int128>()[row], encoding.Scale, text),
        ValueKind.Uuid => Utf8Values.Uuid(column.Values<Guid>()[row], text),
        _ => throw new InvalidOperationException($"A {encoding.Kind} has no fixed width."),
    };

    static void WriteList(Utf8JsonWriter json, ColumnEncoding element, ColumnVector column, int row)
    {
        var (start, length) = column.List(row);
        json.WriteStartArray();
        for (var i = start; i < start + length; i++)
        {
            Write(json, element, column.Child(0), i);
        }

        json.WriteEndArray();
    }

    static void WriteMap(Utf8JsonWriter json, ColumnEncoding encoding, ColumnVector column, int row)
    {
        var (start, length) = column.List(row);
        json.WriteStartArray();
        for (var i = start; i < start + length; i++)
        {
            json.WriteStartArray();
            Write(json, encoding.Children[0], column.Child(0), i);
            Write(json, encoding.Children[1], column.Child(1), i);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
