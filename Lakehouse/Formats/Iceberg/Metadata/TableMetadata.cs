namespace Lakehouse.Formats.Iceberg;

/// <summary>The metadata of a table (specification, "Table Metadata"): immutable; every change makes a new one, by <see cref="TableCommit"/>.</summary>
public sealed partial record TableMetadata
{
    /// <summary>1, 2 or 3.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Identity of the table; <see cref="Guid.Empty"/> where a v1 writer gave none.</summary>
    public required Guid TableUuid { get; init; }

    /// <summary>Base location; no trailing slash.</summary>
    public required string Location { get; init; }

    /// <summary>Highest sequence number assigned so far.</summary>
    public long LastSequenceNumber { get; init; }

    /// <summary>When the table last changed, in milliseconds since 1970.</summary>
    public required long LastUpdatedMs { get; init; }

    /// <summary>Highest column id assigned so far.</summary>
    public required int LastColumnId { get; init; }

    /// <summary>All schemas that snapshots may need.</summary>
    public required IReadOnlyList<Schema> Schemas { get; init; }

    /// <summary>Id of the current schema.</summary>
    public required int CurrentSchemaId { get; init; }

    /// <summary>All partition specs that manifests may need.</summary>
    public required IReadOnlyList<PartitionSpec> PartitionSpecs { get; init; }

    /// <summary>Id of the spec that writers use.</summary>
    public required int DefaultSpecId { get; init; }

    /// <summary>Highest partition field id assigned so far; 999 when none was.</summary>
    public required int LastPartitionId { get; init; }

    /// <summary>All sort orders.</summary>
    public required IReadOnlyList<SortOrder> SortOrders { get; init; }

    /// <summary>Id of the order that writers use.</summary>
    public required int DefaultSortOrderId { get; init; }

    /// <summary>Settings of the table.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Id of the current snapshot: that of branch <c>main</c>; null before the first.</summary>
    public long? CurrentSnapshotId { get; init; }

    /// <summary>All snapshots that are still whole.</summary>
    public IReadOnlyList<Snapshot> Snapshots { get; init; } = [];

    /// <summary>Which snapshot was current since when.</summary>
    public IReadOnlyList<SnapshotLogEntry> SnapshotLog { get; init; } = [];

    /// <summary>Earlier metadata files, oldest first.</summary>
    public IReadOnlyList<MetadataLogEntry> MetadataLog { get; init; } = [];

    /// <summary>Branches and tags by name; has <c>main</c> whenever there is a current snapshot.</summary>
    public IReadOnlyDictionary<string, SnapshotRef> Refs { get; init; } = new Dictionary<string, SnapshotRef>(StringComparer.Ordinal);

    /// <summary>Statistics files.</summary>
    public IReadOnlyList<StatisticsFile> Statistics { get; init; } = [];

    /// <summary>Partition statistics files.</summary>
    public IReadOnlyList<PartitionStatisticsFile> PartitionStatistics { get; init; } = [];

    /// <summary>Next row id to assign (v3).</summary>
    public long? NextRowId { get; init; }

    /// <summary>Keys of an encrypted table (v3).</summary>
    public IReadOnlyList<EncryptionKey> EncryptionKeys { get; init; } = [];

    /// <summary>Members that this version does not know, as JSON text by name: kept when the metadata is written again.</summary>
    public IReadOnlyDictionary<string, string> UnknownMembers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The current schema.</summary>
    public Schema CurrentSchema => SchemaById(CurrentSchemaId) ?? throw LakehouseException.InvalidData($"table metadata: current schema {CurrentSchemaId} is not among the schemas");

    /// <summary>The spec that writers use.</summary>
    public PartitionSpec DefaultSpec => SpecById(DefaultSpecId) ?? throw LakehouseException.InvalidData($"table metadata: default spec {DefaultSpecId} is not among the specs");

    /// <summary>The order that writers use.</summary>
    public SortOrder DefaultSortOrder => SortOrders.FirstOrDefault(order => order.OrderId == DefaultSortOrderId) ?? SortOrder.Unsorted;

    /// <summary>The current snapshot; null before the first.</summary>
    public Snapshot? CurrentSnapshot => CurrentSnapshotId is { } id ? SnapshotById(id) : null;

    /// <summary>The sequence number of the next snapshot.</summary>
    public long NextSequenceNumber => FormatVersion == 1 ? 0 : LastSequenceNumber + 1;

    /// <summary>When the table last changed.</summary>
    public DateTimeOffset LastUpdated => DateTimeOffset.FromUnixTimeMilliseconds(LastUpdatedMs);

    /// <summary>A snapshot by id, or null.</summary>
    public Snapshot? SnapshotById(long snapshotId) => Snapshots.FirstOrDefault(snapshot => snapshot.SnapshotId == snapshotId);

    /// <summary>The snapshot of a branch or tag, or null.</summary>
    public Snapshot? SnapshotByRef(string name) => Refs.TryGetValue(name, out var reference) ? SnapshotById(reference.SnapshotId) : null;

    /// <summary>A snapshot and those it builds on, newest first, as far as they are still there; each once.</summary>
    public IEnumerable<Snapshot> Ancestors(Snapshot? snapshot)
    {
        var seen = new HashSet<long>();
        while (snapshot is not null && seen.Add(snapshot.SnapshotId))
        {
            yield return snapshot;
            snapshot = snapshot.ParentSnapshotId is { } parent ? SnapshotById(parent) : null;
        }
    }

    /// <summary>A schema by id, or null.</summary>
    public Schema? SchemaById(int schemaId) => Schemas.FirstOrDefault(schema => schema.SchemaId == schemaId);

    /// <summary>A partition spec by id, or null.</summary>
    public PartitionSpec? SpecById(int specId) => PartitionSpecs.FirstOrDefault(spec => spec.SpecId == specId);

    /// <summary>The schema that a snapshot is to be read with: its own, or the current one where it names none.</summary>
    public Schema SchemaOf(Snapshot snapshot) => (snapshot.SchemaId is { } id ? SchemaById(id) : null) ?? CurrentSchema;

    /// <summary>The current schema first, then the others, newest first: where partition source columns are looked for.</summary>
    public IEnumerable<Schema> SchemasByAge() => Schemas.OrderByDescending(schema => schema.SchemaId == CurrentSchemaId).ThenByDescending(schema => schema.SchemaId);
}
