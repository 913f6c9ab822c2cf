using System.Text.Json;
using Lakehouse.Engine.Avro;
using Lakehouse.Engine.Deletes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Scans;

/// <summary>Inputs of relations as bytes, for the process that reads the relation: a JSON array, each with its kind; bitmaps in their portable form.</summary>
public static class RelationInputs
{
    /// <summary>Writes inputs.</summary>
    public static byte[] ToBytes(IEnumerable<RelationInput> inputs)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var input in inputs)
            {
                json.WriteStartObject();
                json.WriteString("name", input.Name);
                WriteContent(json, input);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return stream.ToArray();
    }

    /// <summary>Reads inputs.</summary>
    /// <exception cref="LakehouseException">InvalidData: the bytes are no inputs.</exception>
    public static IReadOnlyList<RelationInput> Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return [.. json.RootElement.EnumerateArray().Select(Read)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw LakehouseException.InvalidData($"inputs of a relation: {error.Message}", error);
        }
    }

    static void WriteContent(Utf8JsonWriter json, RelationInput input)
    {
        switch (input)
        {
            case DeletedPositions deleted:
                json.WriteString("kind", "deleted-positions");
                json.WriteStartArray("files");
                foreach (var file in deleted.Files)
                {
                    json.WriteBase64StringValue(file.ToBytes());
                }

                json.WriteEndArray();
                break;
            case AvroFiles avro:
                json.WriteString("kind", "avro");
                json.WriteStartArray("paths");
                foreach (var path in avro.Paths)
                {
                    json.WriteStringValue(path);
                }

                json.WriteEndArray();
                json.WritePropertyName("schema");
                SchemaJson.Write(json, new Schema(0, avro.Columns));
                json.WriteString("mapping", avro.Mapping?.ToJson());
                json.WriteNumber("rows", avro.Rows);
                break;
            case VariantSql:
                json.WriteString("kind", "variant");
                break;
            default:
                throw new ArgumentException($"A {input.GetType().Name} has no form as bytes.", nameof(input));
        }
    }

    static RelationInput Read(JsonElement json)
    {
        var name = json.GetProperty("name").GetString()!;
        switch (json.GetProperty("kind").GetString())
        {
            case "deleted-positions":
                return new DeletedPositions(name, [.. json.GetProperty("files").EnumerateArray().Select(file => PositionBitmap.Read(file.GetBytesFromBase64()))]);
            case "avro":
                var mapping = json.GetProperty("mapping").GetString();
                return new AvroFiles(
                    name, [.. json.GetProperty("paths").EnumerateArray().Select(path => path.GetString()!)], SchemaJson.Read(json.GetProperty("schema")).Fields,
                    mapping is null ? null : NameMapping.Parse(mapping), json.GetProperty("rows").GetInt64());
            case "variant":
                return new VariantSql();
            case var other:
                throw new JsonException($"there is no kind {other}");
        }
    }
}
