using System.Collections.Concurrent;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;

namespace LakeAspire.Catalog.Merging;

/// <summary>What is to be merged.</summary>
internal sealed record MergeRequest(LakeRef From, LakeRef Into, string? Message, bool DryRun, long? ExpectedHead, Access.Caller Caller);

/// <summary>What a merge did, or would do; no commit when there was nothing to do.</summary>
internal sealed record MergeOutcome(MergePlan Plan, long? CommitId);

/// <summary>
/// Merges a branch, tag or commit into a branch: one commit for all tables and positions, or none. The plan holds for the pointers that it was made on; when another commit moved one first, it is made
/// anew on what that left.
/// </summary>
internal sealed class Merger(
    LakeViews views, MergePlanner planner, MergeRights rights, History.PastStates past, BranchPins pins, CommitStore store, CommitRunner runner, MetadataFiles files, IObjectStore objects, TimeProvider time)
{
    const int Attempts = 20;
    const int RebasesAtOnce = 4;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="ServiceDefaults.Errors.ApiException">409: conflicts, the head is not the expected one, or files of a past state are gone. 404: no such branch.</exception>
    public async Task<MergeOutcome> MergeAsync(MergeRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var target = (await views.ResolveAsync(request.Into, cancellationToken)).Writable();
            if (request.ExpectedHead is { } expected && expected != (target.HeadId ?? 0))
            {
                throw CommitRunner.ErrorOf(new CommitOutcome.HeadElsewhere(target.Branch, expected, target.HeadId ?? 0));
            }

            var source = await views.ResolveAsync(request.From, cancellationToken);
            await rights.DemandReadAsync(request.Caller, source, target, cancellationToken);
            var plan = await planner.PlanAsync(source, target, cancellationToken);
            if (request.DryRun || plan.IsEmpty)
            {
                return new MergeOutcome(plan, CommitId: null);
            }

            if (plan.Conflicts.Count > 0)
            {
                throw MergeErrors.Conflict(plan);
            }

            await rights.DemandAsync(request.Caller, plan, cancellationToken);
            switch (await (request.From.IsHead ? CommitAsync(plan, request, cancellationToken) : CommitPastAsync(plan, request, cancellationToken)))
            {
                case CommitOutcome.Committed committed:
                    return new MergeOutcome(plan, committed.Id);
                case CommitOutcome.Moved or CommitOutcome.NameTaken or CommitOutcome.NoNamespace or CommitOutcome.NamespaceFilled or CommitOutcome.CursorElsewhere or CommitOutcome.ItemsPresent when attempt < Attempts:
                    await Task.Delay(Pause * attempt * Random.Shared.NextDouble(), time, cancellationToken);
                    break;
                case var outcome:
                    throw CommitRunner.ErrorOf(outcome);
            }
        }
    }

    /// <summary>Files of a past state may be gone, or go: it is kept while it is looked at, and until the target has it.</summary>
    async Task<CommitOutcome> CommitPastAsync(MergePlan plan, MergeRequest request, CancellationToken cancellationToken)
    {
        var source = plan.Source.Pinned();
        var pin = await pins.TakeAsync(source.Start, cancellationToken);
        try
        {
            var tables = plan.Steps.Where(step => step.Next is { Dropped: false, Kind: PointerKind.Table }).Select(step => step.Next.TableId).ToList();
            await past.DemandAsync(source, pin, tables, cancellationToken);
            return await CommitAsync(plan, request, cancellationToken);
        }
        finally
        {
            await pins.ReleaseAsync(pin);
        }
    }

    async Task<CommitOutcome> CommitAsync(MergePlan plan, MergeRequest request, CancellationToken cancellationToken)
    {
        var written = new ConcurrentBag<string>();
        var keep = false;
        try
        {
            var changes = await ChangesAsync(plan, written, cancellationToken);
            var merged = plan.Source.Pinned();
            var outcome = await runner.RunAsync(
                store,
                new CommitRequest
                {
                    View = plan.Target,
                    Author = request.Caller.Name,
                    Message = request.Message ?? $"merge {request.From.Text} into {request.Into.Text}",
                    Kind = CommitKinds.Merge,
                    PassesProtection = true,
                    Merged = (merged.Levels[0].BranchId, plan.Source.HeadId ?? 0),
                    ExpectedHead = request.ExpectedHead,
                    Pointers = changes,
                    Cursors = plan.Cursors,
                    Items = plan.Items,
                    RemovedItems = plan.RemovedItems,
                },
                plan.Steps.Select(step => step.Next.Name),
                cancellationToken);
            keep = outcome is CommitOutcome.Committed or CommitOutcome.Unknown;
            return outcome;
        }
        finally
        {
            if (!keep)
            {
                await files.DeleteAsync(written);
            }
        }
    }

    async Task<IReadOnlyList<PointerChange>> ChangesAsync(MergePlan plan, ConcurrentBag<string> written, CancellationToken cancellationToken)
    {
        var changes = new PointerChange[plan.Steps.Count];
        await Parallel.ForAsync(0, changes.Length, new ParallelOptions { MaxDegreeOfParallelism = RebasesAtOnce, CancellationToken = cancellationToken }, async (i, stop) =>
        {
            var step = plan.Steps[i];
            changes[i] = step.Change(step.Next.Dropped ? null : step.Rebase is { } work ? await RebaseAsync(step, work, plan, written, stop) : step.Next.Is);
        });
        return changes;
    }

    async Task<PointerTarget> RebaseAsync(MergeStep step, RebaseWork work, MergePlan plan, ConcurrentBag<string> written, CancellationToken cancellationToken)
    {
        try
        {
            var prepared = await AppendRebase.PrepareAsync(objects, work.Sides, work.Plan, SnapshotContext.Random(time), cancellationToken);
            foreach (var location in prepared.WrittenObjects)
            {
                written.Add(location);
            }

            var applied = TableCommit.Apply(work.Sides.Target, prepared.Requirements, prepared.Updates, new TableCommitContext(time.GetUtcNow(), work.TargetLocation)) as TableCommitResult.Applied
                ?? throw new InvalidOperationException($"{step.Next.Name}: the table refuses what was made for it.");
            var metadataLocation = await files.WriteAsync(applied.Metadata, work.TargetLocation, written.Add, cancellationToken);
            return step.Next.Is with { MetadataLocation = metadataLocation, Figures = TableFigures.Of(applied.Metadata) };
        }
        catch (LakehouseException error) when (error.Kind is LakehouseErrorKind.Conflict or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported or LakehouseErrorKind.NotFound)
        {
            throw MergeErrors.Conflict(plan with { Conflicts = [MergeConflict.Of(step.Next, error.Message, step.SourceCommit, step.Before?.Commit)] });
        }
    }
}
