using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Single values as JSON (specification, Appendix D, "JSON single-value serialization"). Primitives are boxed as <see cref="DataFile.Partition"/> says; a struct is a list of values in
/// the order of its fields, a list a list, a map a list of pairs.
/// </summary>
public static class SingleValueJson
{
    /// <summary>Reads a value; JSON null is null.</summary>
    /// <exception cref="LakehouseException">InvalidData: the JSON is no value of the type.</exception>
    public static object? Read(JsonElement json, IcebergType type)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        switch (type)
        {
            case StructType structure when json.ValueKind == JsonValueKind.Object:
                return structure.Fields.Select(field => json.TryGetProperty(Key(field.Id), out var value) ? Read(value, field.Type) : null).ToList();
            case ListType list when json.ValueKind == JsonValueKind.Array:
                return json.EnumerateArray().Select(item => Read(item, list.Element)).ToList();
            case MapType map when json.ValueKind == JsonValueKind.Object:
                return ReadMap(new JsonFields(json, "map value"), map);
            case PrimitiveType primitive when Text(json, primitive) is { } text:
                return ValueParser.Parse(primitive, text);
            default:
                throw LakehouseException.InvalidData($"JSON {json.ValueKind} is no {type}");
        }
    }

    /// <summary>Writes a value.</summary>
    public static void Write(Utf8JsonWriter json, IcebergType type, object? value)
    {
        switch (type, value)
        {
            case (_, null):
                json.WriteNullValue();
                break;
            case (StructType structure, IReadOnlyList<object?> values):
                json.WriteStartObject();
                for (var i = 0; i < structure.Fields.Count; i++)
                {
                    json.WritePropertyName(Key(structure.Fields[i].Id));
                    Write(json, structure.Fields[i].Type, values[i]);
                }

                json.WriteEndObject();
                break;
            case (ListType list, IReadOnlyList<object?> values):
                WriteArray(json, list.Element, values);
                break;
            case (MapType map, IReadOnlyList<KeyValuePair<object, object?>> pairs):
                json.WriteStartObject();
                json.WritePropertyName("keys");
                WriteArray(json, map.Key, pairs.Select(pair => (object?)pair.Key));
                json.WritePropertyName("values");
                WriteArray(json, map.Value, pairs.Select(pair => pair.Value));
                json.WriteEndObject();
                break;
            case (_, bool flag):
                json.WriteBooleanValue(flag);
                break;
            case ({ } number, int whole) when number == IcebergType.Int:
                json.WriteNumberValue(whole);
                break;
            case ({ } number, long whole) when number == IcebergType.Long:
                json.WriteNumberValue(whole);
                break;
            case (_, float single) when float.IsFinite(single):
                json.WriteNumberValue(single);
                break;
            case (_, double wide) when double.IsFinite(wide):
                json.WriteNumberValue(wide);
                break;
            case (_, float or double):
                throw LakehouseException.Unsupported($"{value} has no JSON form");
            default:
                json.WriteStringValue(ValueText.Of(type, value!));
                break;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, IcebergType element, IEnumerable<object?> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            Write(json, element, value);
        }

        json.WriteEndArray();
    }

    private static List<KeyValuePair<object, object?>> ReadMap(JsonFields fields, MapType map)
    {
        var keys = fields.Array("keys").Select(item => Read(item.Element, map.Key) ?? throw LakehouseException.InvalidData("a map value has a null key")).ToList();
        var values = fields.Array("values").Select(item => Read(item.Element, map.Value)).ToList();
        return keys.Count == values.Count
            ? keys.Zip(values, (key, value) => new KeyValuePair<object, object?>(key, value)).ToList()
            : throw LakehouseException.InvalidData($"a map value has {keys.Count} keys and {values.Count} values");
    }

    private static string? Text(JsonElement json, PrimitiveType type) => (type, json.ValueKind) switch
    {
        ({ Name: "boolean" }, JsonValueKind.True) => "true",
        ({ Name: "boolean" }, JsonValueKind.False) => "false",
        ({ Name: "int" or "long" or "float" or "double" }, JsonValueKind.Number) => json.GetRawText(),
        ({ Name: "boolean" or "int" or "long" or "float" or "double" }, _) => null,
        (_, JsonValueKind.String) => json.GetString(),
        _ => null,
    };

    private static string Key(int id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
