using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Changes the branches and tags of a table (specification, "Snapshot Retention Policy").</summary>
public sealed class RefUpdate
{
    readonly TableMetadata metadata;
    readonly List<TableUpdate> updates = [];
    readonly Dictionary<string, TableRequirement> requirements = new(StringComparer.Ordinal);

    /// <summary>Starts with the branches and tags of a table.</summary>
    public RefUpdate(TableMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        this.metadata = metadata;
    }

    /// <summary>Creates a branch.</summary>
    /// <param name="name">Name.</param>
    /// <param name="snapshotId">Where it starts; null = the current snapshot.</param>
    public RefUpdate CreateBranch(string name, long? snapshotId = null) => Create(name, SnapshotRefType.Branch, snapshotId, maxRefAge: null);

    /// <summary>Creates a tag.</summary>
    /// <param name="name">Name.</param>
    /// <param name="snapshotId">Its snapshot; null = the current one.</param>
    /// <param name="maxRefAge">How long it is kept; null = for ever.</param>
    public RefUpdate CreateTag(string name, long? snapshotId = null, TimeSpan? maxRefAge = null) => Create(name, SnapshotRefType.Tag, snapshotId, maxRefAge);

    /// <summary>Removes a branch other than main, or a tag.</summary>
    public RefUpdate Remove(string name)
    {
        if (name == SnapshotRef.Main)
        {
            throw LakehouseException.InvalidData("branch main can't be removed");
        }

        Require(name, Existing(name));
        updates.Add(new RemoveSnapshotRef(name));
        return this;
    }

    /// <summary>Moves a branch or tag to a snapshot, whichever: a rollback, for instance.</summary>
    public RefUpdate Set(string name, long snapshotId)
    {
        var reference = Existing(name);
        Require(name, reference);
        updates.Add(new SetSnapshotRef(name, reference with { SnapshotId = Known(snapshotId) }));
        return this;
    }

    /// <summary>Moves a branch forward to the snapshot of another, of which its own must be an ancestor.</summary>
    public RefUpdate FastForward(string branch, string to)
    {
        var (reference, target) = (Existing(branch), Existing(to));
        for (var snapshot = metadata.SnapshotById(target.SnapshotId); snapshot?.SnapshotId != reference.SnapshotId; snapshot = snapshot.ParentSnapshotId is { } parent ? metadata.SnapshotById(parent) : null)
        {
            if (snapshot is null)
            {
                throw new LakehouseException(LakehouseErrorKind.Conflict, $"branch {branch} can't be moved forward to {to}: its snapshot {reference.SnapshotId} is no ancestor of {target.SnapshotId}");
            }
        }

        Require(to, target);
        return Set(branch, target.SnapshotId);
    }

    /// <summary>Sets how long a branch's snapshots, and the branch or tag itself, are kept; null leaves that to the table's properties.</summary>
    public RefUpdate SetRetention(string name, int? minSnapshotsToKeep = null, TimeSpan? maxSnapshotAge = null, TimeSpan? maxRefAge = null)
    {
        var reference = Existing(name);
        Require(name, reference);
        updates.Add(new SetSnapshotRef(name, reference with { MinSnapshotsToKeep = minSnapshotsToKeep, MaxSnapshotAgeMs = Milliseconds(maxSnapshotAge), MaxRefAgeMs = Milliseconds(maxRefAge) }));
        return this;
    }

    /// <summary>The change.</summary>
    public MetadataChange Build() => new(updates, [.. requirements.Values]);

    RefUpdate Create(string name, SnapshotRefType type, long? snapshotId, TimeSpan? maxRefAge)
    {
        if (metadata.Refs.ContainsKey(name))
        {
            throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"there is a branch or tag {name} already");
        }

        var id = Known(snapshotId ?? metadata.CurrentSnapshotId ?? throw LakehouseException.InvalidData($"{name} can't be created: the table has no snapshot yet"));
        requirements.TryAdd(name, new AssertRefSnapshotId(name, null));
        updates.Add(new SetSnapshotRef(name, new SnapshotRef(id, type, MaxRefAgeMs: Milliseconds(maxRefAge))));
        return this;
    }

    void Require(string name, SnapshotRef reference) => requirements.TryAdd(name, new AssertRefSnapshotId(name, reference.SnapshotId));

    SnapshotRef Existing(string name) => metadata.Refs.TryGetValue(name, out var reference) ? reference : throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no branch or tag {name}");

    long Known(long snapshotId) => metadata.SnapshotById(snapshotId)?.SnapshotId ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no snapshot {snapshotId}");

    static long? Milliseconds(TimeSpan? age) => age is { } span ? (long)span.TotalMilliseconds : null;
}
