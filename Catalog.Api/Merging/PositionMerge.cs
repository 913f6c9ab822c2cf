using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;

namespace LakeAspire.Catalog.Merging;

/// <summary>Source positions that moved on the source become those of the target, in the same commit as the rows that they stand for.</summary>
internal sealed class PositionMerge(MergeReads reads, TimeProvider time)
{
    const int ShownKeys = 20;

    public async Task<(IReadOnlyList<CursorMove> Cursors, IReadOnlyList<NewItem> Items, IReadOnlyList<MergeConflict> Conflicts)> PlanAsync(
        LakeView from, LakeView into, MergeBases bases, CancellationToken cancellationToken)
    {
        var conflicts = new List<MergeConflict>();
        var cursors = await CursorsAsync(from, into, bases, conflicts, cancellationToken);
        var items = await ItemsAsync(from, into, bases, conflicts, cancellationToken);
        return (cursors, items, conflicts);
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

        var moves = new List<CursorMove>();
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
        var known = new HashSet<(string, string)>();
        foreach (var state in there.Count == 0 ? [] : bases.Bases)
        {
            known.UnionWith((await reads.ItemsAsync(state.Target.Of(into), items, now, cancellationToken)).Keys);
        }

        // The same file or request, loaded on both sides: its rows would be there twice.
        foreach (var scope in items.Where(item => there.ContainsKey((item.Scope, item.Key)) && !known.Contains((item.Scope, item.Key))).GroupBy(item => item.Scope).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            conflicts.Add(new MergeConflict("items", null, null, scope.Key, "the same items were committed on both sides", scope.Max(item => item.CommitId), scope.Max(item => there[(item.Scope, item.Key)]))
            {
                Keys = [.. scope.Select(item => item.Key).Order(StringComparer.Ordinal).Take(ShownKeys)],
            });
        }

        return [.. items.Where(item => !there.ContainsKey((item.Scope, item.Key))).Select(item => new NewItem(item.Scope, item.Key, item.Fingerprint, item.ExpiresAt - now))];
    }

    static string Shown(string? value) => value is null ? "nothing" : $"'{value}'";
}
