using System.Runtime.CompilerServices;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>A column of fixed-width values.</summary>
internal sealed class AvroNumberColumn<T>(IcebergType type, AvroType? writer, object? absent, AvroNumberColumn<T>.Reader read, Func<object, T> unbox) : AvroColumn(type, writer, absent)
    where T : unmanaged
{
    private T[] values = new T[64];

    public delegate T Reader(ref AvroReader reader, AvroType type);

    public override ReadOnlySpan<TValue> Values<TValue>()
    {
        if (typeof(TValue) != typeof(T))
        {
            throw WrongLayout();
        }

        return System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, TValue>(ref values[0]), Length);
    }

    protected override void AppendValue(ref AvroReader reader, AvroType type) => Add(read(ref reader, type));

    protected override void AppendObject(object value) => Add(unbox(value));

    protected override void AppendDefault() => Add(default);

    private void Add(T value)
    {
        if (Length == values.Length)
        {
            Array.Resize(ref values, values.Length * 2);
        }

        values[Length] = value;
    }
}
