using System.Buffers.Binary;
using Lakehouse.Engine.Native;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.TableFunctions;

/// <summary>Copies columns into DuckDB's vectors.</summary>
internal static unsafe class VectorCopy
{
    public static void Fill(nint vector, ColumnVector column, int count)
    {
        switch (column.Type)
        {
            case StructType structure:
                for (var i = 0; i < structure.Fields.Count; i++)
                {
                    Fill(NativeMethods.duckdb_struct_vector_get_child(vector, (ulong)i), column.Child(i), count);
                }

                break;
            case ListType or MapType:
                FillList(vector, column, count);
                break;
            case DecimalType d:
                FillDecimals(vector, d, column.Values<Int128>()[..count]);
                break;
            case FixedType or GeospatialType:
                FillBytes(vector, column, count);
                break;
            default:
                FillPrimitive(vector, column, count);
                break;
        }

        SetValidity(vector, column, count);
    }

    static void FillPrimitive(nint vector, ColumnVector column, int count)
    {
        switch (((PrimitiveType)column.Type).Name)
        {
            case "boolean":
                Copy<byte>(vector, column, count);
                break;
            case "int" or "date":
                Copy<int>(vector, column, count);
                break;
            case "float":
                Copy<float>(vector, column, count);
                break;
            case "double":
                Copy<double>(vector, column, count);
                break;
            case "string" or "binary" or "variant":
                FillBytes(vector, column, count);
                break;
            case "uuid":
                FillUuids(vector, column.Values<Guid>()[..count]);
                break;
            case "unknown":
                break;
            default:
                Copy<long>(vector, column, count);
                break;
        }
    }

    static Span<T> Values<T>(nint vector, int count)
        where T : unmanaged => new(NativeMethods.duckdb_vector_get_data(vector), count);

    static void Copy<T>(nint vector, ColumnVector column, int count)
        where T : unmanaged => column.Values<T>()[..count].CopyTo(Values<T>(vector, count));

    static void FillBytes(nint vector, ColumnVector column, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!column.IsNull(i))
            {
                var bytes = column.Bytes(i);
                fixed (byte* pointer = bytes)
                {
                    NativeMethods.duckdb_vector_assign_string_element_len(vector, (ulong)i, pointer, (ulong)bytes.Length);
                }
            }
        }
    }

    /// <summary>A decimal is stored in the least width that holds its precision.</summary>
    static void FillDecimals(nint vector, DecimalType type, ReadOnlySpan<Int128> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            switch (type.Precision)
            {
                case <= 4:
                    Values<short>(vector, values.Length)[i] = (short)values[i];
                    break;
                case <= 9:
                    Values<int>(vector, values.Length)[i] = (int)values[i];
                    break;
                case <= 18:
                    Values<long>(vector, values.Length)[i] = (long)values[i];
                    break;
                default:
                    Values<Int128>(vector, values.Length)[i] = values[i];
                    break;
            }
        }
    }

    /// <summary>DuckDB keeps a uuid as a signed number with the top bit flipped, so that it sorts.</summary>
    static void FillUuids(nint vector, ReadOnlySpan<Guid> values)
    {
        var target = Values<UInt128>(vector, values.Length);
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < values.Length; i++)
        {
            values[i].TryWriteBytes(bytes, bigEndian: true, out _);
            target[i] = BinaryPrimitives.ReadUInt128BigEndian(bytes) ^ (UInt128.One << 127);
        }
    }

    static void FillList(nint vector, ColumnVector column, int count)
    {
        var below = column.Child(0).Length;
        NativeMethods.duckdb_list_vector_reserve(vector, (ulong)below);
        NativeMethods.duckdb_list_vector_set_size(vector, (ulong)below);
        var entries = Values<(ulong Offset, ulong Length)>(vector, count);
        for (var i = 0; i < count; i++)
        {
            var (offset, length) = column.List(i);
            entries[i] = ((ulong)offset, (ulong)length);
        }

        var child = NativeMethods.duckdb_list_vector_get_child(vector);
        if (column.Type is ListType)
        {
            Fill(child, column.Child(0), below);
            return;
        }

        // A map is a list of structs of key and value.
        Fill(NativeMethods.duckdb_struct_vector_get_child(child, 0), column.Child(0), below);
        Fill(NativeMethods.duckdb_struct_vector_get_child(child, 1), column.Child(1), below);
    }

    static void SetValidity(nint vector, ColumnVector column, int count)
    {
        if (column.HasNoNulls && NativeMethods.duckdb_vector_get_validity(vector) is null)
        {
            return;
        }

        NativeMethods.duckdb_vector_ensure_validity_writable(vector);
        var validity = NativeMethods.duckdb_vector_get_validity(vector);
        for (var i = 0; i < count; i++)
        {
            var bit = 1UL << (i & 63);
            validity[i >> 6] = column.IsNull(i) ? validity[i >> 6] & ~bit : validity[i >> 6] | bit;
        }
    }
}
