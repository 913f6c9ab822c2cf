using System.Text.Json;
using Lakehouse.Engine.Avro;
using Lakehouse.Engine.Deletes;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>
/// Inputs of relations as messages, for the process that reads the relations: first a JSON array, each input with its kind; then, in the order of the array, each bitmap of deleted positions in its portable form.
/// <see cref="RelationInputReader"/> takes them.
/// </summary>
public static class RelationInputs
{
    internal const string DeletedPositionsKind = "deleted-positions";
    internal const string AvroKind = "avro";
    internal const string VariantKind = "variant";

    /// <summary>The messages; none without inputs. Each bitmap is encoded when its message is asked for, so that one of them is in memory at a time.</summary>
    public static IEnumerable<byte[]> Write(IReadOnlyCollection<RelationInput> inputs)
    {
        if (inputs.Count == 0)
        {
            yield break;
        }

        yield return Description(inputs);
        foreach (var file in inputs.OfType<DeletedPositions>().SelectMany(input => input.Files))
        {
            yield return file.ToBytes();
        }
    }

    static byte[] Description(IEnumerable<RelationInput> inputs)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var input in inputs)
            {
                json.WriteStartObject();
                json.WriteString("name", input.Name);
                Describe(json, input);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return stream.ToArray();
    }

    static void Describe(Utf8JsonWriter json, RelationInput input)
    {
        switch (input)
        {
            case DeletedPositions deleted:
                json.WriteString("kind", DeletedPositionsKind);
                json.WriteNumber("files", deleted.Files.Count);
                break;
            case AvroFiles avro:
                json.WriteString("kind", AvroKind);
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
                json.WriteString("kind", VariantKind);
                break;
            default:
                throw new ArgumentException($"A {input.GetType().Name} has no form as bytes.", nameof(input));
        }
    }
}
