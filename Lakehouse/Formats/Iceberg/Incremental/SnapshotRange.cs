using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The snapshots between two states of a table.</summary>
public static class SnapshotRange
{
    /// <summary>The snapshots after one and up to another, oldest first.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="fromExclusive">Id of the snapshot after which the range begins; null = the table's beginning. It may have expired when a snapshot that builds on it has not.</param>
    /// <param name="to">The last snapshot of the range.</param>
    /// <exception cref="LakehouseException">NotFound: the first is no ancestor of the last, or snapshots between them have expired.</exception>
    public static IReadOnlyList<Snapshot> Between(TableMetadata metadata, long? fromExclusive, Snapshot to)
    {
        var range = new List<Snapshot>();
        if (to.SnapshotId == fromExclusive)
        {
            return range;
        }

        foreach (var snapshot in metadata.Ancestors(to))
        {
            range.Insert(0, snapshot);
            if (snapshot.ParentSnapshotId == fromExclusive)
            {
                return range;
            }
        }

        var oldest = range[0];
        var (first, last) = (Text(fromExclusive), Text(to.SnapshotId));
        throw oldest.ParentSnapshotId is { } expired
            ? new LakehouseException(
                LakehouseErrorKind.NotFound, $"the snapshots between {first} and {last} are not all there: {Text(expired)} has expired, the oldest left is {Text(oldest.SnapshotId)}")
            : new LakehouseException(LakehouseErrorKind.NotFound, $"snapshot {first} is no ancestor of {last}");
    }

    /// <summary>Some writers cut the link to a parent that expired: a first snapshot that has files of others' is none.</summary>
    internal static void CheckFirst(Snapshot snapshot, IReadOnlyList<ManifestFile> manifests)
    {
        if (snapshot.ParentSnapshotId is null && manifests.Any(manifest => manifest.AddedSnapshotId != snapshot.SnapshotId))
        {
            throw new LakehouseException(
                LakehouseErrorKind.NotFound, $"what snapshot {Text(snapshot.SnapshotId)} changed can't be told: those before it have expired. Name it as the one after which the range begins");
        }
    }

    private static string Text(long? id) => id?.ToString(CultureInfo.InvariantCulture) ?? "the beginning";
}
