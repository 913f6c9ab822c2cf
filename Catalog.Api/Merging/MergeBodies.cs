using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Merging;

/// <summary>What to merge: a branch, tag or commit. <c>ExpectedHead</c>: the newest commit of the target, as the caller knows it.</summary>
internal sealed record MergeBody(string? From, string? Message, bool? DryRun, long? ExpectedHead);

/// <summary>
/// What a merge did, or would do. <c>Outcome</c>: <c>merged</c>, <c>nothing</c> (there was nothing to do), <c>planned</c> or <c>conflicts</c> (of a dry run).
/// </summary>
internal sealed record MergeResultBody(
    string From,
    string Into,
    string Outcome,
    long? Commit,
    long? SourceHead,
    long? TargetHead,
    IReadOnlyList<MergeStepBody> Changes,
    IReadOnlyList<MergeCursorBody> Cursors,
    IReadOnlyList<MergeItemsBody> Items,
    IReadOnlyList<MergeConflictBody> Conflicts)
{
    /// <param name="outcome">What came of it.</param>
    /// <param name="hidden">Tables of which something is hidden from the caller: how much they hold is not told.</param>
    public static MergeResultBody Of(MergeOutcome outcome, IReadOnlySet<Guid> hidden)
    {
        var plan = outcome.Plan;
        return new MergeResultBody(
            plan.Source.Ref.Text,
            plan.Target.Ref.Text,
            outcome.CommitId is not null ? "merged" : plan.Conflicts.Count > 0 ? "conflicts" : plan.IsEmpty ? "nothing" : "planned",
            outcome.CommitId,
            plan.Source.HeadId,
            outcome.CommitId ?? plan.Target.HeadId,
            plan.Steps.Select(step => MergeStepBody.Of(step, hidden.Contains(step.TableId))).ToList(),
            plan.Cursors.Select(move => new MergeCursorBody(move.Scope, move.Expected, move.Next)).ToList(),
            plan.Items.GroupBy(item => item.Scope).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new MergeItemsBody(group.Key, group.Count())).ToList(),
            plan.Conflicts.Select(MergeConflictBody.Of).ToList());
    }
}

/// <summary>
/// What becomes of a table, view or namespace. <c>Action</c>: <c>fast</c> (the pointer moves), <c>rebase</c> (appends on top of appends), <c>create</c>, <c>drop</c>, <c>rename</c>, <c>properties</c>,
/// <c>owner</c>. Of a rebase, <c>AddedRows</c> and <c>AddedFiles</c> are what comes on top.
/// </summary>
internal sealed record MergeStepBody(
    string Kind, string Namespace, string Name, string Action, string? RenamedFrom, long? RowsBefore, long? RowsAfter, long? FilesBefore, long? FilesAfter, long? AddedRows, long? AddedFiles, int? Snapshots, long SourceCommit)
{
    public static MergeStepBody Of(MergeStep step, bool isHidden)
    {
        var before = step.Before is { Dropped: false } was ? was.Is.Figures : null;
        var after = step.Next.Dropped ? null : step.Next.Is.Figures;
        var isTable = step.Next.Kind == PointerKind.Table && !isHidden;
        return new MergeStepBody(
            MergeConflict.KindOf(step.Next.Kind),
            step.Next.Name.Namespace.Dotted,
            step.Next.Name.Name,
            step.Action,
            step.Before is { Dropped: false } named && named.Name != step.Next.Name ? named.Name.ToString() : null,
            isTable ? before?.Rows : null,
            isTable ? step.Rebase is { } rows ? before?.Rows + rows.Rows : after?.Rows : null,
            isTable ? before?.Files : null,
            isTable ? step.Rebase is { } files ? before?.Files + files.Files : after?.Files : null,
            isHidden ? null : step.Rebase?.Rows,
            isHidden ? null : step.Rebase?.Files,
            step.Rebase?.Plan.Snapshots.Count,
            step.SourceCommit);
    }
}

internal sealed record MergeCursorBody(string Scope, string? From, string? To);

internal sealed record MergeItemsBody(string Scope, int Count);

/// <summary>Why something can't be merged: what it is, and the commits that changed it on either side.</summary>
internal sealed record MergeConflictBody(string Kind, Guid? TableId, string? Namespace, string Name, string Reason, long? SourceCommit, long? TargetCommit, IReadOnlyList<string>? Keys)
{
    /// <summary>As people name it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Label => string.IsNullOrEmpty(Namespace) ? Name : $"{Namespace}.{Name}";

    public static MergeConflictBody Of(MergeConflict conflict) =>
        new(conflict.Kind, conflict.TableId, conflict.Namespace, conflict.Name, conflict.Reason, conflict.SourceCommit, conflict.TargetCommit, conflict.Keys);
}
