using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;

namespace LakeAspire.Catalog.Merging;

/// <summary>Source positions that moved on the source become those of the target, in the same commit as the rows that they stand for.</summary>
internal sealed class PositionMerge(MergeReads reads, TimeProvider time)
{
    const int ShownKeys = 20;

    public async Task<(IReadOnlyList<CursorMove> Cursors, IReadOnlyList<NewItem> Items, IReadOnlyList<ItemKey> Removed, IReadOnlyList<MergeConflict> Conflicts)> PlanAsync(
        LakeView from, LakeView into, MergeBases bases, CancellationToken cancellationToken)
    {
        var conflicts = new List<MergeConflict>();
        var cursors = await CursorsAsync(from, into, bases, conflicts, cancellationToken);
        var items = await ItemsAsync(from, into, bases, conflicts, cancellationToken);
        return (cursors, items, await RemovedAsync(from, into, bases, cancellationToken), conflicts);
    }

    async Task<List<CursorMove>> CursorsAsync(LakeView from, LakeView into, MergeBases bases, List<MergeConflict> conflicts, CancellationToken cancellationToken)
    {
        var source = await reads.MovedCursorsAsync(from, bases.Brought, cancellationToken);
        var scopes = source.Keys.ToList();
        var target = await reads.CursorsAsync(into, scopes, cancellationToken);
        var states = new List<(IReadOnlyDictionary<string, MergeCursor> Source, IReadOnlyDictionary<string, MergeCursor> Target)>();
        foreach (var known in bases.Bases)
        {
            var targetBase = await reads.CursorsAsync(known.Target.Of(into), scopes, cancellationToken);
            states.Add((known.Kind == MergeBaseKind.Taken ? targetBase : await reads.CursorsAsync(known.Source.Of(from), scopes, cancellationToken), targetBase));
        }

        var (moves, both) = (new List<CursorMove>(), new List<string>());
        foreach (var (scope, cursor) in source.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            var there = target.GetValueOrDefault(scope);
            if (cursor.Value == there?.Value || states.Exists(state => state.Source.GetValueOrDefault(scope)?.Value == cursor.Value))
            {
                continue;
            }

            if (states.Exists(state => state.Target.GetValueOrDefault(scope)?.Value == there?.Value))
            {
                moves.Add(new CursorMove(scope, there?.Value, cursor.Value));
            }
            else
            {
                both.Add(scope);
            }
        }

        var (sourceHad, targetHad) = (new List<ILookup<string, string?>>(), new List<ILookup<string, string?>>());
        foreach (var known in bases.Bases)
        {
            sourceHad.Add(await reads.CursorHistoryAsync(from, known.Source, both, cancellationToken));
            targetHad.Add(await reads.CursorHistoryAsync(into, known.Target, both, cancellationToken));
        }

        // One may have got the other's position by a third branch, and gone on from there.
        foreach (var scope in both.Where(scope => !targetHad.Exists(had => had[scope].Contains(source[scope].Value))))
        {
            var (cursor, there) = (source[scope], target.GetValueOrDefault(scope));
            if (sourceHad.Exists(had => had[scope].Contains(there?.Value)))
            {
                moves.Add(new CursorMove(scope, there?.Value, cursor.Value));
            }
            else
            {
                conflicts.Add(new MergeConflict("cursor", null, null, scope, $"the position moved on both sides: to {Shown(cursor.Value)} on the source, to {Shown(there?.Value)} on the target", cursor.Commit, there?.Commit));
            }
        }

        return moves;
    }

    async Task<List<NewItem>> ItemsAsync(LakeView from, LakeView into, MergeBases bases, List<MergeConflict> conflicts, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var items = (await reads.NewItemsAsync(from, bases.Brought, now, cancellationToken)).GroupBy(item => (item.Scope, item.Key)).Select(group => group.MaxBy(item => item.CommitId)!).ToList();
        var there = await reads.ItemsAsync(into, items, now, cancellationToken);

        // The same file or request, loaded on both sides: its rows would be there twice. What came by another merge is no second load.
        foreach (var scope in items.Where(item => there[(item.Scope, item.Key)].Any() && there[(item.Scope, item.Key)].All(other => OriginOf(other) != OriginOf(item))).GroupBy(item => item.Scope).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            conflicts.Add(new MergeConflict("items", null, null, scope.Key, "the same items were committed on both sides", scope.Max(item => item.CommitId), scope.Max(item => there[(item.Scope, item.Key)].Max(other => other.CommitId)))
            {
                Keys = [.. scope.Select(item => item.Key).Order(StringComparer.Ordinal).Take(ShownKeys)],
            });
        }

        return [.. items.Where(item => !there[(item.Scope, item.Key)].Any()).Select(item => new NewItem(item.Scope, item.Key, item.Fingerprint, item.ExpiresAt - now) { Origin = OriginOf(item) })];
    }

    /// <summary>Items that a reset of the source took back go with the rows that it took back: the target could not load them again.</summary>
    async Task<List<ItemKey>> RemovedAsync(LakeView from, LakeView into, MergeBases bases, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var back = (await reads.TakenBackItemsAsync(from, bases.Brought, now, cancellationToken)).GroupBy(item => (item.Scope, item.Key)).Select(group => group.MaxBy(item => item.ToCommit)!).ToList();
        var (still, there) = (await reads.ItemsAsync(from, back, now, cancellationToken), await reads.ItemsAsync(into, back, now, cancellationToken));
        return [.. back.Where(item => !still[(item.Scope, item.Key)].Any() && there[(item.Scope, item.Key)].Any(other => OriginOf(other) == OriginOf(item)))
            .Select(item => new ItemKey(item.Scope, item.Key, item.ExpiresAt, OriginOf(item)))];
    }

    static long OriginOf(Database.ItemRow item) => item.Origin ?? item.CommitId;

    static string Shown(string? value) => value is null ? "nothing" : $"'{value}'";
}
