using System.Buffers.Binary;
using System.Numerics;
using Lakehouse.Engine.Native;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Results;

/// <summary>A column of fixed width: DuckDB's memory itself where its layout is the one that is asked for, else converted once.</summary>
internal sealed unsafe class FixedWidthVector(ColumnLayout layout, nint vector, int length, DuckDbBatch owner) : DuckDbVector(layout, vector, length, owner)
{
    readonly void* data = NativeMethods.duckdb_vector_get_data(vector);
    Array? converted;

    public override ReadOnlySpan<T> Values<T>()
    {
        CheckOwner();
        return Layout.Native switch
        {
            NativeType.Boolean => Direct<T, byte>(),
            NativeType.Integer when Layout.Type is not DecimalType => Direct<T, int>(),
            NativeType.Date => Direct<T, int>(),
            NativeType.BigInt when Layout.Type is not DecimalType => Direct<T, long>(),
            NativeType.Time or NativeType.Timestamp or NativeType.TimestampNanos or NativeType.TimestampTz => Direct<T, long>(),
            NativeType.Float => Direct<T, float>(),
            NativeType.Double => Direct<T, double>(),
            NativeType.HugeInt when Layout.Name != "HUGEINT" => Direct<T, Int128>(),
            _ => Converted<T>(),
        };
    }

    ReadOnlySpan<T> Direct<T, TLayout>()
        where T : unmanaged
        where TLayout : unmanaged => typeof(T) == typeof(TLayout) ? new ReadOnlySpan<T>(data, Length) : base.Values<T>();

    ReadOnlySpan<T> Converted<T>()
        where T : unmanaged
    {
        converted ??= Layout.Native switch
        {
            NativeType.TinyInt => Widen<sbyte, int>(),
            NativeType.UTinyInt => Widen<byte, int>(),
            NativeType.SmallInt when Layout.Type is not DecimalType => Widen<short, int>(),
            NativeType.USmallInt => Widen<ushort, int>(),
            NativeType.UInteger => Widen<uint, long>(),
            NativeType.UBigInt => Widen<ulong, Int128>(),
            NativeType.HugeInt => Within38Digits<Int128>(),
            NativeType.UHugeInt => Within38Digits<UInt128>(),
            NativeType.SmallInt => Widen<short, Int128>(),
            NativeType.Integer => Widen<int, Int128>(),
            NativeType.BigInt => Widen<long, Int128>(),
            NativeType.TimestampSeconds => Scale(1_000_000),
            NativeType.TimestampMillis => Scale(1000),
            NativeType.Uuid => Uuids(),
            NativeType.SqlNull => new int[Length],
            _ => throw new InvalidOperationException($"no layout for {Layout.Name}"),
        };
        return converted is T[] values ? values.AsSpan(0, Length) : base.Values<T>();
    }

    TTo[] Widen<TFrom, TTo>()
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        var from = new ReadOnlySpan<TFrom>(data, Length);
        var to = new TTo[Length];
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);
        }

        return to;
    }

    /// <summary>128-bit integers reach past the 38 digits of a decimal. Where a value is null the memory holds anything.</summary>
    Int128[] Within38Digits<TFrom>()
        where TFrom : unmanaged, IBinaryInteger<TFrom>
    {
        var from = new ReadOnlySpan<TFrom>(data, Length);
        var to = Widen<TFrom, Int128>();
        for (var i = 0; i < from.Length; i++)
        {
            if ((to[i] > Decimals.Limit || to[i] < -Decimals.Limit || (from[i] > TFrom.Zero && to[i] < 0)) && !IsNull(i))
            {
                throw TooLarge();
            }
        }

        return to;
    }

    LakehouseException TooLarge() => LakehouseException.InvalidData($"A {Layout.Name} value has more than the 38 digits that a decimal holds; cast it in the query, for instance to DOUBLE or VARCHAR.");

    long[] Scale(long factor)
    {
        var from = new ReadOnlySpan<long>(data, Length);
        var to = new long[Length];
        for (var i = 0; i < from.Length; i++)
        {
            // Infinity is the largest value in each unit, and stays it.
            to[i] = from[i] == long.MaxValue || from[i] == -long.MaxValue ? from[i] : unchecked(from[i] * factor);
        }

        return to;
    }

    /// <summary>DuckDB keeps a uuid as a signed number with the top bit flipped, so that it sorts.</summary>
    Guid[] Uuids()
    {
        var from = new ReadOnlySpan<UInt128>(data, Length);
        var to = new Guid[Length];
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < from.Length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, from[i] ^ (UInt128.One << 127));
            to[i] = new Guid(bytes, bigEndian: true);
        }

        return to;
    }
}
