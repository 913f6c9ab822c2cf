using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;

namespace Lakehouse.Sources.Lines;

/// <summary>A column of a contract that is filled straight from a line.</summary>
internal sealed class FastColumn
{
    readonly Kind kind;
    readonly uint accepted;
    readonly bool isRequired;
    readonly int precision;
    readonly int scale;

    FastColumn(ContractColumn column, int slot, int index, Kind kind, params ReadOnlySpan<FieldKind> accepted)
    {
        Slot = slot;
        Column = index;
        this.kind = kind;
        isRequired = column.Required;
        (precision, scale) = column.Type is DecimalType d ? (d.Precision, d.Scale) : (0, 0);
        foreach (var field in accepted)
        {
            this.accepted |= 1u << (int)field;
        }
    }

    enum Kind
    {
        Text,
        Long,
        Int,
        Double,
        Boolean,
        Date,
        Timestamp,
        TimestampTz,
        Decimal,
    }

    public int Slot { get; }

    public int Column { get; }

    /// <summary>The filler of a column; null when only the contract's SQL can fill it.</summary>
    public static FastColumn? TryCreate(ContractColumn column, int slot, int index) => (column.Format, column.Type) switch
    {
        (not null, _) => null,
        (_, DecimalType) => new FastColumn(column, slot, index, Kind.Decimal, FieldKind.Number),
        (_, PrimitiveType { Name: "string" }) => new FastColumn(column, slot, index, Kind.Text, FieldKind.Text, FieldKind.EscapedText),
        (_, PrimitiveType { Name: "long" }) => new FastColumn(column, slot, index, Kind.Long, FieldKind.Number),
        (_, PrimitiveType { Name: "int" }) => new FastColumn(column, slot, index, Kind.Int, FieldKind.Number),
        (_, PrimitiveType { Name: "double" }) => new FastColumn(column, slot, index, Kind.Double, FieldKind.Number),
        (_, PrimitiveType { Name: "boolean" }) => new FastColumn(column, slot, index, Kind.Boolean, FieldKind.True, FieldKind.False),
        (_, PrimitiveType { Name: "date" }) => new FastColumn(column, slot, index, Kind.Date, FieldKind.Text),
        (_, PrimitiveType { Name: "timestamp" }) => new FastColumn(column, slot, index, Kind.Timestamp, FieldKind.Text),
        (_, PrimitiveType { Name: "timestamptz" }) => new FastColumn(column, slot, index, Kind.TimestampTz, FieldKind.Text),
        _ => null,
    };

    /// <summary>Fills the value of a row. False when that is not for this to decide.</summary>
    /// <param name="text">Pinned buffer with the line.</param>
    /// <param name="value">The field.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="row">Which.</param>
    public bool TryWrite(ReadOnlySpan<byte> text, FieldValue value, TableRows rows, int row)
    {
        if ((accepted >> (int)value.Kind & 1) == 0)
        {
            if (value.Kind is not (FieldKind.Missing or FieldKind.Null))
            {
                return false;
            }

            rows.SetNull(Column, row);
            return !isRequired;
        }

        var bytes = text.Slice(value.Start, value.Length);
        switch (kind)
        {
            case Kind.Text when value.Kind == FieldKind.Text:
                rows.SetPinned(Column, row, bytes);
                return true;
            case Kind.Text:
                WriteEscaped(bytes, rows, row);
                return true;
            case Kind.Long:
                return FastText.TryLong(bytes, out rows.Values<long>(Column)[row]);
            case Kind.Int:
                var isInt = FastText.TryLong(bytes, out var number) && number is >= int.MinValue and <= int.MaxValue;
                rows.Values<int>(Column)[row] = (int)number;
                return isInt;
            case Kind.Double:
                return FastText.TryDouble(bytes, out rows.Values<double>(Column)[row]);
            case Kind.Boolean:
                rows.Values<byte>(Column)[row] = value.Kind == FieldKind.True ? (byte)1 : (byte)0;
                return true;
            case Kind.Date:
                return FastText.TryDate(bytes, out rows.Values<int>(Column)[row]);
            case Kind.Timestamp or Kind.TimestampTz:
                return FastText.TryTimestamp(bytes, kind == Kind.TimestampTz, out rows.Values<long>(Column)[row]);
            default:
                return FastText.TryDecimal(bytes, precision, scale, out var unscaled) && WriteDecimal(unscaled, rows, row);
        }
    }

    /// <summary>Text is never longer than it was with its escapes; short ones need no array of their own.</summary>
    void WriteEscaped(ReadOnlySpan<byte> escaped, TableRows rows, int row)
    {
        Span<byte> decoded = escaped.Length <= 512 ? stackalloc byte[512] : new byte[escaped.Length];
        rows.SetBytes(Column, row, decoded[..JsonTextValue.Unescape(escaped, decoded)]);
    }

    bool WriteDecimal(Int128 unscaled, TableRows rows, int row)
    {
        switch (precision)
        {
            case <= 4:
                rows.Values<short>(Column)[row] = (short)unscaled;
                break;
            case <= 9:
                rows.Values<int>(Column)[row] = (int)unscaled;
                break;
            case <= 18:
                rows.Values<long>(Column)[row] = (long)unscaled;
                break;
            default:
                rows.Values<Int128>(Column)[row] = unscaled;
                break;
        }

        return true;
    }
}
