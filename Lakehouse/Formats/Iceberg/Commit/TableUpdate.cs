namespace Lakehouse.Formats.Iceberg;

/// <summary>A change of table metadata (REST catalog specification, <c>TableUpdate</c>), applied by <see cref="TableCommit"/>.</summary>
public abstract record TableUpdate
{
    /// <summary>The id that means "the one added last in this commit".</summary>
    public const int LastAdded = -1;

    private protected TableUpdate()
    {
    }

    /// <summary>Name in the REST specification.</summary>
    public abstract string Action { get; }
}

/// <summary>Gives a new table its identity.</summary>
/// <param name="Uuid">Identity.</param>
public sealed record AssignUuid(Guid Uuid) : TableUpdate, IViewUpdate
{
    /// <inheritdoc />
    public override string Action => "assign-uuid";
}

/// <summary>Raises the format version.</summary>
/// <param name="FormatVersion">1 to 3; not below the current one.</param>
public sealed record UpgradeFormatVersion(int FormatVersion) : TableUpdate, IViewUpdate
{
    /// <inheritdoc />
    public override string Action => "upgrade-format-version";
}

/// <summary>Adds a schema; one with the same columns is found again instead.</summary>
/// <param name="Schema">Schema; its id is assigned.</param>
/// <param name="LastColumnId">Highest column id assigned so far (deprecated; computed when absent).</param>
public sealed record AddSchema(Schema Schema, int? LastColumnId = null) : TableUpdate, IViewUpdate
{
    /// <inheritdoc />
    public override string Action => "add-schema";
}

/// <summary>Makes a schema the current one.</summary>
/// <param name="SchemaId">Its id, or <see cref="TableUpdate.LastAdded"/>.</param>
public sealed record SetCurrentSchema(int SchemaId) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "set-current-schema";
}

/// <summary>Adds a partition spec; an equivalent one is found again instead.</summary>
/// <param name="Spec">Spec; its id is assigned.</param>
public sealed record AddPartitionSpec(PartitionSpec Spec) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "add-spec";
}

/// <summary>Makes a spec the one that writers use.</summary>
/// <param name="SpecId">Its id, or <see cref="TableUpdate.LastAdded"/>.</param>
public sealed record SetDefaultSpec(int SpecId) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "set-default-spec";
}

/// <summary>Adds a sort order; an equivalent one is found again instead.</summary>
/// <param name="SortOrder">Order; its id is assigned.</param>
public sealed record AddSortOrder(SortOrder SortOrder) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "add-sort-order";
}

/// <summary>Makes an order the one that writers use.</summary>
/// <param name="SortOrderId">Its id, or <see cref="TableUpdate.LastAdded"/>.</param>
public sealed record SetDefaultSortOrder(int SortOrderId) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "set-default-sort-order";
}

/// <summary>Adds a snapshot; a reference has to be set to it besides.</summary>
/// <param name="Snapshot">Snapshot.</param>
public sealed record AddSnapshot(Snapshot Snapshot) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "add-snapshot";
}

/// <summary>Sets a branch or tag.</summary>
/// <param name="RefName">Name.</param>
/// <param name="Reference">What it refers to.</param>
public sealed record SetSnapshotRef(string RefName, SnapshotRef Reference) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "set-snapshot-ref";
}

/// <summary>Removes snapshots that no reference points to.</summary>
/// <param name="SnapshotIds">Their ids.</param>
public sealed record RemoveSnapshots(IReadOnlyList<long> SnapshotIds) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-snapshots";
}

/// <summary>Removes a branch or tag.</summary>
/// <param name="RefName">Name.</param>
public sealed record RemoveSnapshotRef(string RefName) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-snapshot-ref";
}

/// <summary>Moves the base location for new files.</summary>
/// <param name="Location">Location.</param>
public sealed record SetLocation(string Location) : TableUpdate, IViewUpdate
{
    /// <inheritdoc />
    public override string Action => "set-location";
}

/// <summary>Sets properties.</summary>
/// <param name="Updates">New values by name.</param>
public sealed record SetProperties(IReadOnlyDictionary<string, string> Updates) : TableUpdate, IViewUpdate
{
    /// <inheritdoc />
    public override string Action => "set-properties";
}

/// <summary>Removes properties; absent ones are no error.</summary>
/// <param name="Removals">Names.</param>
public sealed record RemoveProperties(IReadOnlyList<string> Removals) : TableUpdate, IViewUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-properties";
}

/// <summary>Sets the statistics file of a snapshot.</summary>
/// <param name="Statistics">The file.</param>
public sealed record SetStatistics(StatisticsFile Statistics) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "set-statistics";
}

/// <summary>Removes the statistics file of a snapshot.</summary>
/// <param name="SnapshotId">The snapshot.</param>
public sealed record RemoveStatistics(long SnapshotId) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-statistics";
}

/// <summary>Sets the partition statistics file of a snapshot.</summary>
/// <param name="PartitionStatistics">The file.</param>
public sealed record SetPartitionStatistics(PartitionStatisticsFile PartitionStatistics) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "set-partition-statistics";
}

/// <summary>Removes the partition statistics file of a snapshot.</summary>
/// <param name="SnapshotId">The snapshot.</param>
public sealed record RemovePartitionStatistics(long SnapshotId) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-partition-statistics";
}

/// <summary>Removes partition specs that nothing uses.</summary>
/// <param name="SpecIds">Their ids.</param>
public sealed record RemovePartitionSpecs(IReadOnlyList<int> SpecIds) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-partition-specs";
}

/// <summary>Removes schemas that nothing uses.</summary>
/// <param name="SchemaIds">Their ids.</param>
public sealed record RemoveSchemas(IReadOnlyList<int> SchemaIds) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-schemas";
}

/// <summary>Adds a key of an encrypted table (v3); a known one is left as it is.</summary>
/// <param name="Key">The key.</param>
public sealed record AddEncryptionKey(EncryptionKey Key) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "add-encryption-key";
}

/// <summary>Removes a key that no snapshot uses (v3).</summary>
/// <param name="KeyId">Its id.</param>
public sealed record RemoveEncryptionKey(string KeyId) : TableUpdate
{
    /// <inheritdoc />
    public override string Action => "remove-encryption-key";
}
