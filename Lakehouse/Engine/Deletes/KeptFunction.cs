using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lakehouse.Engine.Native;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Deletes;

/// <summary>The SQL function <c>name(file BIGINT, position BIGINT) → BOOLEAN</c>: whether a row is not among the deleted ones of its file.</summary>
internal static unsafe class KeptFunction
{
    public static void Register(DuckDbConnection connection, string name, PositionBitmap[] files)
    {
        // An interrupt that came when the last statement was done is still noted; only a statement clears it, and the registration would fail by it.
        connection.Execute("SELECT 1");
        using var number = NativeMethods.duckdb_create_logical_type(NativeType.BigInt);
        using var flag = NativeMethods.duckdb_create_logical_type(NativeType.Boolean);
        var function = NativeMethods.duckdb_create_scalar_function();
        NativeMethods.duckdb_scalar_function_set_name(function, name);
        NativeMethods.duckdb_scalar_function_add_parameter(function, number);
        NativeMethods.duckdb_scalar_function_add_parameter(function, number);
        NativeMethods.duckdb_scalar_function_set_return_type(function, flag);
        NativeMethods.duckdb_scalar_function_set_extra_info(function, GCHandle.ToIntPtr(GCHandle.Alloc(files)), &Free);
        NativeMethods.duckdb_scalar_function_set_function(function, &Look);
        var state = NativeMethods.duckdb_register_scalar_function(connection.Handle, function);
        NativeMethods.duckdb_destroy_scalar_function(ref function);
        if (state != 0)
        {
            throw EngineException.From($"Catalog Error: the function {name} cannot be registered");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Look(nint info, nint input, nint output)
    {
        try
        {
            var files = (PositionBitmap[])GCHandle.FromIntPtr(NativeMethods.duckdb_scalar_function_get_extra_info(info)).Target!;
            var count = (int)NativeMethods.duckdb_data_chunk_get_size(input);
            var indexes = new ReadOnlySpan<long>(NativeMethods.duckdb_vector_get_data(NativeMethods.duckdb_data_chunk_get_vector(input, 0)), count);
            var positions = new ReadOnlySpan<long>(NativeMethods.duckdb_vector_get_data(NativeMethods.duckdb_data_chunk_get_vector(input, 1)), count);
            var kept = new Span<byte>(NativeMethods.duckdb_vector_get_data(output), count);
            for (var start = 0; start < count;)
            {
                // Rows of one file come together, nearly always all of them.
                var rest = indexes[start..].IndexOfAnyExcept(indexes[start]);
                var end = rest < 0 ? count : start + rest;
                files[indexes[start]].Find(positions[start..end], kept[start..end]);
                start = end;
            }

            for (var i = 0; i < count; i++)
            {
                kept[i] ^= 1;
            }
        }
        catch (Exception e)
        {
            NativeMethods.duckdb_scalar_function_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Free(nint handle) => GCHandle.FromIntPtr(handle).Free();
}
