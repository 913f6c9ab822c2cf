using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Merging;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.History;

/// <summary>What a reset did; no commit when the branch was that already.</summary>
internal sealed record ResetOutcome(long? CommitId, int Tables);

/// <summary>
/// Brings a branch to what another state of the lake is: an ordinary commit that gives every pointer and source position that differs its value there. The history stays, and a reset to before the reset undoes it.
/// </summary>
internal sealed class Resetter(LakeViews views, Differ differ, MergeReads reads, PastStates past, BranchPins pins, CommitStore store, CommitRunner runner, TimeProvider time)
{
    /// <exception cref="ApiException">409: the head is not the expected one, or files of that state are gone. 403: the branch is protected.</exception>
    public async Task<ResetOutcome> ResetAsync(LakeRef branch, LakeRef to, long expectedHead, string? message, string author, CancellationToken cancellationToken)
    {
        var target = (await views.ResolveAsync(branch, cancellationToken)).Writable();
        if (expectedHead != (target.HeadId ?? 0))
        {
            throw CommitRunner.ErrorOf(new CommitOutcome.HeadElsewhere(target.Branch, expectedHead, target.HeadId ?? 0));
        }

        var wanted = (await views.ResolveAsync(to, cancellationToken)).Pinned();
        var pin = await pins.TakeAsync(wanted.Start, cancellationToken);
        try
        {
            return await ResetAsync(target, wanted, pin, expectedHead, message ?? $"reset {branch.Text} to {to.Text}", author, cancellationToken);
        }
        finally
        {
            await pins.ReleaseAsync(pin);
        }
    }

    async Task<ResetOutcome> ResetAsync(LakeView target, LakeView wanted, int pin, long expectedHead, string message, string author, CancellationToken cancellationToken)
    {
        var now = target.Pinned();
        var changes = (await differ.DifferencesAsync(now, wanted, cancellationToken)).Select(ChangeOf).ToList();

        // What upkeep has deleted since can't come back: better said now than by the next reader.
        await past.DemandAsync(wanted, pin, changes.Where(change => change.Next is { Kind: PointerKind.Table }).Select(change => change.TableId).ToList(), cancellationToken);
        var fork = MergeBaseFinder.Fork(now, wanted);
        var cursors = await CursorsAsync(now, wanted, fork, cancellationToken);
        var (added, removed) = await ItemsAsync(now, wanted, fork, cancellationToken);
        var request = new CommitRequest
        {
            View = target,
            Author = author,
            Message = message,
            Kind = CommitKinds.Reset,
            ExpectedHead = expectedHead,
            Pointers = changes,
            Cursors = cursors,
            Items = added,
            RemovedItems = removed,
        };
        if (request.IsEmpty)
        {
            return new ResetOutcome(CommitId: null, 0);
        }

        return await runner.RunAsync(store, request, changes.Select(change => change.Next?.Name).OfType<TableName>(), cancellationToken) is var outcome && outcome is CommitOutcome.Committed committed
            ? new ResetOutcome(committed.Id, changes.Count)
            : throw CommitRunner.ErrorOf(outcome);
    }

    static PointerChange ChangeOf(Difference item)
    {
        var thing = (item.After ?? item.Before)!;
        var next = item.After is { Dropped: false } live ? live.Is : null;
        return new PointerChange(thing.TableId, item.Before?.PointerId, next)
        {
            IsNewLocation = next is { Kind: PointerKind.Table or PointerKind.View } && (item.Before is null || item.Before.Dropped || item.Before.Is.Figures.Location != next.Figures.Location),
            IsRename = next is not null && item.Before is { Dropped: false } && item.Before.Name != next.Name,
            MustBeEmpty = next is null && thing.Kind == PointerKind.Namespace ? NamespaceName.Within(thing.Name.Namespace.Text, thing.Name.Name) : null,
        };
    }

    async Task<List<CursorMove>> CursorsAsync(LakeView now, LakeView wanted, MergeBase fork, CancellationToken cancellationToken)
    {
        var scopes = (await reads.MovedCursorsAsync(now, fork.Source, cancellationToken)).Keys.Union((await reads.MovedCursorsAsync(wanted, fork.Target, cancellationToken)).Keys).ToList();
        var (here, there) = (await reads.CursorsAsync(now, scopes, cancellationToken), await reads.CursorsAsync(wanted, scopes, cancellationToken));
        return scopes.Select(scope => new CursorMove(scope, here.GetValueOrDefault(scope)?.Value, there.GetValueOrDefault(scope)?.Value)).Where(move => move.Expected != move.Next).ToList();
    }

    async Task<(List<NewItem> Added, List<ItemKey> Removed)> ItemsAsync(LakeView now, LakeView wanted, MergeBase fork, CancellationToken cancellationToken)
    {
        var clock = time.GetUtcNow();
        var candidates = new List<ItemRow>();
        foreach (var (view, since) in new[] { (now, fork.Source), (wanted, fork.Target) })
        {
            candidates.AddRange(await reads.NewItemsAsync(view, since, clock, cancellationToken));
            candidates.AddRange(await reads.TakenBackItemsAsync(view, since, clock, cancellationToken));
        }

        var items = candidates.DistinctBy(item => (item.Scope, item.Key)).ToList();
        var (here, there) = (await reads.ItemsAsync(now, items, clock, cancellationToken), await reads.ItemsAsync(wanted, items, clock, cancellationToken));
        return (
            there.Where(item => !here.Contains(item.Key)).Select(item => item.First()).Select(item => new NewItem(item.Scope, item.Key, item.Fingerprint, item.ExpiresAt - clock) { Origin = item.Origin ?? item.CommitId }).ToList(),
            here.Where(item => !there.Contains(item.Key)).Select(item => new ItemKey(item.Key.Item1, item.Key.Item2, item.First().ExpiresAt, item.First().Origin ?? item.First().CommitId)).ToList());
    }
}
