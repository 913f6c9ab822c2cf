using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Rules.Contracts;

/// <summary>
/// Types as people write them: <c>long</c>, <c>decimal(10, 2)</c>, <c>list&lt;string&gt;</c>, <c>map&lt;string, long&gt;</c>,
/// <c>struct&lt;a: int, b: list&lt;double&gt;&gt;</c>. The text of an <see cref="IcebergType"/> is such a text. Field ids are left at 0, for <see cref="FreshIds"/> to give.
/// </summary>
public static class TypeText
{
    /// <summary>Reads a type.</summary>
    /// <exception cref="LakehouseException">The text is malformed (InvalidData), or names a type that doesn't exist or that no event can be converted to (Unsupported).</exception>
    public static IcebergType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (Inner(trimmed, "list") is { } element)
        {
            return new ListType(0, Parse(element), ElementRequired: false);
        }

        if (Inner(trimmed, "map") is { } entry)
        {
            return Split(entry, text) is [var key, var value] && Parse(key) is PrimitiveType keyType
                ? new MapType(0, keyType, 0, Parse(value), ValueRequired: false)
                : throw Malformed(text, "a map is written map<key type, value type>, its keys are primitive");
        }

        return Inner(trimmed, "struct") is { } fields ? Struct(fields, text) : Primitive(trimmed, text);
    }

    static StructType Struct(string inner, string text)
    {
        var fields = new List<NestedField>();
        foreach (var part in Split(inner, text))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? "" : part[..colon].Trim();
            if (name.Length == 0 || fields.Exists(f => f.Name == name))
            {
                throw Malformed(text, "the fields of a struct are written name: type, each name once");
            }

            fields.Add(new NestedField(0, name, Required: false, Parse(part[(colon + 1)..])));
        }

        return new StructType(fields);
    }

    static PrimitiveType Primitive(string name, string text)
    {
        try
        {
            var type = TypeJson.ParsePrimitive(name);
            return type is DecimalType or FixedType || Convertible.Contains(type)
                ? type
                : throw LakehouseException.Unsupported($"type '{name}' cannot be filled from events");
        }
        catch (LakehouseException e) when (e.Message.Contains("is not known", StringComparison.Ordinal))
        {
            throw LakehouseException.Unsupported($"type '{text}' is not known");
        }
    }

    static readonly HashSet<PrimitiveType> Convertible =
    [
        IcebergType.Boolean, IcebergType.Int, IcebergType.Long, IcebergType.Float, IcebergType.Double, IcebergType.Date, IcebergType.Time,
        IcebergType.Timestamp, IcebergType.TimestampTz, IcebergType.String, IcebergType.Uuid, IcebergType.Binary,
    ];

    static string? Inner(string text, string name) =>
        text.StartsWith(name, StringComparison.Ordinal) && text[name.Length..].TrimStart() is ['<', .., '>'] rest ? rest[1..^1] : null;

    /// <summary>Splits at the commas that stand in no brackets.</summary>
    static List<string> Split(string inner, string text)
    {
        var parts = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i < inner.Length; i++)
        {
            depth += inner[i] switch { '<' or '(' or '[' => 1, '>' or ')' or ']' => -1, _ => 0 };
            if (depth < 0)
            {
                throw Malformed(text, "its brackets do not match");
            }

            if (inner[i] == ',' && depth == 0)
            {
                parts.Add(inner[start..i]);
                start = i + 1;
            }
        }

        parts.Add(inner[start..]);
        return parts;
    }

    static LakehouseException Malformed(string text, string why) => LakehouseException.InvalidData($"type '{text}': {why}");
}
