using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Writes table metadata as JSON.</summary>
internal static class TableMetadataWriter
{
    public static void Write(Utf8JsonWriter json, TableMetadata metadata)
    {
        json.WriteStartObject();
        json.WriteNumber("format-version", metadata.FormatVersion);
        if (metadata.TableUuid != Guid.Empty)
        {
            json.WriteString("table-uuid", metadata.TableUuid.ToString("D"));
        }

        json.WriteString("location", metadata.Location);
        if (metadata.FormatVersion > 1)
        {
            json.WriteNumber("last-sequence-number", metadata.LastSequenceNumber);
        }

        json.WriteNumber("last-updated-ms", metadata.LastUpdatedMs);
        json.WriteNumber("last-column-id", metadata.LastColumnId);
        WriteSchema(json, metadata);
        WritePartitioning(json, metadata);
        json.WriteNumber("default-sort-order-id", metadata.DefaultSortOrderId);
        WriteArray(json, "sort-orders", metadata.SortOrders, SortOrderJson.Write);
        JsonText.WriteTexts(json, "properties", metadata.Properties);
        if (metadata.CurrentSnapshotId is { } current)
        {
            JsonText.WriteSnapshotId(json, "current-snapshot-id", current);
        }
        else if (metadata.FormatVersion < 3)
        {
            // Readers of v1 and v2 know it as "none", and some of them require the field.
            json.WriteNumber("current-snapshot-id", -1);
        }

        if (metadata.NextRowId is { } nextRowId)
        {
            json.WriteNumber("next-row-id", nextRowId);
        }

        if (metadata.EncryptionKeys.Count > 0)
        {
            WriteArray(json, "encryption-keys", metadata.EncryptionKeys, StatisticsJson.Write);
        }

        WriteRefs(json, metadata);
        WriteArray(json, "snapshots", metadata.Snapshots, (writer, snapshot) => SnapshotJson.Write(writer, snapshot, metadata.FormatVersion));
        WriteArray(json, "statistics", metadata.Statistics, StatisticsJson.Write);
        WriteArray(json, "partition-statistics", metadata.PartitionStatistics, StatisticsJson.Write);
        WriteArray(json, "snapshot-log", metadata.SnapshotLog, (writer, entry) =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("timestamp-ms", entry.TimestampMs);
            JsonText.WriteSnapshotId(writer, "snapshot-id", entry.SnapshotId);
            writer.WriteEndObject();
        });
        WriteArray(json, "metadata-log", metadata.MetadataLog, (writer, entry) =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("timestamp-ms", entry.TimestampMs);
            writer.WriteString("metadata-file", entry.MetadataFile);
            writer.WriteEndObject();
        });
        foreach (var (name, text) in metadata.UnknownMembers)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(text);
        }

        json.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter json, TableMetadata metadata)
    {
        if (metadata.FormatVersion == 1)
        {
            json.WritePropertyName("schema");
            SchemaJson.Write(json, metadata.CurrentSchema);
        }

        json.WriteNumber("current-schema-id", metadata.CurrentSchemaId);
        WriteArray(json, "schemas", metadata.Schemas, SchemaJson.Write);
    }

    private static void WritePartitioning(Utf8JsonWriter json, TableMetadata metadata)
    {
        if (metadata.FormatVersion == 1)
        {
            json.WritePropertyName("partition-spec");
            PartitionSpecJson.WriteFields(json, metadata.DefaultSpec);
        }

        json.WriteNumber("default-spec-id", metadata.DefaultSpecId);
        WriteArray(json, "partition-specs", metadata.PartitionSpecs, PartitionSpecJson.Write);
        json.WriteNumber("last-partition-id", metadata.LastPartitionId);
    }

    private static void WriteRefs(Utf8JsonWriter json, TableMetadata metadata)
    {
        json.WriteStartObject("refs");
        foreach (var (name, reference) in metadata.Refs)
        {
            json.WriteStartObject(name);
            SnapshotJson.WriteRefFields(json, reference);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }
}
