using System.Globalization;
using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Types as JSON (specification, Appendix C, "Schemas").</summary>
public static class TypeJson
{
    private static readonly Dictionary<string, PrimitiveType> Primitives = new PrimitiveType[]
    {
        IcebergType.Boolean, IcebergType.Int, IcebergType.Long, IcebergType.Float, IcebergType.Double, IcebergType.Date, IcebergType.Time,
        IcebergType.Timestamp, IcebergType.TimestampTz, IcebergType.String, IcebergType.Uuid, IcebergType.Binary,
        IcebergType.TimestampNs, IcebergType.TimestampTzNs, IcebergType.Unknown, IcebergType.Variant,
    }.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>Reads the name of a primitive type, for instance <c>decimal(10, 2)</c>.</summary>
    /// <exception cref="LakehouseException">The name is malformed (InvalidData) or no known type (Unsupported).</exception>
    public static PrimitiveType ParsePrimitive(string name)
    {
        if (Primitives.TryGetValue(name, out var type))
        {
            return type;
        }

        if (Arguments(name, "decimal", '(', ')') is [var precision, var scale])
        {
            return Number(precision) is { } p and >= 1 and <= 38 && Number(scale) is { } s && s >= 0 && s <= p
                ? new DecimalType(p, s)
                : throw LakehouseException.InvalidData($"type \"{name}\": precision must be 1 to 38, scale 0 to the precision");
        }

        if (Arguments(name, "fixed", '[', ']') is [var size])
        {
            return Number(size) is { } length and >= 1 ? new FixedType(length) : throw LakehouseException.InvalidData($"type \"{name}\": the length must be a positive integer");
        }

        if (GeospatialType.Parse(name) is { } geospatial)
        {
            return geospatial;
        }

        throw LakehouseException.Unsupported($"type \"{name}\" is not known");
    }

    /// <summary>Reads a type.</summary>
    public static IcebergType Read(JsonElement json) => Read(json, "type");

    /// <summary>Writes a type as a JSON value.</summary>
    public static void Write(Utf8JsonWriter json, IcebergType type)
    {
        switch (type)
        {
            case PrimitiveType primitive:
                json.WriteStringValue(primitive.Name);
                break;
            case StructType structure:
                json.WriteStartObject();
                json.WriteString("type", "struct");
                WriteFields(json, structure.Fields);
                json.WriteEndObject();
                break;
            case ListType list:
                json.WriteStartObject();
                json.WriteString("type", "list");
                json.WriteNumber("element-id", list.ElementId);
                json.WritePropertyName("element");
                Write(json, list.Element);
                json.WriteBoolean("element-required", list.ElementRequired);
                json.WriteEndObject();
                break;
            case MapType map:
                json.WriteStartObject();
                json.WriteString("type", "map");
                json.WriteNumber("key-id", map.KeyId);
                json.WritePropertyName("key");
                Write(json, map.Key);
                json.WriteNumber("value-id", map.ValueId);
                json.WritePropertyName("value");
                Write(json, map.Value);
                json.WriteBoolean("value-required", map.ValueRequired);
                json.WriteEndObject();
                break;
            default:
                throw new ArgumentException($"No JSON form for {type.GetType().Name}", nameof(type));
        }
    }

    internal static void WriteFields(Utf8JsonWriter json, IReadOnlyList<NestedField> fields)
    {
        json.WriteStartArray("fields");
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteNumber("id", field.Id);
            json.WriteString("name", field.Name);
            json.WriteBoolean("required", field.Required);
            json.WritePropertyName("type");
            Write(json, field.Type);
            if (field.Doc is not null)
            {
                json.WriteString("doc", field.Doc);
            }

            WriteRaw(json, "initial-default", field.InitialDefault);
            WriteRaw(json, "write-default", field.WriteDefault);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static IcebergType Read(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            try
            {
                return ParsePrimitive(json.GetString()!);
            }
            catch (LakehouseException error)
            {
                throw new LakehouseException(error.Kind, $"{path}: {error.Message}", error);
            }
        }

        var fields = new JsonFields(json, path);
        return fields.String("type") switch
        {
            "struct" => new StructType(ReadFields(fields)),
            "list" => new ListType(fields.Int("element-id"), Read(fields.Required("element"), $"{path}.element"), fields.Bool("element-required")),
            "map" => new MapType(
                fields.Int("key-id"),
                Read(fields.Required("key"), $"{path}.key"),
                fields.Int("value-id"),
                Read(fields.Required("value"), $"{path}.value"),
                fields.Bool("value-required")),
            var other => throw LakehouseException.Unsupported($"{path}: type \"{other}\" is not known"),
        };
    }

    internal static List<NestedField> ReadFields(JsonFields structure) => structure.Array("fields").Select(item =>
    {
        var field = new JsonFields(item.Element, item.Path);
        return new NestedField(
            field.Int("id"), field.String("name"), field.Bool("required"), Read(field.Required("type"), $"{item.Path}.type"), field.OptionalString("doc"))
        {
            InitialDefault = field.Find("initial-default")?.GetRawText(),
            WriteDefault = field.Find("write-default")?.GetRawText(),
        };
    }).ToList();

    private static void WriteRaw(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(text);
        }
    }

    private static string[]? Arguments(string name, string type, char open, char close)
    {
        var rest = name.AsSpan();
        if (!rest.StartsWith(type, StringComparison.Ordinal))
        {
            return null;
        }

        rest = rest[type.Length..].Trim();
        return rest.Length >= 2 && rest[0] == open && rest[^1] == close
            ? rest[1..^1].ToString().Split(',', StringSplitOptions.TrimEntries)
            : null;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
