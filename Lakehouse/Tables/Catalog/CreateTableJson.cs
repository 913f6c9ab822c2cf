using System.Text.Json;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>The body of Iceberg REST's <c>createTable</c>, staged.</summary>
static class CreateTableJson
{
    public static byte[] Write(string name, Schema schema, PartitionSpec? spec, SortOrder? order, IReadOnlyDictionary<string, string>? properties)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteBoolean("stage-create", value: true);
            json.WritePropertyName("schema");
            SchemaJson.Write(json, schema);
            if (spec is not null)
            {
                json.WritePropertyName("partition-spec");
                PartitionSpecJson.Write(json, spec);
            }

            if (order is not null)
            {
                json.WritePropertyName("write-order");
                SortOrderJson.Write(json, order);
            }

            json.WriteStartObject("properties");
            foreach (var (key, value) in properties ?? new Dictionary<string, string>(StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
