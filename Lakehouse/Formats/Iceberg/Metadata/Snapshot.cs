namespace Lakehouse.Formats.Iceberg;

/// <summary>The state of a table at some time (specification, "Snapshots").</summary>
public sealed record Snapshot
{
    /// <summary>Unique id.</summary>
    public required long SnapshotId { get; init; }

    /// <summary>Id of the snapshot that this one builds on; null for a first one.</summary>
    public long? ParentSnapshotId { get; init; }

    /// <summary>Order of the change; 0 in v1.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>When it was made, in milliseconds since 1970.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>Location of its manifest list; null only in v1, where <see cref="Manifests"/> may stand in its place.</summary>
    public string? ManifestList { get; init; }

    /// <summary>Locations of its manifests (v1 without a manifest list).</summary>
    public IReadOnlyList<string>? Manifests { get; init; }

    /// <summary>What changed, <c>operation</c> included.</summary>
    public IReadOnlyDictionary<string, string> Summary { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Schema that was current when it was made.</summary>
    public int? SchemaId { get; init; }

    /// <summary>Row id of its first new row (v3).</summary>
    public long? FirstRowId { get; init; }

    /// <summary>Upper bound of the rows that got ids in it (v3).</summary>
    public long? AddedRows { get; init; }

    /// <summary>Id of the key that encrypts the key of its manifest list (v3).</summary>
    public string? KeyId { get; init; }

    /// <summary>append, replace, overwrite or delete; null where a v1 writer left it out.</summary>
    public string? Operation => Summary.GetValueOrDefault("operation");

    /// <summary>When it was made.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs);

    /// <summary>A number of the summary, or null when it is absent or malformed.</summary>
    public long? SummaryNumber(string key) =>
        Summary.TryGetValue(key, out var text) && long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>What a <see cref="SnapshotRef"/> is.</summary>
public enum SnapshotRefType
{
    /// <summary>Moves with commits.</summary>
    Branch,

    /// <summary>Stays.</summary>
    Tag,
}

/// <summary>A named reference to a snapshot (specification, "Snapshot References").</summary>
/// <param name="SnapshotId">The snapshot.</param>
/// <param name="Type">Branch or tag.</param>
/// <param name="MinSnapshotsToKeep">Snapshots that expiry keeps in the branch at least.</param>
/// <param name="MaxSnapshotAgeMs">Age at which the branch's snapshots expire.</param>
/// <param name="MaxRefAgeMs">Age at which the reference itself expires.</param>
public sealed record SnapshotRef(long SnapshotId, SnapshotRefType Type, int? MinSnapshotsToKeep = null, long? MaxSnapshotAgeMs = null, long? MaxRefAgeMs = null)
{
    /// <summary>Name of the branch that the current snapshot is on.</summary>
    public const string Main = "main";
}

/// <summary>When a snapshot became the current one.</summary>
/// <param name="TimestampMs">When, in milliseconds since 1970.</param>
/// <param name="SnapshotId">The snapshot.</param>
public sealed record SnapshotLogEntry(long TimestampMs, long SnapshotId);

/// <summary>An earlier metadata file.</summary>
/// <param name="TimestampMs">When it was written, in milliseconds since 1970.</param>
/// <param name="MetadataFile">Its location.</param>
public sealed record MetadataLogEntry(long TimestampMs, string MetadataFile);
