using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Updates as JSON (REST catalog specification).</summary>
public static class TableUpdateJson
{
    /// <summary>Reads an update.</summary>
    /// <exception cref="LakehouseException">Unsupported names an unknown action, InvalidData the field and the reason.</exception>
    public static TableUpdate Read(JsonElement json) => Read(new JsonFields(json, "update"));

    /// <summary>Reads the array of updates of a commit.</summary>
    public static IReadOnlyList<TableUpdate> ReadAll(JsonElement array) => array.ValueKind == JsonValueKind.Array
        ? array.EnumerateArray().Select((item, index) => Read(new JsonFields(item, $"updates[{index}]"))).ToList()
        : throw LakehouseException.InvalidData("updates must be an array");

    /// <summary>Writes an update as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, TableUpdate update)
    {
        json.WriteStartObject();
        json.WriteString("action", update.Action);
        WriteFields(json, update);
        json.WriteEndObject();
    }

    internal static TableUpdate Read(JsonFields fields) => fields.String("action") switch
    {
        "assign-uuid" => new AssignUuid(fields.Uuid("uuid")),
        "upgrade-format-version" => new UpgradeFormatVersion(fields.Int("format-version")),
        "add-schema" => new AddSchema(SchemaJson.Read(fields.Required("schema"), $"{fields.Path}.schema"), fields.OptionalInt("last-column-id")),
        "set-current-schema" => new SetCurrentSchema(fields.Int("schema-id")),
        "add-spec" => new AddPartitionSpec(PartitionSpecJson.Read(fields.Required("spec"), $"{fields.Path}.spec")),
        "set-default-spec" => new SetDefaultSpec(fields.Int("spec-id")),
        "add-sort-order" => new AddSortOrder(SortOrderJson.Read(fields.Required("sort-order"), $"{fields.Path}.sort-order")),
        "set-default-sort-order" => new SetDefaultSortOrder(fields.Int("sort-order-id")),
        "add-snapshot" => new AddSnapshot(SnapshotJson.Read(fields.Required("snapshot"), $"{fields.Path}.snapshot", 2)),
        "set-snapshot-ref" => new SetSnapshotRef(fields.String("ref-name"), SnapshotJson.ReadRef(fields.Element, fields.Path)),
        "remove-snapshots" => new RemoveSnapshots(fields.Longs("snapshot-ids")),
        "remove-snapshot-ref" => new RemoveSnapshotRef(fields.String("ref-name")),
        "set-location" => new SetLocation(fields.String("location")),
        // "updated" and "removed" are what early clients of the protocol sent.
        "set-properties" => new SetProperties(fields.Texts(fields.Has("updates") ? "updates" : "updated")),
        "remove-properties" => new RemoveProperties(fields.Strings(fields.Has("removals") ? "removals" : "removed")),
        "set-statistics" => new SetStatistics(StatisticsJson.Read(fields.Required("statistics"), $"{fields.Path}.statistics")),
        "remove-statistics" => new RemoveStatistics(fields.Long("snapshot-id")),
        "set-partition-statistics" => new SetPartitionStatistics(StatisticsJson.ReadPartition(fields.Required("partition-statistics"), $"{fields.Path}.partition-statistics")),
        "remove-partition-statistics" => new RemovePartitionStatistics(fields.Long("snapshot-id")),
        "remove-partition-specs" => new RemovePartitionSpecs(fields.Ints("spec-ids")),
        "remove-schemas" => new RemoveSchemas(fields.Ints("schema-ids")),
        "add-encryption-key" => new AddEncryptionKey(StatisticsJson.ReadKey(fields.Required("encryption-key"), $"{fields.Path}.encryption-key")),
        "remove-encryption-key" => new RemoveEncryptionKey(fields.String("key-id")),
        var other => throw LakehouseException.Unsupported($"{fields.Path}: update \"{other}\" is not supported"),
    };

    private static void WriteFields(Utf8JsonWriter json, TableUpdate update)
    {
        switch (update)
        {
            case AssignUuid assign:
                json.WriteString("uuid", assign.Uuid.ToString("D"));
                break;
            case UpgradeFormatVersion upgrade:
                json.WriteNumber("format-version", upgrade.FormatVersion);
                break;
            case AddSchema add:
                json.WritePropertyName("schema");
                SchemaJson.Write(json, add.Schema);
                if (add.LastColumnId is { } lastColumnId)
                {
                    json.WriteNumber("last-column-id", lastColumnId);
                }

                break;
            case SetCurrentSchema set:
                json.WriteNumber("schema-id", set.SchemaId);
                break;
            case AddPartitionSpec add:
                json.WritePropertyName("spec");
                PartitionSpecJson.Write(json, add.Spec);
                break;
            case SetDefaultSpec set:
                json.WriteNumber("spec-id", set.SpecId);
                break;
            case AddSortOrder add:
                json.WritePropertyName("sort-order");
                SortOrderJson.Write(json, add.SortOrder);
                break;
            case SetDefaultSortOrder set:
                json.WriteNumber("sort-order-id", set.SortOrderId);
                break;
            case AddSnapshot add:
                json.WritePropertyName("snapshot");
                SnapshotJson.Write(json, add.Snapshot);
                break;
            case SetSnapshotRef set:
                json.WriteString("ref-name", set.RefName);
                SnapshotJson.WriteRefFields(json, set.Reference);
                break;
            case RemoveSnapshots remove:
                WriteNumbers(json, "snapshot-ids", remove.SnapshotIds);
                break;
            case RemoveSnapshotRef remove:
                json.WriteString("ref-name", remove.RefName);
                break;
            case SetLocation set:
                json.WriteString("location", set.Location);
                break;
            case SetProperties set:
                JsonText.WriteTexts(json, "updates", set.Updates);
                break;
            case RemoveProperties remove:
                json.WriteStartArray("removals");
                foreach (var name in remove.Removals)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                break;
            case SetStatistics set:
                json.WriteNumber("snapshot-id", set.Statistics.SnapshotId);
                json.WritePropertyName("statistics");
                StatisticsJson.Write(json, set.Statistics);
                break;
            case RemoveStatistics remove:
                json.WriteNumber("snapshot-id", remove.SnapshotId);
                break;
            case SetPartitionStatistics set:
                json.WritePropertyName("partition-statistics");
                StatisticsJson.Write(json, set.PartitionStatistics);
                break;
            case RemovePartitionStatistics remove:
                json.WriteNumber("snapshot-id", remove.SnapshotId);
                break;
            case RemovePartitionSpecs remove:
                WriteNumbers(json, "spec-ids", remove.SpecIds.Select(id => (long)id));
                break;
            case RemoveSchemas remove:
                WriteNumbers(json, "schema-ids", remove.SchemaIds.Select(id => (long)id));
                break;
            case AddEncryptionKey add:
                json.WritePropertyName("encryption-key");
                StatisticsJson.Write(json, add.Key);
                break;
            case RemoveEncryptionKey remove:
                json.WriteString("key-id", remove.KeyId);
                break;
            default:
                throw new ArgumentException($"No JSON form for {update.GetType().Name}", nameof(update));
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
