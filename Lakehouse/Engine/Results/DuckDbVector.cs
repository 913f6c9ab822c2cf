using Lakehouse.Engine.Native;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Results;

/// <summary>A vector of DuckDB's. What a kind of column does not have throws.</summary>
internal abstract unsafe class DuckDbVector : ColumnVector
{
    readonly ulong* validity;
    readonly DuckDbBatch owner;

    protected DuckDbVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner)
    {
        Layout = layout;
        Vector = vector;
        Length = length;
        this.owner = owner;
        validity = NativeMethods.duckdb_vector_get_validity(vector);
    }

    public override IcebergType Type => Layout.Type;

    public override int Length { get; }

    public override bool HasNoNulls => validity is null;

    protected ColumnLayout Layout { get; }

    protected nint Vector { get; }

    protected DuckDbBatch Owner => owner;

    public static DuckDbVector Create(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) => layout.Native switch
    {
        _ when layout.Dictionary is not null => new EnumVector(layout, vector, length, owner),
        NativeType.Varchar or NativeType.Blob => new TextVector(layout, vector, length, owner),
        NativeType.List => new ListVector(layout, vector, length, owner),
        NativeType.Array => new ArrayVector(layout, vector, length, owner),
        NativeType.Map => new MapVector(layout, vector, length, owner),
        NativeType.Struct => new StructVector(layout, vector, length, owner),
        _ => new FixedWidthVector(layout, vector, length, owner),
    };

    public override bool IsNull(int row)
    {
        CheckRow(row);
        return validity is not null && ((validity[row >> 6] >> (row & 63)) & 1) == 0;
    }

    public override ReadOnlySpan<T> Values<T>() => throw new InvalidOperationException($"A {Type} column has no {typeof(T).Name} values.");

    public override ReadOnlySpan<byte> Bytes(int row) => throw new InvalidOperationException($"A {Type} column has no bytes.");

    public override (int Offset, int Length) List(int row) => throw new InvalidOperationException($"A {Type} column has no lists.");

    public override ColumnVector Child(int index) => throw new InvalidOperationException($"A {Type} column has no children.");

    /// <summary>The memory is DuckDB's: a read past its end, or after it was given back, must not happen.</summary>
    protected void CheckRow(int row)
    {
        CheckOwner();
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Length, nameof(row));
    }

    protected void CheckOwner() => ObjectDisposedException.ThrowIf(owner.IsDisposed, owner);
}
