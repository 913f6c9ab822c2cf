using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Statistics files and encryption keys of table metadata as JSON.</summary>
internal static class StatisticsJson
{
    public static StatisticsFile Read(JsonElement json, string path)
    {
        var fields = new JsonFields(json, path);
        return new StatisticsFile(
            fields.Long("snapshot-id"),
            fields.String("statistics-path"),
            fields.Long("file-size-in-bytes"),
            fields.Long("file-footer-size-in-bytes"),
            fields.Array("blob-metadata").Select(item =>
            {
                var blob = new JsonFields(item.Element, item.Path);
                return new StatisticsBlob(
                    blob.String("type"), blob.Long("snapshot-id"), blob.Long("sequence-number"), blob.Ints("fields"), blob.Has("properties") ? blob.Texts("properties") : null);
            }).ToList(),
            fields.OptionalString("key-metadata"));
    }

    public static void Write(Utf8JsonWriter json, StatisticsFile file)
    {
        json.WriteStartObject();
        json.WriteNumber("snapshot-id", file.SnapshotId);
        json.WriteString("statistics-path", file.StatisticsPath);
        json.WriteNumber("file-size-in-bytes", file.FileSizeInBytes);
        json.WriteNumber("file-footer-size-in-bytes", file.FileFooterSizeInBytes);
        if (file.KeyMetadata is not null)
        {
            json.WriteString("key-metadata", file.KeyMetadata);
        }

        json.WriteStartArray("blob-metadata");
        foreach (var blob in file.BlobMetadata)
        {
            json.WriteStartObject();
            json.WriteString("type", blob.Type);
            json.WriteNumber("snapshot-id", blob.SnapshotId);
            json.WriteNumber("sequence-number", blob.SequenceNumber);
            json.WriteStartArray("fields");
            foreach (var id in blob.Fields)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
            if (blob.Properties is not null)
            {
                JsonText.WriteTexts(json, "properties", blob.Properties);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static PartitionStatisticsFile ReadPartition(JsonElement json, string path)
    {
        var fields = new JsonFields(json, path);
        return new PartitionStatisticsFile(fields.Long("snapshot-id"), fields.String("statistics-path"), fields.Long("file-size-in-bytes"));
    }

    public static void Write(Utf8JsonWriter json, PartitionStatisticsFile file)
    {
        json.WriteStartObject();
        json.WriteNumber("snapshot-id", file.SnapshotId);
        json.WriteString("statistics-path", file.StatisticsPath);
        json.WriteNumber("file-size-in-bytes", file.FileSizeInBytes);
        json.WriteEndObject();
    }

    public static EncryptionKey ReadKey(JsonElement json, string path)
    {
        var fields = new JsonFields(json, path);
        return new EncryptionKey(
            fields.String("key-id"), fields.String("encrypted-key-metadata"), fields.OptionalString("encrypted-by-id"), fields.Has("properties") ? fields.Texts("properties") : null);
    }

    public static void Write(Utf8JsonWriter json, EncryptionKey key)
    {
        json.WriteStartObject();
        json.WriteString("key-id", key.KeyId);
        json.WriteString("encrypted-key-metadata", key.EncryptedKeyMetadata);
        if (key.EncryptedById is not null)
        {
            json.WriteString("encrypted-by-id", key.EncryptedById);
        }

        if (key.Properties is not null)
        {
            JsonText.WriteTexts(json, "properties", key.Properties);
        }

        json.WriteEndObject();
    }
}
