using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Properties;

/// <summary>A column of the model: values are texts as the engine prints them.</summary>
/// <param name="Key">Identity through renames.</param>
/// <param name="Name">Name now.</param>
/// <param name="Kind">Which values it takes.</param>
/// <param name="Type">Type now.</param>
internal sealed record ModelColumn(int Key, string Name, string Kind, IcebergType Type)
{
    static readonly Dictionary<string, (IcebergType Type, string[] Values)> Kinds = new(StringComparer.Ordinal)
    {
        ["int"] = (IcebergType.Int, ["-7", "0", "3", "2147483647", "-2147483648"]),
        ["long"] = (IcebergType.Long, ["-9223372036854775808", "0", "12", "4294967296"]),
        ["string"] = (IcebergType.String, ["", "a", "ä'\"", "long text that goes beyond sixteen", "long text that goes elsewhere", "𝄞"]),
        ["date"] = (IcebergType.Date, ["1969-12-31", "2024-02-29", "2022-05-01", "0001-01-01"]),
        ["boolean"] = (IcebergType.Boolean, ["true", "false"]),
        ["float"] = (IcebergType.Float, ["0.5", "-2.0", "nan", "inf"]),
        ["decimal"] = (new DecimalType(9, 2), ["1.25", "-0.01", "9999999.99", "0.00"]),
        ["timestamp"] = (IcebergType.Timestamp, ["2024-01-01 00:00:00", "1969-12-31 23:59:59.5", "2024-01-01 13:00:00.000001"]),
        ["uuid"] = (IcebergType.Uuid, ["00000000-0000-0000-0000-000000000001", "ffffffff-0000-0000-0000-000000000001"]),
        ["list"] = (new ListType(0, IcebergType.Int, false), ["[1, 2]", "[]", "[NULL]"]),
        ["struct"] = (new StructType([new NestedField(0, "a", false, IcebergType.Int), new NestedField(1, "b", false, IcebergType.String)]), ["{'a': 1, 'b': x}", "{'a': NULL, 'b': NULL}"]),
    };

    public static ModelColumn Random(Random random, int key, string name)
    {
        var kind = Kinds.Keys.ElementAt(random.Next(Kinds.Count));
        return new ModelColumn(key, name, kind, Kinds[kind].Type);
    }

    public string? Value(Random random) => random.Next(5) == 0 ? null : Kinds[Kind].Values[random.Next(Kinds[Kind].Values.Length)];

    /// <summary>A value as SQL of the column's type.</summary>
    public string Literal(string? value)
    {
        var text = value is null ? "NULL" : Kind switch
        {
            "struct" => value.Replace(": x", ": 'x'", StringComparison.Ordinal),
            "list" => value,
            _ => Engine.SqlText.Literal(value),
        };
        return $"CAST({text} AS {Engine.Scans.SqlTypes.Of(Type)})";
    }

    public bool IsPrimitive => Type is PrimitiveType;

    /// <summary>The wider type that it may get, or null.</summary>
    public PrimitiveType? Wider => Type switch
    {
        DecimalType { Precision: < 12 } => new DecimalType(12, 2),
        PrimitiveType { Name: "int" } => IcebergType.Long,
        PrimitiveType { Name: "float" } => IcebergType.Double,
        _ => null,
    };

    /// <summary>A transform that the column can be partitioned by, or null.</summary>
    public Transform? Partitioning(Random random) => Kind switch
    {
        "int" or "long" or "string" or "decimal" => random.Next(3) switch { 0 => Transform.Identity, 1 => Transform.Bucket(3), _ => Transform.Truncate(2) },
        "date" or "timestamp" => random.Next(3) switch { 0 => Transform.Year, 1 => Transform.Month, _ => Transform.Day },
        "boolean" => Transform.Identity,
        "uuid" => Transform.Bucket(2),
        _ => null,
    };
}
