namespace Lakehouse.Formats.Iceberg;

/// <summary>Table metadata in the course of a commit. Every method that applies an update returns why it can't, or null.</summary>
internal sealed partial class TableChange
{
    private readonly TableMetadata? before;
    private readonly TableCommitContext context;
    private readonly List<Schema> schemas;
    private readonly List<PartitionSpec> specs;
    private readonly List<SortOrder> orders;
    private readonly Dictionary<string, string> properties;
    private readonly List<StatisticsFile> statistics;
    private readonly List<PartitionStatisticsFile> partitionStatistics;
    private readonly List<EncryptionKey> encryptionKeys;
    private int formatVersion;
    private Guid uuid;
    private string? location;
    private int lastColumnId;
    private int lastPartitionId;
    private int? currentSchemaId;
    private int? defaultSpecId;
    private int? defaultSortOrderId;
    private int? lastAddedSchemaId;
    private int? lastAddedSpecId;
    private int? lastAddedSortOrderId;

    public TableChange(TableMetadata? before, TableCommitContext context)
    {
        this.before = before;
        this.context = context;
        schemas = [.. before?.Schemas ?? []];
        specs = [.. before?.PartitionSpecs ?? []];
        orders = [.. before?.SortOrders ?? []];
        properties = new(before?.Properties ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        statistics = [.. before?.Statistics ?? []];
        partitionStatistics = [.. before?.PartitionStatistics ?? []];
        encryptionKeys = [.. before?.EncryptionKeys ?? []];
        snapshots = [.. before?.Snapshots ?? []];
        snapshotLog = [.. before?.SnapshotLog ?? []];
        refs = new(before?.Refs ?? new Dictionary<string, SnapshotRef>(StringComparer.Ordinal), StringComparer.Ordinal);
        formatVersion = before?.FormatVersion ?? TableMetadata.DefaultFormatVersion;
        uuid = before?.TableUuid ?? Guid.Empty;
        location = before?.Location;
        lastColumnId = before?.LastColumnId ?? 0;
        lastPartitionId = before?.LastPartitionId ?? PartitionSpec.FirstFieldId - 1;
        currentSchemaId = before?.CurrentSchemaId;
        defaultSpecId = before?.DefaultSpecId;
        defaultSortOrderId = before?.DefaultSortOrderId;
        lastSequenceNumber = before?.LastSequenceNumber ?? 0;
        nextRowId = before?.NextRowId;
    }

    public string? Apply(TableUpdate update) => update switch
    {
        AssignUuid assign => Assign(assign.Uuid),
        UpgradeFormatVersion upgrade => Upgrade(upgrade.FormatVersion),
        AddSchema add => Add(add.Schema, add.LastColumnId),
        SetCurrentSchema set => SetSchema(set.SchemaId),
        AddPartitionSpec add => Add(add.Spec),
        SetDefaultSpec set => SetSpec(set.SpecId),
        AddSortOrder add => Add(add.SortOrder),
        SetDefaultSortOrder set => SetOrder(set.SortOrderId),
        AddSnapshot add => Add(add.Snapshot),
        SetSnapshotRef set => SetRef(set.RefName, set.Reference),
        RemoveSnapshots remove => Remove(remove.SnapshotIds),
        RemoveSnapshotRef remove => RemoveRef(remove.RefName),
        SetLocation set => SetLocation(set.Location),
        SetProperties set => SetProperties(set.Updates),
        RemoveProperties remove => RemoveProperties(remove.Removals),
        SetStatistics set => SetStatistics(set.Statistics),
        RemoveStatistics remove => RemoveStatistics(remove.SnapshotId),
        SetPartitionStatistics set => SetStatistics(set.PartitionStatistics),
        RemovePartitionStatistics remove => RemovePartitionStatistics(remove.SnapshotId),
        RemovePartitionSpecs remove => RemoveSpecs(remove.SpecIds),
        RemoveSchemas remove => RemoveSchemas(remove.SchemaIds),
        AddEncryptionKey add => Add(add.Key),
        RemoveEncryptionKey remove => RemoveKey(remove.KeyId),
        _ => throw new ArgumentException($"Unknown update {update.Action}", nameof(update)),
    };

    private string? Assign(Guid newUuid)
    {
        if (newUuid == Guid.Empty)
        {
            return "the uuid is empty";
        }

        if (uuid != Guid.Empty && uuid != newUuid)
        {
            return $"the table has uuid {uuid} already";
        }

        uuid = newUuid;
        return null;
    }

    private string? Upgrade(int version)
    {
        if (version is < 1 or > 3)
        {
            return $"format version {version} is not supported";
        }

        // A table in creation has no version yet, but the default one.
        if (before is not null && version < formatVersion)
        {
            return $"the table is at format version {formatVersion} and can't go back to {version}";
        }

        formatVersion = version;
        nextRowId = version >= 3 ? nextRowId ?? 0 : nextRowId;
        return null;
    }

    private string? SetLocation(string newLocation)
    {
        location = newLocation.TrimEnd('/');
        return location.Length == 0 ? "the location is empty" : null;
    }

    private string? SetProperties(IReadOnlyDictionary<string, string> updates)
    {
        foreach (var (name, value) in updates)
        {
            properties[name] = value;
        }

        return null;
    }

    private string? RemoveProperties(IReadOnlyList<string> removals)
    {
        foreach (var name in removals)
        {
            properties.Remove(name);
        }

        return null;
    }

    private string? SetStatistics(StatisticsFile file)
    {
        statistics.RemoveAll(other => other.SnapshotId == file.SnapshotId);
        statistics.Add(file);
        return MissingSnapshot(file.SnapshotId);
    }

    private string? SetStatistics(PartitionStatisticsFile file)
    {
        partitionStatistics.RemoveAll(other => other.SnapshotId == file.SnapshotId);
        partitionStatistics.Add(file);
        return MissingSnapshot(file.SnapshotId);
    }

    private string? RemoveStatistics(long snapshotId)
    {
        statistics.RemoveAll(file => file.SnapshotId == snapshotId);
        return null;
    }

    private string? RemovePartitionStatistics(long snapshotId)
    {
        partitionStatistics.RemoveAll(file => file.SnapshotId == snapshotId);
        return null;
    }

    private string? Add(EncryptionKey key)
    {
        if (formatVersion < 3)
        {
            return "encryption keys need format version 3";
        }

        // Keys are immutable: one that is known already is no change.
        if (!encryptionKeys.Exists(other => other.KeyId == key.KeyId))
        {
            encryptionKeys.Add(key);
        }

        return null;
    }

    private string? RemoveKey(string keyId)
    {
        if (snapshots.Find(snapshot => snapshot.KeyId == keyId) is { } user)
        {
            return $"encryption key {keyId} is used by snapshot {user.SnapshotId}";
        }

        encryptionKeys.RemoveAll(key => key.KeyId == keyId);
        return null;
    }

    private string? MissingSnapshot(long snapshotId) =>
        snapshots.Exists(snapshot => snapshot.SnapshotId == snapshotId) ? null : $"there is no snapshot {snapshotId}";
}
