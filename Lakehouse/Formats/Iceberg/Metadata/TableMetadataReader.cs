using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads table metadata from JSON.</summary>
internal static class TableMetadataReader
{
    private const int NewestVersion = 3;

    // Members that are read, and the deprecated ones that v2 replaced.
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "format-version", "table-uuid", "location", "last-sequence-number", "last-updated-ms", "last-column-id", "schema", "schemas", "current-schema-id", "partition-spec",
        "partition-specs", "default-spec-id", "last-partition-id", "properties", "current-snapshot-id", "snapshots", "snapshot-log", "metadata-log", "sort-orders",
        "default-sort-order-id", "refs", "statistics", "partition-statistics", "next-row-id", "encryption-keys",
    };

    public static TableMetadata Read(JsonElement json)
    {
        var fields = new JsonFields(json, "table metadata");
        var version = fields.Int("format-version");
        if (version > NewestVersion)
        {
            throw LakehouseException.Unsupported($"table metadata: format-version {version} is newer than {NewestVersion}");
        }

        if (version < 1)
        {
            throw fields.Wrong("format-version", "must be 1 or more");
        }

        var (schemas, currentSchemaId) = ReadSchemas(fields, version);
        var (specs, defaultSpecId) = ReadSpecs(fields, version);
        var (orders, defaultOrderId) = ReadSortOrders(fields, version);
        var snapshots = fields.OptionalArray("snapshots").Select(item => SnapshotJson.Read(item.Element, item.Path, version)).ToList();
        // Java writes -1 for "no snapshot".
        var currentSnapshotId = fields.OptionalSnapshotId("current-snapshot-id") is { } id && id != -1 ? id : (long?)null;
        var metadata = new TableMetadata
        {
            FormatVersion = version,
            TableUuid = version == 1 ? fields.OptionalUuid("table-uuid") ?? Guid.Empty : fields.Uuid("table-uuid"),
            Location = fields.String("location").TrimEnd('/'),
            LastSequenceNumber = version == 1 ? 0 : fields.Long("last-sequence-number"),
            LastUpdatedMs = fields.Long("last-updated-ms"),
            LastColumnId = fields.Int("last-column-id"),
            Schemas = schemas,
            CurrentSchemaId = currentSchemaId,
            PartitionSpecs = specs,
            DefaultSpecId = defaultSpecId,
            LastPartitionId = (version == 1 ? fields.OptionalInt("last-partition-id") : fields.Int("last-partition-id")) ?? specs.Max(spec => spec.HighestFieldId),
            SortOrders = orders,
            DefaultSortOrderId = defaultOrderId,
            Properties = fields.OptionalTexts("properties"),
            CurrentSnapshotId = currentSnapshotId,
            Snapshots = snapshots,
            SnapshotLog = fields.OptionalArray("snapshot-log").Select(item => new JsonFields(item.Element, item.Path))
                .Select(entry => new SnapshotLogEntry(entry.Long("timestamp-ms"), entry.SnapshotId("snapshot-id"))).ToList(),
            MetadataLog = fields.OptionalArray("metadata-log").Select(item => new JsonFields(item.Element, item.Path))
                .Select(entry => new MetadataLogEntry(entry.Long("timestamp-ms"), entry.String("metadata-file"))).ToList(),
            Refs = ReadRefs(fields, currentSnapshotId),
            Statistics = fields.OptionalArray("statistics").Select(item => StatisticsJson.Read(item.Element, item.Path)).ToList(),
            PartitionStatistics = fields.OptionalArray("partition-statistics").Select(item => StatisticsJson.ReadPartition(item.Element, item.Path)).ToList(),
            NextRowId = version >= 3 ? fields.Long("next-row-id") : null,
            EncryptionKeys = fields.OptionalArray("encryption-keys").Select(item => StatisticsJson.ReadKey(item.Element, item.Path)).ToList(),
            UnknownMembers = ReadUnknown(json),
        };
        TableMetadataCheck.Check(metadata);
        return metadata;
    }

    private static (List<Schema> Schemas, int CurrentId) ReadSchemas(JsonFields fields, int version)
    {
        if (version == 1 && !fields.Has("schemas"))
        {
            var only = SchemaJson.Read(fields.Required("schema"), "table metadata.schema");
            return ([only], only.SchemaId);
        }

        var schemas = fields.Array("schemas").Select(item => SchemaJson.Read(item.Element, item.Path)).ToList();
        var currentId = fields.Int("current-schema-id");
        return schemas.Exists(schema => schema.SchemaId == currentId) ? (schemas, currentId) : throw fields.Wrong("current-schema-id", $"is {currentId}, which is none of the schemas");
    }

    private static (List<PartitionSpec> Specs, int DefaultId) ReadSpecs(JsonFields fields, int version)
    {
        if (version == 1 && !fields.Has("partition-specs"))
        {
            return ([new PartitionSpec(0, PartitionSpecJson.ReadFields(fields.Array("partition-spec")))], 0);
        }

        var specs = fields.Array("partition-specs").Select(item => PartitionSpecJson.Read(item.Element, item.Path)).ToList();
        return specs.Count == 0 ? throw fields.Wrong("partition-specs", "is empty") : (specs, fields.Int("default-spec-id"));
    }

    private static (List<SortOrder> Orders, int DefaultId) ReadSortOrders(JsonFields fields, int version)
    {
        if (version == 1 && !fields.Has("sort-orders"))
        {
            return ([SortOrder.Unsorted], 0);
        }

        return (fields.Array("sort-orders").Select(item => SortOrderJson.Read(item.Element, item.Path)).ToList(), fields.Int("default-sort-order-id"));
    }

    private static Dictionary<string, SnapshotRef> ReadRefs(JsonFields fields, long? currentSnapshotId)
    {
        var refs = new Dictionary<string, SnapshotRef>(StringComparer.Ordinal);
        if (fields.Has("refs"))
        {
            var members = fields.Object("refs");
            foreach (var property in members.Element.EnumerateObject())
            {
                refs[property.Name] = SnapshotJson.ReadRef(property.Value, $"{members.Path}.{property.Name}");
            }
        }

        // There is always a main branch at the current snapshot, also where no refs are written.
        if (currentSnapshotId is { } id)
        {
            refs.TryAdd(SnapshotRef.Main, new SnapshotRef(id, SnapshotRefType.Branch));
        }

        return refs;
    }

    private static Dictionary<string, string> ReadUnknown(JsonElement json)
    {
        var unknown = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject().Where(property => !Known.Contains(property.Name)))
        {
            unknown[property.Name] = property.Value.GetRawText();
        }

        return unknown;
    }
}
