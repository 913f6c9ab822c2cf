using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Log;

/// <summary>The files that make up one version: a checkpoint or none, and what was committed after it.</summary>
/// <param name="Version">The version.</param>
/// <param name="Checkpoint">The checkpoint to begin with; null begins with the first commit.</param>
/// <param name="Deltas">Commits and compactions after it, oldest first, without a gap.</param>
sealed record LogSegment(long Version, Checkpoint? Checkpoint, IReadOnlyList<ObjectInfo> Deltas)
{
    /// <summary>Chooses the files of a version.</summary>
    /// <param name="log">What there is.</param>
    /// <param name="version">The version; null is the newest.</param>
    /// <param name="before">Only checkpoints that come before this one in the listing are taken; null takes the newest.</param>
    /// <exception cref="LakehouseException">NotFound: there is no such version. InvalidData: commits that it needs are missing. The message names the versions.</exception>
    public static LogSegment Choose(LogListing log, long? version, Checkpoint? before = null)
    {
        if (log.IsEmpty)
        {
            throw new LakehouseException(LakehouseErrorKind.NotFound, $"There is no Delta table at {log.Location}: its folder _delta_log holds no commit and no checkpoint.");
        }

        var wanted = version ?? log.Latest;
        if (wanted < 0 || wanted > log.Latest)
        {
            throw new LakehouseException(LakehouseErrorKind.NotFound, $"The Delta table {log.Location} has no version {wanted}: its newest is {log.Latest}.");
        }

        var last = before is null ? log.Checkpoints.Count : log.Checkpoints.IndexOf(before);
        var checkpoint = log.Checkpoints.Take(last).LastOrDefault(c => c.Version <= wanted);
        var deltas = new List<ObjectInfo>();
        var next = (checkpoint?.Version ?? -1) + 1;
        var from = next;
        while (next <= wanted)
        {
            if (log.Compactions.Where(c => c.Start == next && c.End <= wanted).MaxBy(c => c.End) is { } compaction)
            {
                deltas.Add(compaction.File);
                next = compaction.End + 1;
            }
            else if (log.Commits.TryGetValue(next, out var commit))
            {
                deltas.Add(commit);
                next++;
            }
            else
            {
                throw Missing(log, wanted, from, next);
            }
        }

        return new LogSegment(wanted, checkpoint, deltas);
    }

    static LakehouseException Missing(LogListing log, long wanted, long from, long missing)
    {
        var present = log.Commits.Keys.Where(v => v > missing).Concat(log.Checkpoints.Select(c => c.Version).Where(v => v > missing)).DefaultIfEmpty(-1).Min();
        var gap = present < 0 || present > wanted ? wanted : present - 1;
        var which = gap > missing ? $"the commits {missing} to {gap} are missing" : $"the commit {missing} is missing";
        var start = from == 0 ? "no checkpoint covers them" : $"the newest checkpoint before them is of version {from - 1}";
        var able = log.Checkpoints.Select(c => c.Version).Where(v => v > missing).DefaultIfEmpty(-1).Min();
        var rest = able < 0 ? "" : $" The log can be read from version {able} on.";
        return LakehouseException.InvalidData($"Version {wanted} of the Delta table {log.Location} cannot be built: {which} from the log, and {start}.{rest}");
    }
}
