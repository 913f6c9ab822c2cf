using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lakehouse.Engine.Native;

namespace Lakehouse.Engine.TableFunctions;

/// <summary>Rows that a table source fills in, column by column or row by row. Good for the call that it is handed to.</summary>
public readonly unsafe ref struct TableRows
{
    /// <summary>Rows that there is room for.</summary>
    public const int Capacity = 2048;

    const int InlineText = 12;
    readonly ReadOnlySpan<Column> columns;

    internal TableRows(ReadOnlySpan<Column> columns) => this.columns = columns;

    /// <summary>The values of a column: <see cref="byte"/> 0 or 1 (boolean), int (int, date), long (long, timestamps in microseconds), float, double; decimals as short, int, long or
    /// <see cref="Int128"/> by their precision.</summary>
    public Span<T> Values<T>(int column)
        where T : unmanaged => new(columns[column].Data, Capacity);

    /// <summary>Makes a value null.</summary>
    public void SetNull(int column, int row)
    {
        NativeMethods.duckdb_vector_ensure_validity_writable(columns[column].Vector);
        NativeMethods.duckdb_vector_get_validity(columns[column].Vector)[row >> 6] &= ~(1UL << (row & 63));
    }

    /// <summary>Takes back the nulls of a row that is given up and filled in anew.</summary>
    public void Reset(int row)
    {
        foreach (var column in columns)
        {
            var validity = NativeMethods.duckdb_vector_get_validity(column.Vector);
            if (validity is not null)
            {
                validity[row >> 6] |= 1UL << (row & 63);
            }
        }
    }

    /// <summary>Sets text or bytes; they are copied.</summary>
    public void SetBytes(int column, int row, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            NativeMethods.duckdb_vector_assign_string_element_len(columns[column].Vector, (ulong)row, pointer, (ulong)bytes.Length);
        }
    }

    /// <summary>Copies the first values of a column of the same type, nested ones with all that is in them.</summary>
    /// <param name="column">Column.</param>
    /// <param name="values">The values.</param>
    /// <param name="count">How many rows; at most <see cref="Capacity"/>.</param>
    public void Copy(int column, Formats.Columns.ColumnVector values, int count) => VectorCopy.Fill(columns[column].Vector, values, count);

    /// <summary>Sets text that is proven to be UTF-8, without copying it.</summary>
    /// <param name="column">Column, of type string or binary.</param>
    /// <param name="row">Row.</param>
    /// <param name="pinned">Bytes of a pinned array, which stays as it is until the reader is called again.</param>
    public void SetPinned(int column, int row, ReadOnlySpan<byte> pinned)
    {
        var text = (NativeString*)columns[column].Data + row;
        text->Length = (uint)pinned.Length;
        if (pinned.Length <= InlineText)
        {
            // What follows the text is zero: DuckDB compares short texts as whole words.
            var inline = new Span<byte>((byte*)text + sizeof(uint), InlineText);
            inline.Clear();
            pinned.CopyTo(inline);
            return;
        }

        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
        *(uint*)((byte*)text + sizeof(uint)) = *(uint*)start;
        text->Pointer = start;
    }

    internal readonly struct Column(nint vector)
    {
        public readonly nint Vector = vector;
        public readonly void* Data = NativeMethods.duckdb_vector_get_data(vector);
    }
}
