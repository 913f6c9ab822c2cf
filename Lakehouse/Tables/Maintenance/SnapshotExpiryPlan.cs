using System.Globalization;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Which snapshots expire. What is not given here is taken from the table's properties.</summary>
public sealed record SnapshotExpiryOptions
{
    /// <summary>Asked before each file is deleted: whether that may still be done. What is left is told as not deleted. Null = always.</summary>
    public Func<bool>? MayDelete { get; init; }

    /// <summary>Snapshots older than this expire; null = <c>history.expire.max-snapshot-age-ms</c>, 5 days by default.</summary>
    public TimeSpan? MaxSnapshotAge { get; init; }

    /// <summary>Snapshots of each branch that are kept whatever their age; null = <c>history.expire.min-snapshots-to-keep</c>, 1 by default.</summary>
    public int? MinSnapshotsToKeep { get; init; }

    /// <summary>Snapshots that expire whatever their age, unless a branch or tag is at them.</summary>
    public IReadOnlyCollection<long> SnapshotIds { get; init; } = [];

    /// <summary>Whether schemas that no snapshot uses any more go too.</summary>
    public bool RemovesUnusedSchemas { get; init; } = true;

    /// <summary>Other metadata of the same table (older versions that something still points to) whose snapshots' files are needed.</summary>
    public IReadOnlyList<TableMetadata> Protected { get; init; } = [];

    /// <summary>Says, once the expiry is committed, which other metadata of the same table something points to, as branches of the lake do; added to <see cref="Protected"/>. Null = none.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<TableMetadata>>>? ReadProtected { get; init; }

    /// <summary>Snapshots of a branch's ancestry that are kept at most, however young they are; null = no such limit. What a branch or tag points to is kept always.</summary>
    public int? MaxSnapshotsToKeep { get; init; }

    /// <summary>Says, once the expiry is committed, which files something else still needs, as the log of another format does, by their locations: they are not deleted. Null = none.</summary>
    public Func<CancellationToken, Task<IReadOnlySet<string>?>>? ReadKept { get; init; }
}

/// <summary>What expiry takes away from a table's metadata (specification, "Snapshot Retention Policy").</summary>
/// <param name="Snapshots">Snapshots that expire, oldest first.</param>
/// <param name="Refs">Branches and tags that expire.</param>
/// <param name="Schemas">Schemas that no snapshot that stays uses.</param>
public sealed record SnapshotExpiryPlan(IReadOnlyList<Snapshot> Snapshots, IReadOnlyList<string> Refs, IReadOnlyList<int> Schemas)
{
    const long DefaultMaxSnapshotAge = 5L * 24 * 60 * 60 * 1000;

    /// <summary>Whether nothing expires.</summary>
    public bool IsEmpty => Snapshots.Count == 0 && Refs.Count == 0;

    /// <summary>Works the plan out.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="options">What expires.</param>
    /// <param name="now">Time that ages are counted from.</param>
    /// <exception cref="LakehouseException">Unsupported: the table's property <c>gc.enabled</c> is false.</exception>
    public static SnapshotExpiryPlan Of(TableMetadata metadata, SnapshotExpiryOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(options);
        Collection.Check(metadata);
        var time = now.ToUnixTimeMilliseconds();
        var age = options.MaxSnapshotAge is { } span ? (long)span.TotalMilliseconds : Property(metadata, "history.expire.max-snapshot-age-ms", DefaultMaxSnapshotAge);
        var count = options.MinSnapshotsToKeep ?? (int)Math.Min(int.MaxValue, Property(metadata, "history.expire.min-snapshots-to-keep", 1));
        var refAge = Property(metadata, "history.expire.max-ref-age-ms", long.MaxValue);

        var expiredRefs = metadata.Refs
            .Where(item => item.Key != SnapshotRef.Main && time - metadata.SnapshotById(item.Value.SnapshotId)!.TimestampMs > (item.Value.MaxRefAgeMs ?? refAge))
            .Select(item => item.Key).Order(StringComparer.Ordinal).ToList();
        var refs = metadata.Refs.Where(item => !expiredRefs.Contains(item.Key)).Select(item => item.Value).ToList();
        var named = options.SnapshotIds.ToHashSet();
        var kept = new HashSet<long>();
        var reachable = new HashSet<long>();
        foreach (var reference in refs)
        {
            var least = reference.MinSnapshotsToKeep ?? count;
            // What a branch says of its own ages and numbers is not cut short.
            var most = reference.MaxSnapshotAgeMs is null ? Math.Max(least, options.MaxSnapshotsToKeep ?? int.MaxValue) : int.MaxValue;
            KeepOf(metadata, reference, new Limits(time, reference.MaxSnapshotAgeMs ?? age, least, most), named, kept, reachable);
        }

        var heads = refs.Select(reference => reference.SnapshotId).ToHashSet();
        // What no branch leads to (staged, or rolled back) stays until it is old.
        var expired = metadata.Snapshots
            .Where(snapshot => !heads.Contains(snapshot.SnapshotId) && (named.Contains(snapshot.SnapshotId) || (!kept.Contains(snapshot.SnapshotId) && (reachable.Contains(snapshot.SnapshotId) || time - snapshot.TimestampMs > age))))
            .OrderBy(snapshot => snapshot.SequenceNumber).ThenBy(snapshot => snapshot.TimestampMs).ToList();
        return new SnapshotExpiryPlan(expired, expiredRefs, options.RemovesUnusedSchemas ? Unused(metadata, expired) : []);
    }

    /// <summary>The change of the metadata. It holds only while every branch and tag is where it was.</summary>
    public MetadataChange ToChange(TableMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return IsEmpty
            ? MetadataChange.None
            : new MetadataChange(
                [
                    .. Refs.Select(name => new RemoveSnapshotRef(name)),
                    .. Snapshots.Count == 0 ? [] : (TableUpdate[])[new RemoveSnapshots([.. Snapshots.Select(snapshot => snapshot.SnapshotId)])],
                    .. Schemas.Count == 0 ? [] : (TableUpdate[])[new RemoveSchemas(Schemas)],
                ],
                [new AssertTableUuid(metadata.TableUuid), .. Schemas.Count == 0 ? [] : (TableRequirement[])[new AssertCurrentSchemaId(metadata.CurrentSchemaId)], .. metadata.Refs.Select(item => new AssertRefSnapshotId(item.Key, item.Value.SnapshotId))]);
    }

    /// <summary>A branch keeps its newest snapshots, by count and by age; a tag keeps its own.</summary>
    static void KeepOf(TableMetadata metadata, SnapshotRef reference, Limits limits, HashSet<long> named, HashSet<long> kept, HashSet<long> reachable)
    {
        var keeps = true;
        var number = 0;
        for (var snapshot = metadata.SnapshotById(reference.SnapshotId); snapshot is not null; snapshot = snapshot.ParentSnapshotId is { } parent ? metadata.SnapshotById(parent) : null)
        {
            keeps &= number == 0 || (reference.Type == SnapshotRefType.Branch && number < limits.Most && (number < limits.Least || limits.Now - snapshot.TimestampMs <= limits.Age));
            if (reference.Type == SnapshotRefType.Branch)
            {
                reachable.Add(snapshot.SnapshotId);
            }
            else if (number > 0)
            {
                return;
            }

            if (keeps && !named.Contains(snapshot.SnapshotId))
            {
                kept.Add(snapshot.SnapshotId);
            }

            number++;
        }
    }

    /// <summary>How long a branch keeps its snapshots.</summary>
    sealed record Limits(long Now, long Age, int Least, int Most);

    static List<int> Unused(TableMetadata metadata, List<Snapshot> expired)
    {
        var stay = metadata.Snapshots.Except(expired).ToList();
        // A snapshot that does not say which schema it has may have any of them.
        return expired.Count == 0 || stay.Exists(snapshot => snapshot.SchemaId is null)
            ? []
            : [.. metadata.Schemas.Select(schema => schema.SchemaId).Where(id => id != metadata.CurrentSchemaId && !stay.Exists(snapshot => snapshot.SchemaId == id))];
    }

    static long Property(TableMetadata metadata, string name, long fallback) =>
        !metadata.Properties.TryGetValue(name, out var text) ? fallback
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw LakehouseException.InvalidData($"table property \"{name}\" must be a positive integer, is \"{text}\"");
}
