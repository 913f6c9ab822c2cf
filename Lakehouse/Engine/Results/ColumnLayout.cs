using Lakehouse.Engine.Native;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Results;

/// <summary>How the vectors of one column are read: DuckDB's type beside the Iceberg type that its values become.</summary>
internal sealed unsafe class ColumnLayout
{
    static readonly Dictionary<NativeType, (PrimitiveType Type, string Name)> Plain = new()
    {
        [NativeType.Boolean] = (IcebergType.Boolean, "BOOLEAN"),
        [NativeType.TinyInt] = (IcebergType.Int, "TINYINT"),
        [NativeType.SmallInt] = (IcebergType.Int, "SMALLINT"),
        [NativeType.Integer] = (IcebergType.Int, "INTEGER"),
        [NativeType.BigInt] = (IcebergType.Long, "BIGINT"),
        [NativeType.UTinyInt] = (IcebergType.Int, "UTINYINT"),
        [NativeType.USmallInt] = (IcebergType.Int, "USMALLINT"),
        [NativeType.UInteger] = (IcebergType.Long, "UINTEGER"),
        [NativeType.UBigInt] = (new DecimalType(20, 0), "UBIGINT"),
        [NativeType.HugeInt] = (new DecimalType(38, 0), "HUGEINT"),
        [NativeType.UHugeInt] = (new DecimalType(38, 0), "UHUGEINT"),
        [NativeType.Float] = (IcebergType.Float, "FLOAT"),
        [NativeType.Double] = (IcebergType.Double, "DOUBLE"),
        [NativeType.Date] = (IcebergType.Date, "DATE"),
        [NativeType.Time] = (IcebergType.Time, "TIME"),
        [NativeType.Timestamp] = (IcebergType.Timestamp, "TIMESTAMP"),
        [NativeType.TimestampSeconds] = (IcebergType.Timestamp, "TIMESTAMP_S"),
        [NativeType.TimestampMillis] = (IcebergType.Timestamp, "TIMESTAMP_MS"),
        [NativeType.TimestampNanos] = (IcebergType.TimestampNs, "TIMESTAMP_NS"),
        [NativeType.TimestampTz] = (IcebergType.TimestampTz, "TIMESTAMP WITH TIME ZONE"),
        [NativeType.Varchar] = (IcebergType.String, "VARCHAR"),
        [NativeType.Blob] = (IcebergType.Binary, "BLOB"),
        [NativeType.Uuid] = (IcebergType.Uuid, "UUID"),
        [NativeType.SqlNull] = (IcebergType.Int, "NULL"),
    };

    static readonly Dictionary<NativeType, string> Refused = new()
    {
        [NativeType.Interval] = "INTERVAL",
        [NativeType.TimeTz] = "TIME WITH TIME ZONE",
        [NativeType.TimeNanos] = "TIME_NS",
        [NativeType.Union] = "UNION",
        [NativeType.Bit] = "BIT",
        [NativeType.BigNum] = "BIGNUM",
        [NativeType.Geometry] = "GEOMETRY",
        [NativeType.Variant] = "VARIANT",
    };

    ColumnLayout(NativeType native, IcebergType type, string name, params ColumnLayout[] children)
    {
        Native = native;
        Type = type;
        Name = name;
        Children = children;
    }

    /// <summary>DuckDB's type; of a decimal and an enum, the type that it is stored in.</summary>
    public NativeType Native { get; }

    public IcebergType Type { get; }

    /// <summary>DuckDB's name of the type.</summary>
    public string Name { get; }

    /// <summary>Fields of a struct, element of a list, key and value of a map.</summary>
    public ColumnLayout[] Children { get; }

    /// <summary>Texts of an enum by index.</summary>
    public byte[][]? Dictionary { get; private init; }

    /// <summary>Values in each array of a fixed size; 0 for lists.</summary>
    public int ArraySize { get; private init; }

    /// <param name="type">DuckDB's type.</param>
    /// <param name="column">Name of the column, for the error.</param>
    /// <param name="nextId">Next field id to give.</param>
    /// <exception cref="LakehouseException">The type has no counterpart in an Iceberg table.</exception>
    public static ColumnLayout Of(LogicalTypeHandle type, string column, ref int nextId)
    {
        var native = NativeMethods.duckdb_get_type_id(type);
        if (Plain.TryGetValue(native, out var plain))
        {
            return new ColumnLayout(native, plain.Type, plain.Name);
        }

        switch (native)
        {
            case NativeType.Decimal:
                var (width, scale) = (NativeMethods.duckdb_decimal_width(type), NativeMethods.duckdb_decimal_scale(type));
                return new ColumnLayout(NativeMethods.duckdb_decimal_internal_type(type), new DecimalType(width, scale), $"DECIMAL({width},{scale})");
            case NativeType.Enum:
                return new ColumnLayout(NativeMethods.duckdb_enum_internal_type(type), IcebergType.String, "ENUM") { Dictionary = DictionaryOf(type) };
            case NativeType.List:
                using (var child = NativeMethods.duckdb_list_type_child_type(type))
                {
                    return ListOf(NativeType.List, child, column, 0, ref nextId);
                }

            case NativeType.Array:
                using (var child = NativeMethods.duckdb_array_type_child_type(type))
                {
                    return ListOf(NativeType.Array, child, column, (int)NativeMethods.duckdb_array_type_array_size(type), ref nextId);
                }

            case NativeType.Map:
                return MapOf(type, column, ref nextId);
            case NativeType.Struct:
                return StructOf(type, column, ref nextId);
            default:
                var name = Refused.GetValueOrDefault(native, native.ToString());
                throw LakehouseException.Unsupported($"Unsupported: column {column} is {name}, which tables don't have; cast it in the query, for instance to VARCHAR or TIMESTAMP.");
        }
    }

    static byte[][] DictionaryOf(LogicalTypeHandle type)
    {
        var texts = new byte[NativeMethods.duckdb_enum_dictionary_size(type)][];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = System.Text.Encoding.UTF8.GetBytes(NativeText.Owned(NativeMethods.duckdb_enum_dictionary_value(type, (ulong)i)));
        }

        return texts;
    }

    static ColumnLayout ListOf(NativeType native, LogicalTypeHandle childType, string column, int size, ref int nextId)
    {
        var id = nextId++;
        var element = Of(childType, column, ref nextId);
        var name = size == 0 ? $"{element.Name}[]" : $"{element.Name}[{size}]";
        return new ColumnLayout(native, new ListType(id, element.Type, false), name, element) { ArraySize = size };
    }

    static ColumnLayout MapOf(LogicalTypeHandle type, string column, ref int nextId)
    {
        using var keyType = NativeMethods.duckdb_map_type_key_type(type);
        using var valueType = NativeMethods.duckdb_map_type_value_type(type);
        var (keyId, valueId) = (nextId++, nextId++);
        var key = Of(keyType, column, ref nextId);
        var value = Of(valueType, column, ref nextId);
        return new ColumnLayout(NativeType.Map, new MapType(keyId, key.Type, valueId, value.Type, false), $"MAP({key.Name}, {value.Name})", key, value);
    }

    static ColumnLayout StructOf(LogicalTypeHandle type, string column, ref int nextId)
    {
        var count = (int)NativeMethods.duckdb_struct_type_child_count(type);
        var firstId = nextId;
        nextId += count;
        var children = new ColumnLayout[count];
        var fields = new NestedField[count];
        for (var i = 0; i < count; i++)
        {
            using var childType = NativeMethods.duckdb_struct_type_child_type(type, (ulong)i);
            var name = NativeText.Owned(NativeMethods.duckdb_struct_type_child_name(type, (ulong)i));
            children[i] = Of(childType, $"{column}.{name}", ref nextId);
            fields[i] = new NestedField(firstId + i, name, false, children[i].Type);
        }

        var text = string.Join(", ", fields.Zip(children, (field, child) => $"{SqlText.Identifier(field.Name)} {child.Name}"));
        return new ColumnLayout(NativeType.Struct, new StructType(fields), $"STRUCT({text})", children);
    }
}
