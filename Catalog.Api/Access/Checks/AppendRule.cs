using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>What a commit of somebody who may only add rows may make of a table: every reference stays what it was, or goes forward over snapshots that were just added and only add.</summary>
internal static class AppendRule
{
    const string Append = "append";

    /// <summary>Whether a table became what appends make of it. What the files of the snapshots say is looked at elsewhere.</summary>
    public static bool Holds(TableMetadata before, TableMetadata after)
    {
        var kept = before.Snapshots.Select(snapshot => snapshot.SnapshotId).ToHashSet();
        return kept.All(id => after.SnapshotById(id) is not null) && before.Refs.Keys.All(after.Refs.ContainsKey) && after.Refs.All(reference => Holds(before.Refs.GetValueOrDefault(reference.Key), reference, kept, after));
    }

    static bool Holds(SnapshotRef? was, KeyValuePair<string, SnapshotRef> reference, HashSet<long> kept, TableMetadata after)
    {
        var (name, now) = reference;

        // The first rows of a table make its branch main, with the defaults of everything.
        if (was is null)
        {
            return name == SnapshotRef.Main && kept.Count == 0 && now == new SnapshotRef(now.SnapshotId, SnapshotRefType.Branch) && Reaches(now.SnapshotId, end: null, kept, after);
        }

        return now == was || (now == was with { SnapshotId = now.SnapshotId } && now.Type == SnapshotRefType.Branch && Reaches(now.SnapshotId, was.SnapshotId, kept, after));
    }

    /// <summary>Whether from a snapshot, over added ones that only add, one comes to another.</summary>
    static bool Reaches(long from, long? end, HashSet<long> kept, TableMetadata after)
    {
        long? at = from;
        for (var steps = 0; at != end; steps++)
        {
            if (steps > after.Snapshots.Count || at is not { } id || kept.Contains(id) || after.SnapshotById(id) is not { Operation: Append } snapshot)
            {
                return false;
            }

            at = snapshot.ParentSnapshotId;
        }

        return true;
    }
}
