using System.Text.Json;

namespace Lakehouse.Formats.Delta.Actions;

/// <summary>Writes each kind of action as an object of one member. What is null is left out.</summary>
static class ActionWriter
{
    public static void Write(Utf8JsonWriter json, DeltaAction action)
    {
        json.WriteStartObject();
        json.WriteStartObject(NameOf(action));
        switch (action)
        {
            case AddFile add:
                Add(json, add);
                break;
            case RemoveFile remove:
                Remove(json, remove);
                break;
            case AddCdcFile cdc:
                json.WriteString("path", cdc.Path);
                Texts(json, "partitionValues", cdc.PartitionValues);
                json.WriteNumber("size", cdc.Size);
                json.WriteBoolean("dataChange", false);
                Texts(json, "tags", cdc.Tags);
                break;
            case MetadataAction metadata:
                Metadata(json, metadata);
                break;
            case ProtocolAction protocol:
                json.WriteNumber("minReaderVersion", protocol.MinReaderVersion);
                json.WriteNumber("minWriterVersion", protocol.MinWriterVersion);
                List(json, "readerFeatures", protocol.ReaderFeatures);
                List(json, "writerFeatures", protocol.WriterFeatures);
                break;
            case TransactionAction txn:
                json.WriteString("appId", txn.AppId);
                json.WriteNumber("version", txn.Version);
                Number(json, "lastUpdated", txn.LastUpdated);
                break;
            case DomainMetadata domain:
                json.WriteString("domain", domain.Domain);
                json.WriteString("configuration", domain.Configuration);
                json.WriteBoolean("removed", domain.Removed);
                break;
            case CommitInfo info:
                foreach (var member in info.Json.EnumerateObject())
                {
                    member.WriteTo(json);
                }

                break;
            case SidecarAction sidecar:
                json.WriteString("path", sidecar.Path);
                json.WriteNumber("sizeInBytes", sidecar.SizeInBytes);
                json.WriteNumber("modificationTime", sidecar.ModificationTime);
                Texts(json, "tags", sidecar.Tags);
                break;
            case CheckpointMetadata checkpoint:
                json.WriteNumber("version", checkpoint.Version);
                Texts(json, "tags", checkpoint.Tags);
                break;
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    static string NameOf(DeltaAction action) => action switch
    {
        AddFile => "add",
        RemoveFile => "remove",
        AddCdcFile => "cdc",
        MetadataAction => "metaData",
        ProtocolAction => "protocol",
        TransactionAction => "txn",
        DomainMetadata => "domainMetadata",
        CommitInfo => "commitInfo",
        SidecarAction => "sidecar",
        CheckpointMetadata => "checkpointMetadata",
        _ => throw new ArgumentException($"A {action.GetType().Name} is no action of the log.", nameof(action)),
    };

    static void Add(Utf8JsonWriter json, AddFile add)
    {
        json.WriteString("path", add.Path);
        Texts(json, "partitionValues", add.PartitionValues);
        json.WriteNumber("size", add.Size);
        json.WriteNumber("modificationTime", add.ModificationTime);
        File(json, add);
        if (add.ClusteringProvider is { } provider)
        {
            json.WriteString("clusteringProvider", provider);
        }
    }

    static void Remove(Utf8JsonWriter json, RemoveFile remove)
    {
        json.WriteString("path", remove.Path);
        Number(json, "deletionTimestamp", remove.DeletionTimestamp);
        if (remove.ExtendedFileMetadata is { } extended)
        {
            json.WriteBoolean("extendedFileMetadata", extended);
        }

        Texts(json, "partitionValues", remove.PartitionValues);
        Number(json, "size", remove.Size);
        File(json, remove);
    }

    static void File(Utf8JsonWriter json, FileAction file)
    {
        json.WriteBoolean("dataChange", file.DataChange);
        if (file.Stats is { } stats)
        {
            json.WriteString("stats", stats);
        }

        Texts(json, "tags", file.Tags);
        if (file.DeletionVector is { } vector)
        {
            json.WriteStartObject("deletionVector");
            json.WriteString("storageType", vector.StorageType);
            json.WriteString("pathOrInlineDv", vector.PathOrInlineDv);
            Number(json, "offset", vector.Offset);
            json.WriteNumber("sizeInBytes", vector.SizeInBytes);
            json.WriteNumber("cardinality", vector.Cardinality);
            json.WriteEndObject();
        }

        Number(json, "baseRowId", file.BaseRowId);
        Number(json, "defaultRowCommitVersion", file.DefaultRowCommitVersion);
    }

    static void Metadata(Utf8JsonWriter json, MetadataAction metadata)
    {
        json.WriteString("id", metadata.Id);
        if (metadata.Name is { } name)
        {
            json.WriteString("name", name);
        }

        if (metadata.Description is { } description)
        {
            json.WriteString("description", description);
        }

        json.WriteStartObject("format");
        json.WriteString("provider", metadata.FormatProvider);
        Json.JsonText.WriteTexts(json, "options", metadata.FormatOptions);
        json.WriteEndObject();
        json.WriteString("schemaString", metadata.SchemaString);
        List(json, "partitionColumns", metadata.PartitionColumns);
        Json.JsonText.WriteTexts(json, "configuration", metadata.Configuration);
        Number(json, "createdTime", metadata.CreatedTime);
    }

    static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    static void List(Utf8JsonWriter json, string name, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    static void Texts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string?>? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WritePropertyName(name);
        Texts(json, texts);
    }

    public static void Texts(Utf8JsonWriter json, IReadOnlyDictionary<string, string?> texts)
    {
        json.WriteStartObject();
        foreach (var (key, value) in texts)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
