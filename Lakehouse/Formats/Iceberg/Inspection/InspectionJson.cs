using System.Text.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Rows of tables about tables as JSON for people and tools: a struct as an object by names, a list as an array, a map as an array of pairs, binary as hexadecimal text.</summary>
public static class InspectionJson
{
    /// <summary>Writes a row as an object.</summary>
    public static void WriteRow(Utf8JsonWriter json, InspectionTable table, IReadOnlyList<object?> row) => WriteStruct(json, table.Columns, row);

    private static void WriteStruct(Utf8JsonWriter json, IReadOnlyList<NestedField> fields, IReadOnlyList<object?> values)
    {
        json.WriteStartObject();
        for (var i = 0; i < fields.Count; i++)
        {
            json.WritePropertyName(fields[i].Name);
            Write(json, fields[i].Type, values[i]);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IcebergType type, object? value)
    {
        switch (type, value)
        {
            case (StructType structure, IReadOnlyList<object?> values):
                WriteStruct(json, structure.Fields, values);
                break;
            case (ListType list, IReadOnlyList<object?> values):
                json.WriteStartArray();
                foreach (var item in values)
                {
                    Write(json, list.Element, item);
                }

                json.WriteEndArray();
                break;
            case (MapType map, IReadOnlyList<KeyValuePair<object, object?>> pairs):
                json.WriteStartArray();
                foreach (var (key, item) in pairs)
                {
                    json.WriteStartArray();
                    Write(json, map.Key, key);
                    Write(json, map.Value, item);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
                break;
            case (_, float single) when !float.IsFinite(single):
                json.WriteStringValue(ValueText.Of(type, single));
                break;
            case (_, double wide) when !double.IsFinite(wide):
                json.WriteStringValue(ValueText.Of(type, wide));
                break;
            default:
                SingleValueJson.Write(json, type, value);
                break;
        }
    }
}
