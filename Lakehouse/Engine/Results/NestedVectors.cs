using Lakehouse.Engine.Native;
using Lakehouse.Formats.Columns;

namespace Lakehouse.Engine.Results;

internal sealed unsafe class TextVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) : DuckDbVector(layout, vector, length, owner)
{
    readonly NativeString* texts = (NativeString*)NativeMethods.duckdb_vector_get_data(vector);

    public override ReadOnlySpan<byte> Bytes(int row) => IsNull(row) ? default : NativeString.Bytes(texts + row);
}

internal sealed unsafe class EnumVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) : DuckDbVector(layout, vector, length, owner)
{
    readonly void* indexes = NativeMethods.duckdb_vector_get_data(vector);

    public override ReadOnlySpan<byte> Bytes(int row)
    {
        if (IsNull(row))
        {
            return default;
        }

        var index = Layout.Native switch
        {
            NativeType.UTinyInt => ((byte*)indexes)[row],
            NativeType.USmallInt => ((ushort*)indexes)[row],
            _ => ((uint*)indexes)[row],
        };
        return Layout.Dictionary![index];
    }
}

internal sealed class StructVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) : DuckDbVector(layout, vector, length, owner)
{
    readonly DuckDbVector?[] children = new DuckDbVector?[layout.Children.Length];

    public override ColumnVector Child(int index)
    {
        CheckOwner();
        return children[index] ??= Create(Layout.Children[index], NativeMethods.duckdb_struct_vector_get_child(Vector, (ulong)index), Length, Owner);
    }
}

/// <summary>Lists, and maps, which DuckDB keeps as lists of (key, value).</summary>
internal unsafe class ListVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) : DuckDbVector(layout, vector, length, owner)
{
    readonly NativeListEntry* entries = (NativeListEntry*)NativeMethods.duckdb_vector_get_data(vector);
    DuckDbVector? element;

    protected int ElementCount => (int)NativeMethods.duckdb_list_vector_get_size(Vector);

    protected nint Elements => NativeMethods.duckdb_list_vector_get_child(Vector);

    public override (int Offset, int Length) List(int row) => IsNull(row) ? (0, 0) : ((int)entries[row].Offset, (int)entries[row].Length);

    public override ColumnVector Child(int index)
    {
        CheckOwner();
        ArgumentOutOfRangeException.ThrowIfNotEqual(index, 0);
        return element ??= Create(Layout.Children[0], Elements, ElementCount, Owner);
    }
}

internal sealed class MapVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) : ListVector(layout, vector, length, owner)
{
    readonly DuckDbVector?[] children = new DuckDbVector?[2];

    public override ColumnVector Child(int index)
    {
        CheckOwner();
        return children[index] ??= Create(Layout.Children[index], NativeMethods.duckdb_struct_vector_get_child(Elements, (ulong)index), ElementCount, Owner);
    }
}

/// <summary>Arrays of one size: lists without entries.</summary>
internal sealed class ArrayVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) : DuckDbVector(layout, vector, length, owner)
{
    DuckDbVector? element;

    public override (int Offset, int Length) List(int row) => IsNull(row) ? (0, 0) : (row * Layout.ArraySize, Layout.ArraySize);

    public override ColumnVector Child(int index)
    {
        CheckOwner();
        ArgumentOutOfRangeException.ThrowIfNotEqual(index, 0);
        return element ??= Create(Layout.Children[0], NativeMethods.duckdb_array_vector_get_child(Vector), Length * Layout.ArraySize, Owner);
    }
}
