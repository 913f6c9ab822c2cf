using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Requirements as JSON (REST catalog specification).</summary>
public static class TableRequirementJson
{
    /// <summary>Reads a requirement.</summary>
    /// <exception cref="LakehouseException">Unsupported names an unknown type, InvalidData the field and the reason.</exception>
    public static TableRequirement Read(JsonElement json) => Read(new JsonFields(json, "requirement"));

    /// <summary>Reads the array of requirements of a commit.</summary>
    public static IReadOnlyList<TableRequirement> ReadAll(JsonElement array) => array.ValueKind == JsonValueKind.Array
        ? array.EnumerateArray().Select((item, index) => Read(new JsonFields(item, $"requirements[{index}]"))).ToList()
        : throw LakehouseException.InvalidData("requirements must be an array");

    /// <summary>Writes a requirement as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, TableRequirement requirement)
    {
        json.WriteStartObject();
        json.WriteString("type", requirement.Type);
        switch (requirement)
        {
            case AssertCreate:
                break;
            case AssertTableUuid assert:
                json.WriteString("uuid", assert.Uuid.ToString("D"));
                break;
            case AssertRefSnapshotId assert:
                json.WriteString("ref", assert.Ref);
                if (assert.SnapshotId is { } snapshotId)
                {
                    json.WriteNumber("snapshot-id", snapshotId);
                }
                else
                {
                    json.WriteNull("snapshot-id");
                }

                break;
            case AssertLastAssignedFieldId assert:
                json.WriteNumber("last-assigned-field-id", assert.LastAssignedFieldId);
                break;
            case AssertCurrentSchemaId assert:
                json.WriteNumber("current-schema-id", assert.CurrentSchemaId);
                break;
            case AssertLastAssignedPartitionId assert:
                json.WriteNumber("last-assigned-partition-id", assert.LastAssignedPartitionId);
                break;
            case AssertDefaultSpecId assert:
                json.WriteNumber("default-spec-id", assert.DefaultSpecId);
                break;
            case AssertDefaultSortOrderId assert:
                json.WriteNumber("default-sort-order-id", assert.DefaultSortOrderId);
                break;
            default:
                throw new ArgumentException($"No JSON form for {requirement.GetType().Name}", nameof(requirement));
        }

        json.WriteEndObject();
    }

    private static TableRequirement Read(JsonFields fields) => fields.String("type") switch
    {
        "assert-create" => new AssertCreate(),
        "assert-table-uuid" => new AssertTableUuid(fields.Uuid("uuid")),
        "assert-ref-snapshot-id" => new AssertRefSnapshotId(fields.String("ref"), fields.OptionalLong("snapshot-id")),
        "assert-last-assigned-field-id" => new AssertLastAssignedFieldId(fields.Int("last-assigned-field-id")),
        "assert-current-schema-id" => new AssertCurrentSchemaId(fields.Int("current-schema-id")),
        "assert-last-assigned-partition-id" => new AssertLastAssignedPartitionId(fields.Int("last-assigned-partition-id")),
        "assert-default-spec-id" => new AssertDefaultSpecId(fields.Int("default-spec-id")),
        "assert-default-sort-order-id" => new AssertDefaultSortOrderId(fields.Int("default-sort-order-id")),
        var other => throw LakehouseException.Unsupported($"{fields.Path}: requirement \"{other}\" is not supported"),
    };
}
