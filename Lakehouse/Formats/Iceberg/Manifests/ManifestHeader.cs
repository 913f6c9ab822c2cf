using System.Globalization;
using System.Text;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>What a manifest says of itself in its file's metadata (specification, "Manifests").</summary>
internal sealed record ManifestHeader(Schema? Schema, PartitionSpec Spec, ManifestContent Content)
{
    public static ManifestHeader Read(AvroContainerReader file, string what)
    {
        var specId = file.Metadata.TryGetValue("partition-spec-id", out var id) && int.TryParse(Encoding.UTF8.GetString(id), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
        // Some writers put the whole spec there, not only its fields.
        var spec = file.Metadata.TryGetValue("partition-spec", out var fields)
            ? JsonText.Read(fields, $"{what}: partition-spec", json => json.ValueKind == System.Text.Json.JsonValueKind.Array
                ? new PartitionSpec(specId, PartitionSpecJson.ReadFields(json.EnumerateArray().Select((item, index) => (item, $"{what}: partition-spec[{index}]"))))
                : PartitionSpecJson.Read(json, $"{what}: partition-spec"))
            : throw LakehouseException.InvalidData($"{what}: partition-spec is missing");
        var schema = file.Metadata.TryGetValue("schema", out var text) ? JsonText.Read(text, $"{what}: schema", json => SchemaJson.Read(json, $"{what}: schema")) : null;
        var content = file.Metadata.TryGetValue("content", out var kind) && kind.AsSpan().SequenceEqual("deletes"u8) ? ManifestContent.Deletes : ManifestContent.Data;
        return new ManifestHeader(schema, spec, content);
    }
}
