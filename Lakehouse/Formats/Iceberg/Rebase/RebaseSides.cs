namespace Lakehouse.Formats.Iceberg;

/// <summary>One table in two places that went their own ways, with what they last had in common.</summary>
/// <param name="Source">The state whose appends are wanted.</param>
/// <param name="Brought">The newest state of the source that the target already has all of: where the two parted, or what was merged last.</param>
/// <param name="Target">The state that gets them.</param>
/// <param name="TargetBase">The newest state of the target that the source knows of: where the two parted, or what a merge between them left.</param>
public sealed record RebaseSides(TableMetadata Source, TableMetadata Brought, TableMetadata Target, TableMetadata TargetBase);

/// <summary>A side of a rebase.</summary>
public enum RebaseSide
{
    /// <summary>The source.</summary>
    Source,

    /// <summary>The target.</summary>
    Target,
}

/// <summary>Whether the source's appends can be put on top of the target. Closed.</summary>
public abstract record RebasePlan
{
    private RebasePlan()
    {
    }

    /// <summary>They can.</summary>
    /// <param name="Snapshots">Appends of the source that the target lacks, oldest first; none when it has them all.</param>
    public sealed record Possible(IReadOnlyList<Snapshot> Snapshots) : RebasePlan;

    /// <summary>They can't: a side did something else, or what it did can't be told.</summary>
    /// <param name="Side">Which side; null when it is the table itself.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Impossible(RebaseSide? Side, string Reason) : RebasePlan;
}

/// <summary>Snapshots whose manifests are written and which wait for their commit.</summary>
/// <param name="Updates">What the commit changes.</param>
/// <param name="Requirements">What has to hold for it.</param>
/// <param name="Snapshots">The new snapshots, oldest first.</param>
/// <param name="WrittenObjects">Locations of manifests and manifest lists that were written: to be deleted when, and only when, the commit is known to have failed.</param>
public sealed record PreparedRebase(
    IReadOnlyList<TableUpdate> Updates, IReadOnlyList<TableRequirement> Requirements, IReadOnlyList<Snapshot> Snapshots, IReadOnlyList<string> WrittenObjects);
