using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Partition specs as JSON (specification, Appendix C, "Partition Specs").</summary>
public static class PartitionSpecJson
{
    /// <summary>Reads a spec; an absent <c>spec-id</c> is 0. Fields without <c>field-id</c> are numbered from 1000, as v1 did.</summary>
    public static PartitionSpec Read(JsonElement json) => Read(json, "partition spec");

    /// <summary>Writes a spec as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, PartitionSpec spec)
    {
        json.WriteStartObject();
        json.WriteNumber("spec-id", spec.SpecId);
        json.WritePropertyName("fields");
        WriteFields(json, spec);
        json.WriteEndObject();
    }

    internal static void WriteFields(Utf8JsonWriter json, PartitionSpec spec)
    {
        json.WriteStartArray();
        foreach (var field in spec.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WriteString("transform", field.Transform.Text);
            json.WriteNumber("source-id", field.SourceId);
            json.WriteNumber("field-id", field.FieldId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static PartitionSpec Read(JsonElement json, string path)
    {
        var fields = new JsonFields(json, path);
        return new PartitionSpec(fields.OptionalInt("spec-id") ?? 0, ReadFields(fields.Array("fields")));
    }

    internal static List<PartitionField> ReadFields(IEnumerable<(JsonElement Element, string Path)> items)
    {
        var read = new List<PartitionField>();
        foreach (var item in items)
        {
            var field = new JsonFields(item.Element, item.Path);
            read.Add(new PartitionField(SourceId(field), field.OptionalInt("field-id") ?? PartitionSpec.FirstFieldId + read.Count, field.String("name"), Transform.Parse(field.String("transform"))));
        }

        if (read.GroupBy(field => field.FieldId).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw LakehouseException.InvalidData($"partition spec: fields {string.Join(" and ", same.Select(field => $"\"{field.Name}\""))} share field-id {same.Key}");
        }

        return read;
    }

    internal static int SourceId(JsonFields field)
    {
        // v3 lists several sources of a transform; every transform that is known here has one.
        if (field.Has("source-ids") && !field.Has("source-id"))
        {
            return field.Ints("source-ids") is [var first, ..] ? first : throw field.Wrong("source-ids", "is empty");
        }

        return field.Int("source-id");
    }
}
