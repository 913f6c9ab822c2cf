using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;

namespace Lakehouse.Sources.Lines;

/// <summary>A column of a contract that is filled straight from a line.</summary>
internal sealed class FastColumn
{
    readonly FieldKind[] kinds;
    readonly bool isRequired;
    readonly Func<ReadOnlySpan<byte>, TableRows, int, int, bool> write;

    FastColumn(int slot, int column, bool isRequired, FieldKind[] kinds, Func<ReadOnlySpan<byte>, TableRows, int, int, bool> write)
    {
        Slot = slot;
        Column = column;
        this.isRequired = isRequired;
        this.kinds = kinds;
        this.write = write;
    }

    public int Slot { get; }

    public int Column { get; }

    /// <summary>The filler of a column; null when only the contract's SQL can fill it.</summary>
    public static FastColumn? TryCreate(ContractColumn column, int slot, int index)
    {
        if (column.Format is not null)
        {
            return null;
        }

        FieldKind[] number = [FieldKind.Number];
        FieldKind[] text = [FieldKind.Text];
        return column.Type switch
        {
            DecimalType d => new FastColumn(slot, index, column.Required, number, (bytes, rows, c, r) => Decimal(d, bytes, rows, c, r)),
            PrimitiveType { Name: "string" } => new FastColumn(slot, index, column.Required, [FieldKind.Text, FieldKind.EscapedText], Text),
            PrimitiveType { Name: "long" } => new FastColumn(slot, index, column.Required, number, Long),
            PrimitiveType { Name: "int" } => new FastColumn(slot, index, column.Required, number, Int),
            PrimitiveType { Name: "double" } => new FastColumn(slot, index, column.Required, number, Double),
            PrimitiveType { Name: "boolean" } => new FastColumn(slot, index, column.Required, [FieldKind.True, FieldKind.False], Boolean),
            PrimitiveType { Name: "date" } => new FastColumn(slot, index, column.Required, text, Date),
            PrimitiveType { Name: "timestamp" } => new FastColumn(slot, index, column.Required, text, (bytes, rows, c, r) => Timestamp(inUtc: false, bytes, rows, c, r)),
            PrimitiveType { Name: "timestamptz" } => new FastColumn(slot, index, column.Required, text, (bytes, rows, c, r) => Timestamp(inUtc: true, bytes, rows, c, r)),
            _ => null,
        };
    }

    /// <summary>Fills the value of a row. False when that is not for this to decide.</summary>
    /// <param name="text">Pinned buffer with the line.</param>
    /// <param name="value">The field.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="row">Which.</param>
    public bool TryWrite(ReadOnlySpan<byte> text, FieldValue value, TableRows rows, int row)
    {
        if (value.Kind is FieldKind.Missing or FieldKind.Null)
        {
            rows.SetNull(Column, row);
            return !isRequired;
        }

        if (value.Kind == FieldKind.EscapedText && kinds.Length == 2)
        {
            // Never longer than it was; small ones need no array of their own.
            Span<byte> decoded = value.Length <= 512 ? stackalloc byte[512] : new byte[value.Length];
            var length = JsonTextValue.Unescape(text.Slice(value.Start, value.Length), decoded);
            rows.SetBytes(Column, row, decoded[..length]);
            return true;
        }

        return Array.IndexOf(kinds, value.Kind) >= 0 && write(text.Slice(value.Start, value.Length), rows, Column, row);
    }

    static bool Text(ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        rows.SetPinned(column, row, bytes);
        return true;
    }

    static bool Long(ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        var isLong = FastText.TryLong(bytes, out var value);
        rows.Values<long>(column)[row] = value;
        return isLong;
    }

    static bool Int(ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        var isInt = FastText.TryLong(bytes, out var value) && value is >= int.MinValue and <= int.MaxValue;
        rows.Values<int>(column)[row] = (int)value;
        return isInt;
    }

    static bool Double(ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        var isDouble = FastText.TryDouble(bytes, out var value);
        rows.Values<double>(column)[row] = value;
        return isDouble;
    }

    static bool Boolean(ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        rows.Values<byte>(column)[row] = bytes[0] == (byte)'t' ? (byte)1 : (byte)0;
        return true;
    }

    static bool Date(ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        var isDate = FastText.TryDate(bytes, out var value);
        rows.Values<int>(column)[row] = value;
        return isDate;
    }

    static bool Timestamp(bool inUtc, ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        var isTimestamp = FastText.TryTimestamp(bytes, inUtc, out var value);
        rows.Values<long>(column)[row] = value;
        return isTimestamp;
    }

    static bool Decimal(DecimalType type, ReadOnlySpan<byte> bytes, TableRows rows, int column, int row)
    {
        if (!FastText.TryDecimal(bytes, type.Precision, type.Scale, out var value))
        {
            return false;
        }

        switch (type.Precision)
        {
            case <= 4:
                rows.Values<short>(column)[row] = (short)value;
                break;
            case <= 9:
                rows.Values<int>(column)[row] = (int)value;
                break;
            case <= 18:
                rows.Values<long>(column)[row] = (long)value;
                break;
            default:
                rows.Values<Int128>(column)[row] = value;
                break;
        }

        return true;
    }
}
