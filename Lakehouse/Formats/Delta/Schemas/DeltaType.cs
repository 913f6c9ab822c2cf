using System.Globalization;

namespace Lakehouse.Formats.Delta.Schemas;

/// <summary>A type of Delta (PROTOCOL.md, "Schema Serialization Format").</summary>
public abstract record DeltaType
{
    /// <summary>UTF-8 text.</summary>
    public static readonly DeltaPrimitive String = new("string");

    /// <summary>64-bit integer.</summary>
    public static readonly DeltaPrimitive Long = new("long");

    /// <summary>32-bit integer.</summary>
    public static readonly DeltaPrimitive Integer = new("integer");

    /// <summary>16-bit integer.</summary>
    public static readonly DeltaPrimitive Short = new("short");

    /// <summary>8-bit integer, signed.</summary>
    public static readonly DeltaPrimitive Byte = new("byte");

    /// <summary>Single precision.</summary>
    public static readonly DeltaPrimitive Float = new("float");

    /// <summary>Double precision.</summary>
    public static readonly DeltaPrimitive Double = new("double");

    /// <summary>True or false.</summary>
    public static readonly DeltaPrimitive Boolean = new("boolean");

    /// <summary>Bytes.</summary>
    public static readonly DeltaPrimitive Binary = new("binary");

    /// <summary>Calendar date.</summary>
    public static readonly DeltaPrimitive Date = new("date");

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public static readonly DeltaPrimitive Timestamp = new("timestamp");

    /// <summary>Microseconds without a time zone (feature <c>timestampNtz</c>).</summary>
    public static readonly DeltaPrimitive TimestampNtz = new("timestamp_ntz");

    /// <summary>Semi-structured value (feature <c>variantType</c>).</summary>
    public static readonly DeltaPrimitive Variant = new("variant");

    /// <summary>Nothing but nulls; never in data files.</summary>
    public static readonly DeltaPrimitive Void = new("void");

    /// <summary>The primitive types without parameters by their name in JSON.</summary>
    public static IReadOnlyDictionary<string, DeltaPrimitive> Primitives { get; } = new[]
    {
        String, Long, Integer, Short, Byte, Float, Double, Boolean, Binary, Date, Timestamp, TimestampNtz, Variant, Void,
    }.ToDictionary(type => type.Name, StringComparer.Ordinal);
}

/// <summary>A primitive type without parameters.</summary>
/// <param name="Name">Its name in JSON.</param>
public sealed record DeltaPrimitive(string Name) : DeltaType
{
    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>A decimal number.</summary>
/// <param name="Precision">Digits, 1 to 38.</param>
/// <param name="Scale">Digits right of the point, 0 to the precision.</param>
public sealed record DeltaDecimal(int Precision, int Scale) : DeltaType
{
    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"decimal({Precision},{Scale})");
}

/// <summary>A struct; also the schema of a table.</summary>
/// <param name="Fields">Its fields in order.</param>
public sealed record DeltaStruct(IReadOnlyList<DeltaField> Fields) : DeltaType
{
    /// <summary>The field of a name, or null. Names differ by more than case (PROTOCOL.md, "Schema Serialization Format").</summary>
    public DeltaField? Find(string name) =>
        Fields.FirstOrDefault(field => field.Name == name) ?? Fields.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc />
    public bool Equals(DeltaStruct? other) => other is not null && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc />
    public override int GetHashCode() => Fields.Count;

    /// <inheritdoc />
    public override string ToString() => $"struct<{string.Join(",", Fields.Select(field => $"{field.Name}:{field.Type}"))}>";
}

/// <summary>An array.</summary>
/// <param name="Element">Type of its elements.</param>
/// <param name="ContainsNull">Whether elements may be null.</param>
public sealed record DeltaArray(DeltaType Element, bool ContainsNull) : DeltaType
{
    /// <inheritdoc />
    public override string ToString() => $"array<{Element}>";
}

/// <summary>A map.</summary>
/// <param name="Key">Type of its keys.</param>
/// <param name="Value">Type of its values.</param>
/// <param name="ValueContainsNull">Whether values may be null.</param>
public sealed record DeltaMap(DeltaType Key, DeltaType Value, bool ValueContainsNull) : DeltaType
{
    /// <inheritdoc />
    public override string ToString() => $"map<{Key},{Value}>";
}
