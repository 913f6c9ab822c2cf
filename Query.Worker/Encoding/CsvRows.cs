using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Formats.Columns;

namespace LakeAspire.Query.Worker.Encoding;

/// <summary>RFC 4180 with a header line. Null is an empty field and an empty text is <c>""</c>; what has a comma, quote or line break is quoted; nested values are JSON.</summary>
internal sealed class CsvRows : RowWriter
{
    static readonly SearchValues<byte> Special = SearchValues.Create("\",\r\n"u8);
    readonly IReadOnlyList<ResultColumn> columns;
    readonly IBufferWriter<byte> output;
    readonly ArrayBufferWriter<byte> nested = new();
    readonly Utf8JsonWriter json;

    public CsvRows(IReadOnlyList<ResultColumn> columns, IBufferWriter<byte> output)
        : base(columns)
    {
        this.columns = columns;
        this.output = output;
        json = new Utf8JsonWriter(nested, new JsonWriterOptions { Encoder = JsonValues.Escaping, SkipValidation = true });
    }

    public override void Begin()
    {
        for (var i = 0; i < columns.Count; i++)
        {
            Separate(i);
            Text(System.Text.Encoding.UTF8.GetBytes(columns[i].Name));
        }

        output.Write("\r\n"u8);
    }

    public override void Row(ColumnBatch batch, int row)
    {
        for (var i = 0; i < Encodings.Length; i++)
        {
            Separate(i);
            if (!batch.Columns[i].IsNull(row))
            {
                Value(Encodings[i], batch.Columns[i], row);
            }
        }

        output.Write("\r\n"u8);
    }

    void Separate(int column)
    {
        if (column > 0)
        {
            output.Write(","u8);
        }
    }

    void Value(ColumnEncoding encoding, ColumnVector column, int row)
    {
        switch (encoding.Kind)
        {
            case ValueKind.Boolean:
                output.Write(column.Values<byte>()[row] != 0 ? "true"u8 : "false"u8);
                break;
            case ValueKind.String:
                Text(column.Bytes(row));
                break;
            case ValueKind.Binary:
                var bytes = column.Bytes(row);
                Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var encoded);
                output.Advance(encoded);
                break;
            case ValueKind.Struct or ValueKind.List or ValueKind.Map:
                nested.ResetWrittenCount();
                JsonValues.Write(json, encoding, column, row);
                json.Flush();
                json.Reset();
                Text(nested.WrittenSpan);
                break;
            default:
                output.Advance(JsonValues.Text(encoding, column, row, output.GetSpan(Utf8Values.MaxLength)));
                break;
        }
    }

    void Text(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text.IndexOfAny(Special) < 0)
        {
            output.Write(text);
            return;
        }

        output.Write("\""u8);
        for (var quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            output.Write(text[..(quote + 1)]);
            output.Write("\""u8);
            text = text[(quote + 1)..];
        }

        output.Write(text);
        output.Write("\""u8);
    }
}
