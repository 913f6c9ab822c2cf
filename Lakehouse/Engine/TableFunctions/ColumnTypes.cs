using System.Runtime.InteropServices;
using Lakehouse.Engine.Native;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.TableFunctions;

/// <summary>DuckDB's types of the columns of table sources.</summary>
internal static unsafe class ColumnTypes
{
    public static LogicalTypeHandle Of(IcebergType type)
    {
        switch (type)
        {
            case DecimalType d:
                return NativeMethods.duckdb_create_decimal_type((byte)d.Precision, (byte)d.Scale);
            case ListType list:
                using (var element = Of(list.Element))
                {
                    return NativeMethods.duckdb_create_list_type(element);
                }

            case MapType map:
                using (var key = Of(map.Key))
                using (var value = Of(map.Value))
                {
                    return NativeMethods.duckdb_create_map_type(key, value);
                }

            case StructType structure:
                return OfStruct(structure);
            default:
                return NativeMethods.duckdb_create_logical_type(Plain(type));
        }
    }

    static LogicalTypeHandle OfStruct(StructType structure)
    {
        var children = structure.Fields.Select(field => Of(field.Type)).ToArray();
        var names = (byte**)NativeMemory.AllocZeroed((nuint)Math.Max(1, children.Length), (nuint)sizeof(byte*));
        try
        {
            var types = new nint[children.Length];
            for (var i = 0; i < types.Length; i++)
            {
                types[i] = children[i].DangerousGetHandle();
                names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(structure.Fields[i].Name);
            }

            fixed (nint* pointer = types)
            {
                return NativeMethods.duckdb_create_struct_type(pointer, names, (ulong)types.Length);
            }
        }
        finally
        {
            for (var i = 0; i < children.Length; i++)
            {
                Marshal.FreeCoTaskMem((nint)names[i]);
                children[i].Dispose();
            }

            NativeMemory.Free(names);
        }
    }

    static NativeType Plain(IcebergType type) => type switch
    {
        FixedType or GeospatialType => NativeType.Blob,
        PrimitiveType primitive => primitive.Name switch
        {
            "boolean" => NativeType.Boolean,
            "int" or "unknown" => NativeType.Integer,
            "long" => NativeType.BigInt,
            "float" => NativeType.Float,
            "double" => NativeType.Double,
            "date" => NativeType.Date,
            "time" => NativeType.Time,
            "timestamp" => NativeType.Timestamp,
            "timestamptz" => NativeType.TimestampTz,
            "timestamp_ns" => NativeType.TimestampNanos,
            "uuid" => NativeType.Uuid,
            "string" or "variant" => NativeType.Varchar,
            "binary" => NativeType.Blob,
            _ => throw LakehouseException.Unsupported($"Unsupported: a table source has no columns of type {type}."),
        },
        _ => throw LakehouseException.Unsupported($"Unsupported: a table source has no columns of type {type}."),
    };
}
