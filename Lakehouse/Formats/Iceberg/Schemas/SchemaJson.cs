using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Schemas as JSON (specification, Appendix C, "Schemas").</summary>
public static class SchemaJson
{
    /// <summary>Reads a schema and checks it; an absent <c>schema-id</c> is 0.</summary>
    /// <exception cref="LakehouseException">InvalidData or Unsupported; the message names the field and the reason.</exception>
    public static Schema Read(JsonElement json) => Read(json, "schema");

    /// <summary>Reads a schema from JSON text.</summary>
    public static Schema Parse(ReadOnlyMemory<byte> utf8) => JsonText.Read(utf8, "schema", Read);

    /// <summary>Writes a schema as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, Schema schema)
    {
        json.WriteStartObject();
        json.WriteString("type", "struct");
        json.WriteNumber("schema-id", schema.SchemaId);
        if (schema.IdentifierFieldIds.Count > 0)
        {
            json.WriteStartArray("identifier-field-ids");
            foreach (var id in schema.IdentifierFieldIds)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }

        TypeJson.WriteFields(json, schema.Fields);
        json.WriteEndObject();
    }

    /// <summary>A schema as JSON text.</summary>
    public static string ToText(Schema schema) => JsonText.WriteText(json => Write(json, schema));

    internal static Schema Read(JsonElement json, string path)
    {
        var fields = new JsonFields(json, path);
        if (fields.String("type") is var type and not "struct")
        {
            throw fields.Wrong("type", $"must be \"struct\", found \"{type}\"");
        }

        var schema = new Schema(fields.OptionalInt("schema-id") ?? 0, TypeJson.ReadFields(fields), fields.Has("identifier-field-ids") ? fields.Ints("identifier-field-ids") : []);
        SchemaFields.Check(schema, path);
        return schema;
    }
}
