namespace Lakehouse.Formats.Iceberg;

/// <summary>A type of the Iceberg specification, section "Schemas and Data Types".</summary>
public abstract record IcebergType
{
    /// <summary>boolean.</summary>
    public static readonly PrimitiveType Boolean = new("boolean");

    /// <summary>int: 32 bits.</summary>
    public static readonly PrimitiveType Int = new("int");

    /// <summary>long: 64 bits.</summary>
    public static readonly PrimitiveType Long = new("long");

    /// <summary>float: 32-bit IEEE 754.</summary>
    public static readonly PrimitiveType Float = new("float");

    /// <summary>double: 64-bit IEEE 754.</summary>
    public static readonly PrimitiveType Double = new("double");

    /// <summary>date: days since 1970-01-01.</summary>
    public static readonly PrimitiveType Date = new("date");

    /// <summary>time: microseconds since midnight.</summary>
    public static readonly PrimitiveType Time = new("time");

    /// <summary>timestamp without zone, microseconds.</summary>
    public static readonly PrimitiveType Timestamp = new("timestamp");

    /// <summary>timestamp with zone, stored as UTC microseconds.</summary>
    public static readonly PrimitiveType TimestampTz = new("timestamptz");

    /// <summary>UTF-8 text.</summary>
    public static readonly PrimitiveType String = new("string");

    /// <summary>uuid: 16 bytes.</summary>
    public static readonly PrimitiveType Uuid = new("uuid");

    /// <summary>binary: any number of bytes.</summary>
    public static readonly PrimitiveType Binary = new("binary");

    /// <summary>timestamp without zone, nanoseconds (v3).</summary>
    public static readonly PrimitiveType TimestampNs = new("timestamp_ns");

    /// <summary>timestamp with zone, stored as UTC nanoseconds (v3).</summary>
    public static readonly PrimitiveType TimestampTzNs = new("timestamptz_ns");

    /// <summary>A column of nulls (v3).</summary>
    public static readonly PrimitiveType Unknown = new("unknown");

    /// <summary>Semi-structured value (v3).</summary>
    public static readonly PrimitiveType Variant = new("variant");
}

/// <summary>A primitive type, by its name in the specification; decimal and fixed have types of their own.</summary>
/// <param name="Name">Name as in table metadata, for instance <c>timestamptz</c> or <c>decimal(10, 2)</c>.</param>
public record PrimitiveType(string Name) : IcebergType
{
    /// <inheritdoc />
    public sealed override string ToString() => Name;
}

/// <summary>decimal(P, S).</summary>
/// <param name="Precision">1 to 38.</param>
/// <param name="Scale">0 to <paramref name="Precision"/>.</param>
public sealed record DecimalType(int Precision, int Scale) : PrimitiveType($"decimal({Precision}, {Scale})");

/// <summary>fixed(L).</summary>
/// <param name="Size">Bytes.</param>
public sealed record FixedType(int Size) : PrimitiveType($"fixed[{Size}]");

/// <summary>A field of a struct.</summary>
/// <param name="Id">Field id, unique in the table for ever.</param>
/// <param name="Name">Name.</param>
/// <param name="Required">Whether null is forbidden.</param>
/// <param name="Type">Type.</param>
/// <param name="Doc">Comment.</param>
public sealed record NestedField(int Id, string Name, bool Required, IcebergType Type, string? Doc = null)
{
    /// <summary>Value of rows that were written before the field was added (v3), as JSON text of the single-value serialization.</summary>
    public string? InitialDefault { get; init; }

    /// <summary>Value of rows that leave the field out (v3), as JSON text of the single-value serialization.</summary>
    public string? WriteDefault { get; init; }
}

/// <summary>A struct.</summary>
/// <param name="Fields">Fields in order.</param>
public sealed record StructType(IReadOnlyList<NestedField> Fields) : IcebergType
{
    /// <inheritdoc />
    public bool Equals(StructType? other) => other is not null && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc />
    public override int GetHashCode() => Fields.Aggregate(17, (hash, field) => HashCode.Combine(hash, field));

    /// <inheritdoc />
    public override string ToString() => $"struct<{string.Join(", ", Fields.Select(f => $"{f.Name}: {f.Type}"))}>";
}

/// <summary>A list.</summary>
/// <param name="ElementId">Field id of the element.</param>
/// <param name="Element">Type of the elements.</param>
/// <param name="ElementRequired">Whether elements may not be null.</param>
public sealed record ListType(int ElementId, IcebergType Element, bool ElementRequired) : IcebergType
{
    /// <inheritdoc />
    public override string ToString() => $"list<{Element}>";
}

/// <summary>A map; keys are never null.</summary>
/// <param name="KeyId">Field id of the key.</param>
/// <param name="Key">Type of the keys.</param>
/// <param name="ValueId">Field id of the value.</param>
/// <param name="Value">Type of the values.</param>
/// <param name="ValueRequired">Whether values may not be null.</param>
public sealed record MapType(int KeyId, IcebergType Key, int ValueId, IcebergType Value, bool ValueRequired) : IcebergType
{
    /// <inheritdoc />
    public override string ToString() => $"map<{Key}, {Value}>";
}
