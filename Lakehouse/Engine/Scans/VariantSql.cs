using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lakehouse.Engine.Native;
using Lakehouse.Formats.Variants;

namespace Lakehouse.Engine.Scans;

/// <summary>
/// Variants as JSON text, by a SQL function of ours over the bytes of the variant: DuckDB's own text of some values is no JSON (<c>-.001</c>), or loses what they were (binary).
/// </summary>
public sealed record VariantSql() : RelationInput(Function)
{
    const string Function = "lakeaspire_variant_json";

    /// <summary>The JSON text of a value of DuckDB's type VARIANT; its null is null.</summary>
    public static string Json(string value) =>
        $"CASE WHEN {value} IS NOT NULL THEN {Function}(struct_extract({Parts(value)}, 'metadata'), struct_extract({Parts(value)}, 'value')) END";

    static string Parts(string value) => $"CAST(variant_to_parquet_variant({value}) AS STRUCT(metadata BLOB, \"value\" BLOB))";

    /// <inheritdoc />
    public override unsafe void Register(DuckDbConnection connection)
    {
        // An interrupt that came when the last statement was done is still noted; only a statement clears it, and the registration would fail by it.
        connection.Execute("SELECT 1");
        using var bytes = NativeMethods.duckdb_create_logical_type(NativeType.Blob);
        using var text = NativeMethods.duckdb_create_logical_type(NativeType.Varchar);
        var function = NativeMethods.duckdb_create_scalar_function();
        NativeMethods.duckdb_scalar_function_set_name(function, Function);
        NativeMethods.duckdb_scalar_function_add_parameter(function, bytes);
        NativeMethods.duckdb_scalar_function_add_parameter(function, bytes);
        NativeMethods.duckdb_scalar_function_set_return_type(function, text);
        NativeMethods.duckdb_scalar_function_set_function(function, &Write);
        var state = NativeMethods.duckdb_register_scalar_function(connection.Handle, function);
        NativeMethods.duckdb_destroy_scalar_function(ref function);
        if (state != 0)
        {
            throw EngineException.From($"INTERNAL Error: the function {Function} cannot be registered");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static unsafe void Write(nint info, nint input, nint output)
    {
        try
        {
            var count = (int)NativeMethods.duckdb_data_chunk_get_size(input);
            var (metadata, values) = (NativeMethods.duckdb_data_chunk_get_vector(input, 0), NativeMethods.duckdb_data_chunk_get_vector(input, 1));
            var (names, bytes) = ((nint)NativeMethods.duckdb_vector_get_data(metadata), (nint)NativeMethods.duckdb_vector_get_data(values));
            var validity = NativeMethods.duckdb_vector_get_validity(values);
            for (var i = 0; i < count; i++)
            {
                if (validity is not null && ((validity[i >> 6] >> (i & 63)) & 1) == 0)
                {
                    NativeMethods.duckdb_vector_ensure_validity_writable(output);
                    NativeMethods.duckdb_vector_get_validity(output)[i >> 6] &= ~(1UL << (i & 63));
                    continue;
                }

                var text = VariantJson.ToUtf8(NativeString.Bytes((NativeString*)names + i), NativeString.Bytes((NativeString*)bytes + i));
                fixed (byte* pointer = text)
                {
                    NativeMethods.duckdb_vector_assign_string_element_len(output, (ulong)i, pointer, (ulong)text.Length);
                }
            }
        }
        catch (Exception e)
        {
            NativeMethods.duckdb_scalar_function_set_error(info, e.Message);
        }
    }
}
