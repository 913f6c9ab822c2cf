using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lakehouse.Engine.Native;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Iceberg's 32-bit hash (specification, Appendix B) as a SQL function over bytes, since DuckDB has no such hash.</summary>
internal static unsafe class BucketFunction
{
    const string Name = "lakeaspire_murmur3";

    /// <summary>The expression for the hash of a column.</summary>
    public static string HashOf(string column, IcebergType type) => type switch
    {
        DecimalType => $"{Name}_decimal({Unscaled(column)})",
        FixedType => $"{Name}_bytes({column})",
        _ => type.ToString() switch
        {
            "int" or "long" => $"{Name}_long(CAST({column} AS BIGINT))",
            "date" => $"{Name}_long(CAST({column} - DATE '1970-01-01' AS BIGINT))",
            "time" or "timestamp" or "timestamptz" => $"{Name}_long(epoch_us({column}))",
            "string" => $"{Name}_bytes(encode({column}))",
            "uuid" => $"{Name}_bytes(from_hex(replace(CAST({column} AS VARCHAR), '-', '')))",
            "binary" => $"{Name}_bytes({column})",
            _ => throw Formats.LakehouseException.Unsupported($"Unsupported: bucket of {type}."),
        },
    };

    /// <summary>The unscaled integer of a decimal, by its text: the product with a power of ten could overflow.</summary>
    public static string Unscaled(string column) => $"CAST(replace(CAST({column} AS VARCHAR), '.', '') AS HUGEINT)";

    /// <summary>Makes the functions known to the database of a connection; again does no harm.</summary>
    public static void Register(DuckDbConnection connection)
    {
        // An interrupt that came when the last statement was done is still noted; only a statement clears it, and the registration would fail by it.
        connection.Execute("SELECT 1");
        Register(connection, "_long", NativeType.BigInt, &HashLongs);
        Register(connection, "_bytes", NativeType.Blob, &HashBytes);
        Register(connection, "_decimal", NativeType.HugeInt, &HashDecimals);
    }

    static void Register(DuckDbConnection connection, string suffix, NativeType input, delegate* unmanaged[Cdecl]<nint, nint, nint, void> callback)
    {
        using var inputType = NativeMethods.duckdb_create_logical_type(input);
        using var outputType = NativeMethods.duckdb_create_logical_type(NativeType.Integer);
        var function = NativeMethods.duckdb_create_scalar_function();
        NativeMethods.duckdb_scalar_function_set_name(function, Name + suffix);
        NativeMethods.duckdb_scalar_function_add_parameter(function, inputType);
        NativeMethods.duckdb_scalar_function_set_return_type(function, outputType);
        NativeMethods.duckdb_scalar_function_set_function(function, callback);
        var state = NativeMethods.duckdb_register_scalar_function(connection.Handle, function);
        NativeMethods.duckdb_destroy_scalar_function(ref function);
        if (state != 0)
        {
            throw EngineException.From($"INTERNAL Error: the function {Name + suffix} cannot be registered");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void HashLongs(nint info, nint input, nint output)
    {
        var call = new Call(input, output);
        var values = (long*)call.Input;
        for (var i = 0; i < call.Count; i++)
        {
            call.Set(i, call.IsNull(i) ? 0 : BucketHash.Murmur3(new ReadOnlySpan<byte>(values + i, sizeof(long))));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void HashBytes(nint info, nint input, nint output)
    {
        var call = new Call(input, output);
        var values = (NativeString*)call.Input;
        for (var i = 0; i < call.Count; i++)
        {
            call.Set(i, call.IsNull(i) ? 0 : BucketHash.Murmur3(NativeString.Bytes(values + i)));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void HashDecimals(nint info, nint input, nint output)
    {
        var call = new Call(input, output);
        var values = (Int128*)call.Input;
        for (var i = 0; i < call.Count; i++)
        {
            call.Set(i, call.IsNull(i) ? 0 : BucketHash.Of(values[i], IcebergType.Long));
        }
    }

    /// <summary>The vectors of one call. DuckDB hands over flat ones.</summary>
    readonly struct Call
    {
        readonly ulong* inputValidity;
        readonly ulong* outputValidity;
        readonly int* outputs;

        public Call(nint input, nint output)
        {
            var vector = NativeMethods.duckdb_data_chunk_get_vector(input, 0);
            Count = (int)NativeMethods.duckdb_data_chunk_get_size(input);
            Input = NativeMethods.duckdb_vector_get_data(vector);
            inputValidity = NativeMethods.duckdb_vector_get_validity(vector);
            outputs = (int*)NativeMethods.duckdb_vector_get_data(output);
            if (inputValidity is not null)
            {
                NativeMethods.duckdb_vector_ensure_validity_writable(output);
                outputValidity = NativeMethods.duckdb_vector_get_validity(output);
            }
        }

        public int Count { get; }

        public void* Input { get; }

        public bool IsNull(int row) => inputValidity is not null && ((inputValidity[row >> 6] >> (row & 63)) & 1) == 0;

        public void Set(int row, int hash)
        {
            outputs[row] = hash;
            if (IsNull(row))
            {
                outputValidity[row >> 6] &= ~(1UL << (row & 63));
            }
        }
    }
}
