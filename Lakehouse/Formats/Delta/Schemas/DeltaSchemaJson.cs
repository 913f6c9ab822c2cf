using System.Globalization;
using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta.Schemas;

/// <summary>Schemas as JSON (PROTOCOL.md, "Schema Serialization Format").</summary>
public static class DeltaSchemaJson
{
    const int MaxDepth = 100;

    /// <summary>Reads the text of <c>schemaString</c>.</summary>
    /// <exception cref="LakehouseException">InvalidData, or Unsupported for a type that isn't known; the message names column and reason.</exception>
    public static DeltaStruct Parse(string text) => JsonText.Read(Encoding.UTF8.GetBytes(text), "schemaString", json =>
        ReadType(json, "schema") as DeltaStruct ?? throw LakehouseException.InvalidData("schemaString: must be a struct"));

    /// <summary>A schema as JSON text.</summary>
    public static string ToText(DeltaStruct schema) => JsonText.WriteText(json => Write(json, schema));

    /// <summary>Writes a type as JSON.</summary>
    public static void Write(Utf8JsonWriter json, DeltaType type)
    {
        switch (type)
        {
            case DeltaStruct structure:
                json.WriteStartObject();
                json.WriteString("type", "struct");
                json.WriteStartArray("fields");
                foreach (var field in structure.Fields)
                {
                    Write(json, field);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case DeltaArray array:
                json.WriteStartObject();
                json.WriteString("type", "array");
                json.WritePropertyName("elementType");
                Write(json, array.Element);
                json.WriteBoolean("containsNull", array.ContainsNull);
                json.WriteEndObject();
                break;
            case DeltaMap map:
                json.WriteStartObject();
                json.WriteString("type", "map");
                json.WritePropertyName("keyType");
                Write(json, map.Key);
                json.WritePropertyName("valueType");
                Write(json, map.Value);
                json.WriteBoolean("valueContainsNull", map.ValueContainsNull);
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(type.ToString());
                break;
        }
    }

    internal static DeltaType ReadType(JsonElement json, string path, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw LakehouseException.InvalidData($"{path}: is nested deeper than {MaxDepth} levels");
        }

        if (json.ValueKind == JsonValueKind.String)
        {
            return ReadPrimitive(json.GetString()!, path);
        }

        var fields = new JsonFields(json, path);
        return fields.String("type") switch
        {
            "struct" => ReadStruct(fields, path, depth),
            "array" => new DeltaArray(ReadType(fields.Required("elementType"), $"{path}.element", depth + 1), fields.OptionalBool("containsNull") ?? true),
            "map" => new DeltaMap(
                ReadType(fields.Required("keyType"), $"{path}.key", depth + 1), ReadType(fields.Required("valueType"), $"{path}.value", depth + 1), fields.OptionalBool("valueContainsNull") ?? true),
            "udt" => throw LakehouseException.Unsupported($"Unsupported: {path} has a user-defined type."),
            var primitive => ReadPrimitive(primitive, path),
        };
    }

    static DeltaStruct ReadStruct(JsonFields json, string path, int depth)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var read = new List<DeltaField>();
        foreach (var (element, place) in json.Array("fields"))
        {
            var field = new JsonFields(element, place);
            var name = field.String("name");
            if (!names.Add(name))
            {
                throw LakehouseException.InvalidData($"{path}: has two fields named \"{name}\"");
            }

            var metadata = field.Has("metadata")
                ? field.Object("metadata").Element.EnumerateObject().GroupBy(m => m.Name, StringComparer.Ordinal).ToDictionary(m => m.Key, m => m.Last().Value.Clone(), StringComparer.Ordinal)
                : new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var (key, value) in metadata)
            {
                // Metadata is looked at later, where a text that is none would be a surprise.
                _ = value.ValueKind == JsonValueKind.String ? field.Object("metadata").String(key) : null;
            }

            read.Add(new DeltaField(name, ReadType(field.Required("type"), $"{path}.{name}", depth + 1), field.OptionalBool("nullable") ?? true, metadata));
        }

        return new DeltaStruct(read);
    }

    static DeltaType ReadPrimitive(string name, string path)
    {
        if (DeltaType.Primitives.TryGetValue(name, out var primitive))
        {
            return primitive;
        }

        if (name == "null")
        {
            return DeltaType.Void;
        }

        if (name == "decimal")
        {
            return new DeltaDecimal(10, 0);
        }

        if (name.StartsWith("decimal(", StringComparison.Ordinal) && name.EndsWith(')'))
        {
            var parts = name[8..^1].Split(',');
            return parts.Length == 2
                && int.TryParse(parts[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var precision) && precision is >= 1 and <= 38
                && int.TryParse(parts[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var scale) && scale <= precision
                ? new DeltaDecimal(precision, scale)
                : throw LakehouseException.InvalidData($"{path}: \"{name}\" is no decimal type");
        }

        // Texts of limited length are read as texts; the limit is the writer's.
        return name.StartsWith("varchar(", StringComparison.Ordinal) || name.StartsWith("char(", StringComparison.Ordinal) || name.StartsWith("string collate ", StringComparison.OrdinalIgnoreCase)
            ? DeltaType.String
            : throw LakehouseException.Unsupported($"Unsupported: {path} has the type \"{name}\".");
    }

    static void Write(Utf8JsonWriter json, DeltaField field)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WritePropertyName("type");
        Write(json, field.Type);
        json.WriteBoolean("nullable", field.Nullable);
        json.WriteStartObject("metadata");
        foreach (var (key, value) in field.Metadata)
        {
            json.WritePropertyName(key);
            value.WriteTo(json);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
