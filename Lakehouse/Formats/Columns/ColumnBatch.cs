using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Columns;

/// <summary>
/// Some rows of a result as columns. It may stand on memory of an engine: valid until it is disposed, and not to be used by two threads at once.
/// </summary>
public abstract class ColumnBatch : IDisposable
{
    /// <summary>Number of rows; may be 0.</summary>
    public abstract int RowCount { get; }

    /// <summary>The columns, each of <see cref="RowCount"/> values.</summary>
    public abstract IReadOnlyList<ColumnVector> Columns { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the batch stands on.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>
/// The values of one column of a batch. Layout by type: boolean as <see cref="byte"/> (0 or 1); int, date (days since 1970-01-01) as <see cref="int"/>;
/// long, time, timestamp, timestamptz (microseconds) as <see cref="long"/>; float; double; decimal as unscaled <see cref="Int128"/>;
/// uuid as <see cref="Guid"/>; string (UTF-8), binary and fixed by <see cref="Bytes"/>; struct, list and map by <see cref="Child"/> and <see cref="List"/>.
/// </summary>
public abstract class ColumnVector
{
    /// <summary>Type of the values.</summary>
    public abstract IcebergType Type { get; }

    /// <summary>Number of values.</summary>
    public abstract int Length { get; }

    /// <summary>Whether no value is null (true is always right, false may be a guess).</summary>
    public abstract bool HasNoNulls { get; }

    /// <summary>Whether a value is null.</summary>
    public abstract bool IsNull(int row);

    /// <summary>The values of a fixed-width column; undefined where null.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the layout of <see cref="Type"/>.</exception>
    public abstract ReadOnlySpan<T> Values<T>() where T : unmanaged;

    /// <summary>One value of a string, binary or fixed column.</summary>
    public abstract ReadOnlySpan<byte> Bytes(int row);

    /// <summary>Start and length of one list or map value within the child column.</summary>
    public abstract (int Offset, int Length) List(int row);

    /// <summary>Child column: a field of a struct by position; 0 = element of a list; 0 and 1 = key and value of a map.</summary>
    public abstract ColumnVector Child(int index);
}
