using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Puts what one side of a table appended on top of the other, when nothing but appends happened on either since they parted. Rewrites of files (operation <c>replace</c>) change no rows and are passed over:
/// the files that were appended are taken as they were.
/// </summary>
public static class AppendRebase
{
    // What is counted anew stands in the way of no summary; the rest of it is the writer's and is kept.
    private static readonly HashSet<string> Counted = new(StringComparer.Ordinal)
    {
        "operation", "added-data-files", "added-records", "added-files-size", "changed-partition-count", "manifests-created", "manifests-kept", "manifests-replaced",
        "total-data-files", "total-delete-files", "total-records", "total-files-size", "total-position-deletes", "total-equality-deletes", "partition-summaries-included",
    };

    /// <summary>Works out which snapshots the target lacks, from metadata alone.</summary>
    public static RebasePlan Plan(RebaseSides sides)
    {
        ArgumentNullException.ThrowIfNull(sides);
        var (source, target) = (sides.Source, sides.Target);
        if (new[] { source, sides.Brought, sides.TargetBase }.Any(other => other.TableUuid != target.TableUuid))
        {
            return new RebasePlan.Impossible(null, "they are different tables");
        }

        if (target.FormatVersion is < 2 or > 3)
        {
            return new RebasePlan.Impossible(null, $"tables of format version {target.FormatVersion} can't be written, only 2 and 3: upgrade it");
        }

        return Settled(sides) ?? TargetHistory(sides) ?? SourceHistory(sides);
    }

    /// <summary>Writes the planned snapshots anew on top of the target: manifests, manifest lists, sequence numbers and, in v3, row ids are the target's; the files are those of the source.</summary>
    /// <param name="store">Where the table lies.</param>
    /// <param name="sides">The table.</param>
    /// <param name="plan">What <see cref="Plan"/> gave for these.</param>
    /// <param name="context">Ids, time; the branch is the metadata's <c>main</c>.</param>
    /// <param name="cancellationToken">Cancels the call; what was written is deleted then.</param>
    /// <exception cref="LakehouseException">Conflict: the target can't have the source's files as they are. InvalidData: a manifest is malformed, or an append did more than append.</exception>
    public static async Task<PreparedRebase> PrepareAsync(
        IObjectStore store, RebaseSides sides, RebasePlan.Possible plan, SnapshotContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sides);
        ArgumentNullException.ThrowIfNull(plan);
        var metadata = sides.Target;
        var (updates, snapshots, written) = (new List<TableUpdate>(), new List<Snapshot>(), new List<string>());
        var drafts = new List<SnapshotDraft>();
        try
        {
            foreach (var appended in plan.Snapshots)
            {
                var draft = new SnapshotDraft(store, metadata, context);
                drafts.Add(draft);
                var files = new AppendedFiles(store, sides.Source, metadata, appended).ReadAsync(cancellationToken);
                var prepared = await draft.AppendAsync(files, SummaryOf(appended), cancellationToken).ConfigureAwait(false);
                metadata = Apply(metadata, prepared, context);
                updates.AddRange(prepared.Updates);
                snapshots.Add(prepared.Snapshot);
                written.AddRange(prepared.WrittenObjects);
            }
        }
        catch
        {
            foreach (var draft in drafts)
            {
                await draft.DeleteWrittenAsync().ConfigureAwait(false);
            }

            throw;
        }

        return new PreparedRebase(
            updates, [new AssertTableUuid(sides.Target.TableUuid), new AssertRefSnapshotId(context.Branch, sides.Target.CurrentSnapshotId)], snapshots, written);
    }

    private static TableMetadata Apply(TableMetadata metadata, PreparedSnapshot prepared, SnapshotContext context) =>
        TableCommit.Apply(metadata, [], prepared.Updates, new TableCommitContext(context.Time.GetUtcNow())) switch
        {
            TableCommitResult.Applied applied => applied.Metadata,
            TableCommitResult.RequirementFailed failed => throw new InvalidOperationException($"A snapshot made for a table does not fit it: {failed.Reason}"),
            TableCommitResult.Invalid invalid => throw new InvalidOperationException($"A snapshot made for a table is refused by it: {invalid.Reason}"),
            _ => throw new InvalidOperationException("Unknown result."),
        };

    private static Dictionary<string, string> SummaryOf(Snapshot appended)
    {
        var summary = appended.Summary.Where(item => !Counted.Contains(item.Key)).ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);
        summary[SnapshotOrigin.Property] = SnapshotOrigin.Text(appended);
        return summary;
    }

    /// <summary>All but the snapshots has to be the same on both sides; or, where they differ since before, neither may have changed it since.</summary>
    private static RebasePlan.Impossible? Settled(RebaseSides sides)
    {
        if (SettledParts.Differences(sides.Source, sides.Target).Count == 0)
        {
            return null;
        }

        foreach (var (side, before, after) in new[] { (RebaseSide.Source, sides.Brought, sides.Source), (RebaseSide.Target, sides.TargetBase, sides.Target) })
        {
            if (SettledParts.Differences(before, after) is { Count: > 0 } changed)
            {
                return new RebasePlan.Impossible(side, $"the {Name(side)} changed more than rows: {string.Join(", ", changed)}");
            }
        }

        return null;
    }

    private static RebasePlan.Impossible? TargetHistory(RebaseSides sides)
    {
        var since = sides.TargetBase.CurrentSnapshotId;
        foreach (var snapshot in sides.Target.Ancestors(sides.Target.CurrentSnapshot))
        {
            if (snapshot.SnapshotId == since)
            {
                return null;
            }

            if (Refused(snapshot, RebaseSide.Target) is { } problem)
            {
                return problem;
            }

            if (snapshot.ParentSnapshotId is { } parent && parent != since && sides.Target.SnapshotById(parent) is null)
            {
                return Expired(RebaseSide.Target, parent);
            }

            if (snapshot.ParentSnapshotId == since)
            {
                return null;
            }
        }

        return since is null ? null : new RebasePlan.Impossible(RebaseSide.Target, $"the target does not build on snapshot {since} any more: it was rolled back or replaced");
    }

    private static RebasePlan SourceHistory(RebaseSides sides)
    {
        var known = new HashSet<long>();
        foreach (var snapshot in sides.Target.Ancestors(sides.Target.CurrentSnapshot))
        {
            known.Add(snapshot.SnapshotId);
            known.Add(SnapshotOrigin.Of(snapshot));
        }

        var ancestors = sides.Target.Ancestors(sides.Target.CurrentSnapshot).Select(snapshot => snapshot.SnapshotId).Append(sides.TargetBase.CurrentSnapshotId ?? 0).ToHashSet();
        var lacking = new List<Snapshot>();
        var next = sides.Source.CurrentSnapshotId;
        while (next is { } id && id != sides.Brought.CurrentSnapshotId && !ancestors.Contains(id))
        {
            if (sides.Source.SnapshotById(id) is not { } snapshot)
            {
                return Expired(RebaseSide.Source, id);
            }

            if (Refused(snapshot, RebaseSide.Source) is { } problem)
            {
                return problem;
            }

            if (snapshot.Operation == "append" && !known.Contains(SnapshotOrigin.Of(snapshot)))
            {
                lacking.Insert(0, snapshot);
            }

            next = snapshot.ParentSnapshotId;
        }

        return BuildsOn(sides, next) ? new RebasePlan.Possible(lacking)
            : new RebasePlan.Impossible(RebaseSide.Source, $"the source does not build on snapshot {sides.Brought.CurrentSnapshotId} any more: it was rolled back or replaced");
    }

    /// <summary>Whether the source still has what the two had in common; a snapshot below that, which both have too, would say nothing of what lay in between.</summary>
    private static bool BuildsOn(RebaseSides sides, long? reached)
    {
        if (sides.Brought.CurrentSnapshotId is not { } brought || reached == brought || (reached is not null && reached == sides.TargetBase.CurrentSnapshotId))
        {
            return true;
        }

        var start = reached is { } id ? sides.Source.SnapshotById(id) : null;
        return sides.Source.Ancestors(start).Any(snapshot => snapshot.SnapshotId == brought || snapshot.ParentSnapshotId == brought || snapshot.SnapshotId == sides.TargetBase.CurrentSnapshotId);
    }

    private static RebasePlan.Impossible? Refused(Snapshot snapshot, RebaseSide side) => snapshot.Operation is "append" or "replace"
        ? null
        : new RebasePlan.Impossible(side, $"snapshot {snapshot.SnapshotId} of the {Name(side)} is no append: {snapshot.Operation ?? "its operation is not stated"}");

    private static RebasePlan.Impossible Expired(RebaseSide side, long id) =>
        new(side, $"snapshot {id} of the {Name(side)} has expired: what happened since the two parted can't be told");

    private static string Name(RebaseSide side) => side == RebaseSide.Source ? "source" : "target";
}
