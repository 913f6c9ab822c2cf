using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>A column that is filled value by value from an Avro file, and then read as a vector.</summary>
/// <param name="type">Type of the values.</param>
/// <param name="writer">What the file holds; null when it holds no such column.</param>
/// <param name="absent">Value of a column that the file does not hold.</param>
internal abstract class AvroColumn(IcebergType type, AvroType? writer, object? absent) : ColumnVector
{
    private bool[] nulls = new bool[64];
    private int length;
    private int nullCount;

    public override IcebergType Type => type;

    public override int Length => length;

    public override bool HasNoNulls => nullCount == 0;

    public override bool IsNull(int row) => nulls[row];

    /// <summary>Takes the next value of the file.</summary>
    public void Append(ref AvroReader reader)
    {
        if (reader.Enter(writer!) is { } entered)
        {
            AppendValue(ref reader, entered);
            Advance(isNull: false);
        }
        else
        {
            AppendNull();
        }
    }

    /// <summary>Takes the value of a column that the file does not hold.</summary>
    public void AppendAbsent() => AppendBoxed(absent);

    /// <summary>Takes a value that is boxed as <see cref="SingleValueJson"/> says.</summary>
    public void AppendBoxed(object? value)
    {
        if (value is null)
        {
            AppendNull();
        }
        else
        {
            AppendObject(value);
            Advance(isNull: false);
        }
    }

    public void AppendNull()
    {
        AppendDefault();
        Advance(isNull: true);
    }

    public virtual void Clear()
    {
        length = 0;
        nullCount = 0;
    }

    public override ReadOnlySpan<T> Values<T>() => throw WrongLayout();

    public override ReadOnlySpan<byte> Bytes(int row) => throw WrongLayout();

    public override (int Offset, int Length) List(int row) => throw WrongLayout();

    public override ColumnVector Child(int index) => throw WrongLayout();

    /// <summary>Reads a value of the file's type <paramref name="type"/>, which is no union and not null.</summary>
    protected abstract void AppendValue(ref AvroReader reader, AvroType type);

    protected abstract void AppendObject(object value);

    /// <summary>Fills the place of a null.</summary>
    protected abstract void AppendDefault();

    protected InvalidOperationException WrongLayout() => new($"A {Type} is not laid out so");

    private void Advance(bool isNull)
    {
        if (length == nulls.Length)
        {
            Array.Resize(ref nulls, length * 2);
        }

        nulls[length++] = isNull;
        nullCount += isNull ? 1 : 0;
    }
}
