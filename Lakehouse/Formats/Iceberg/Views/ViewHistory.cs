namespace Lakehouse.Formats.Iceberg;

/// <summary>Which versions of a view are kept (Iceberg view specification, "View Metadata", note 1).</summary>
internal static class ViewHistory
{
    /// <summary>Lets old versions go.</summary>
    /// <param name="versions">All versions.</param>
    /// <param name="log">The whole version log.</param>
    /// <param name="currentId">The current version, which stays.</param>
    /// <param name="added">Versions of this commit, which stay.</param>
    /// <param name="kept">How many the view keeps.</param>
    public static (IReadOnlyList<ViewVersion> Versions, IReadOnlyList<ViewLogEntry> Log) Expire(
        IReadOnlyList<ViewVersion> versions, IReadOnlyList<ViewLogEntry> log, int currentId, IReadOnlySet<int> added, int kept)
    {
        var count = Math.Max(kept, added.Count + (added.Contains(currentId) ? 0 : 1));
        if (versions.Count <= count)
        {
            return (versions, log);
        }

        // Ids ascend, times need not: the newest are those with the highest ids.
        var ids = versions.Select(version => version.VersionId).Where(id => id != currentId).OrderDescending().Take(count - 1).Append(currentId).ToHashSet();

        // What was current before a version that is gone says nothing any more.
        var known = log.Reverse().TakeWhile(entry => ids.Contains(entry.VersionId)).Reverse().ToList();
        return (versions.Where(version => ids.Contains(version.VersionId)).ToList(), known);
    }
}
