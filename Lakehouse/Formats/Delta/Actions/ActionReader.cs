using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta.Actions;

/// <summary>Reads each kind of action from its object.</summary>
static class ActionReader
{
    public static AddFile Add(JsonFields json) => new()
    {
        Path = json.String("path"),
        PartitionValues = Texts(json, "partitionValues") ?? Empty,
        Size = json.Long("size"),
        ModificationTime = json.Long("modificationTime"),
        DataChange = json.OptionalBool("dataChange") ?? true,
        Stats = json.OptionalString("stats"),
        Tags = Texts(json, "tags"),
        DeletionVector = DeletionVector(json),
        BaseRowId = json.OptionalLong("baseRowId"),
        DefaultRowCommitVersion = json.OptionalLong("defaultRowCommitVersion"),
        ClusteringProvider = json.OptionalString("clusteringProvider"),
    };

    public static RemoveFile Remove(JsonFields json) => new()
    {
        Path = json.String("path"),
        DeletionTimestamp = json.OptionalLong("deletionTimestamp"),
        DataChange = json.OptionalBool("dataChange") ?? true,
        ExtendedFileMetadata = json.OptionalBool("extendedFileMetadata"),
        PartitionValues = Texts(json, "partitionValues"),
        Size = json.OptionalLong("size"),
        Stats = json.OptionalString("stats"),
        Tags = Texts(json, "tags"),
        DeletionVector = DeletionVector(json),
        BaseRowId = json.OptionalLong("baseRowId"),
        DefaultRowCommitVersion = json.OptionalLong("defaultRowCommitVersion"),
    };

    public static AddCdcFile Cdc(JsonFields json) => new(json.String("path"), Texts(json, "partitionValues") ?? Empty, json.Long("size"), Texts(json, "tags"));

    public static MetadataAction Metadata(JsonFields json)
    {
        var format = json.Has("format") ? json.Object("format") : default(JsonFields?);
        return new MetadataAction
        {
            Id = json.OptionalString("id") ?? "",
            Name = json.OptionalString("name"),
            Description = json.OptionalString("description"),
            FormatProvider = format?.OptionalString("provider") ?? "parquet",
            FormatOptions = format?.OptionalTexts("options") ?? new(StringComparer.Ordinal),
            SchemaString = json.OptionalString("schemaString") ?? "",
            PartitionColumns = json.Has("partitionColumns") ? json.Strings("partitionColumns") : [],
            CreatedTime = json.OptionalLong("createdTime"),
            Configuration = Texts(json, "configuration")?.Where(c => c.Value is not null).ToDictionary(c => c.Key, c => c.Value!, StringComparer.Ordinal) ?? new(StringComparer.Ordinal),
        };
    }

    public static ProtocolAction Protocol(JsonFields json) => new(
        json.Int("minReaderVersion"),
        json.Int("minWriterVersion"),
        json.Has("readerFeatures") ? json.Strings("readerFeatures") : null,
        json.Has("writerFeatures") ? json.Strings("writerFeatures") : null);

    public static TransactionAction Transaction(JsonFields json) => new(json.String("appId"), json.Long("version"), json.OptionalLong("lastUpdated"));

    public static DomainMetadata Domain(JsonFields json) => new(json.String("domain"), json.OptionalString("configuration") ?? "", json.OptionalBool("removed") ?? false);

    public static SidecarAction Sidecar(JsonFields json) => new(json.String("path"), json.OptionalLong("sizeInBytes") ?? 0, json.OptionalLong("modificationTime") ?? 0, Texts(json, "tags"));

    public static CheckpointMetadata Checkpoint(JsonFields json) => new(json.Long("version"), Texts(json, "tags"));

    static readonly IReadOnlyDictionary<string, string?> Empty = new Dictionary<string, string?>(StringComparer.Ordinal);

    static DeletionVectorDescriptor? DeletionVector(JsonFields json)
    {
        if (!json.Has("deletionVector"))
        {
            return null;
        }

        var vector = json.Object("deletionVector");
        return new DeletionVectorDescriptor(vector.String("storageType"), vector.String("pathOrInlineDv"), vector.OptionalInt("offset"), vector.Int("sizeInBytes"), vector.Long("cardinality"));
    }

    /// <summary>A map of texts in which values may be null; null when absent.</summary>
    static Dictionary<string, string?>? Texts(JsonFields json, string name)
    {
        if (!json.Has(name))
        {
            return null;
        }

        var fields = json.Object(name);
        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var member in fields.Element.EnumerateObject())
        {
            texts[member.Name] = member.Value.ValueKind == JsonValueKind.Null ? null : fields.String(member.Name);
        }

        return texts;
    }
}
