using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Which snapshots are to be published next.</summary>
internal static class PublishPlan
{
    /// <summary>
    /// The snapshots from the published one to the current one, oldest first; at first all of the current one's ancestry that the table still has. When the published one is no ancestor (the branch was
    /// set back, or to another line), those after their common ancestor, and at least the current one; when its ancestry is no longer known, those made after it.
    /// </summary>
    /// <param name="metadata">The table.</param>
    /// <param name="publishedId">Id of the snapshot that was published last; null when none was.</param>
    /// <param name="publishedSequence">Its sequence number.</param>
    public static IReadOnlyList<Snapshot> Next(TableMetadata metadata, long? publishedId, long publishedSequence)
    {
        if (metadata.CurrentSnapshot is not { } current || current.SnapshotId == publishedId)
        {
            return [];
        }

        var byId = metadata.Snapshots.ToDictionary(snapshot => snapshot.SnapshotId);
        var line = Ancestry(byId, current.SnapshotId);
        if (publishedId is not { } published)
        {
            return Reversed(line, line.Count);
        }

        var before = Ancestry(byId, published).Select(snapshot => snapshot.SnapshotId).ToHashSet();
        before.Add(published);
        var common = line.FindIndex(snapshot => before.Contains(snapshot.SnapshotId));

        // Sequence numbers ascend along every line; in v1 all are 0, and only the current state is sure to be new.
        var count = common >= 0 ? common : line.TakeWhile(snapshot => snapshot.SequenceNumber > publishedSequence).Count();
        return Reversed(line, Math.Max(1, count));
    }

    private static List<Snapshot> Reversed(List<Snapshot> line, int count)
    {
        var taken = line[..count];
        taken.Reverse();
        return taken;
    }

    private static List<Snapshot> Ancestry(Dictionary<long, Snapshot> byId, long id)
    {
        var line = new List<Snapshot>();
        var seen = new HashSet<long>();
        for (long? next = id; next is { } found && seen.Add(found) && byId.TryGetValue(found, out var snapshot); next = snapshot.ParentSnapshotId)
        {
            line.Add(snapshot);
        }

        return line;
    }
}
