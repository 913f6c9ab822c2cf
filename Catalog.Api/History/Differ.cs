using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Merging;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.History;

/// <summary>One thing in two states of the lake.</summary>
internal sealed record Difference(MergeObject? Before, MergeObject? After);

/// <summary>Finds what differs between two states of the lake: only what either changed since their histories parted is looked at.</summary>
internal sealed class Differ(MergeReads reads)
{
    const int MaxChanges = 10_000;

    /// <summary>What differs and may be seen by whoever has these rights.</summary>
    /// <param name="before">The first state.</param>
    /// <param name="after">The second.</param>
    /// <param name="rights">The caller's.</param>
    /// <param name="withHidden">Finds tables of which something is hidden from the caller: their figures are not told.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<DiffBody> DiffAsync(LakeView before, LakeView after, Rights rights, Func<IEnumerable<Guid>, Task<HashSet<Guid>>> withHidden, CancellationToken cancellationToken)
    {
        var differences = ByName(await DifferencesAsync(before.Pinned(), after.Pinned(), cancellationToken))
            .Select(item => new Difference(Seen(item.Before, rights, before.Branch), Seen(item.After, rights, after.Branch))).Where(Differs).ToList();
        var hidden = await withHidden(differences.Select(item => (item.After ?? item.Before)!.TableId));
        var changes = differences.Select(item => BodyOf(item, hidden)).OrderBy(change => change.Namespace, StringComparer.Ordinal).ThenBy(change => change.Name, StringComparer.Ordinal).Take(MaxChanges).ToList();
        return new DiffBody(before.Ref.Text, after.Ref.Text, before.HeadId, after.HeadId, changes, differences.Count > MaxChanges);
    }

    /// <summary>What differs by identity, tombstones included; what was dropped in both is none.</summary>
    /// <param name="before">The first, pinned.</param>
    /// <param name="after">The second, pinned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<Difference>> DifferencesAsync(LakeView before, LakeView after, CancellationToken cancellationToken)
    {
        var fork = MergeBaseFinder.Fork(before, after);
        var ids = (await reads.ChangedAsync(before, fork.Source, cancellationToken)).Union(await reads.ChangedAsync(after, fork.Target, cancellationToken)).ToList();
        var (was, now) = (await reads.ByIdsAsync(before, ids, cancellationToken), await reads.ByIdsAsync(after, ids, cancellationToken));
        return ids.Select(id => new Difference(was.GetValueOrDefault(id), now.GetValueOrDefault(id))).Where(Differs).ToList();
    }

    static bool Differs(Difference item) => (IsLive(item.Before), IsLive(item.After)) switch
    {
        (false, false) => false,
        (true, true) => !item.Before!.IsAs(item.After!),
        _ => true,
    };

    /// <summary>A namespace of the same name is the same to people, whoever made it.</summary>
    static List<Difference> ByName(IReadOnlyList<Difference> differences)
    {
        var spaces = differences.Where(item => (item.After ?? item.Before)!.Kind == PointerKind.Namespace)
            .GroupBy(item => (item.After ?? item.Before)!.Name)
            .Select(group => new Difference(group.Select(item => item.Before).FirstOrDefault(IsLive), group.Select(item => item.After).FirstOrDefault(IsLive)))
            .Where(item => item.Before is null || item.After is null || item.Before.Is.Properties != item.After.Is.Properties);
        return [.. differences.Where(item => (item.After ?? item.Before)!.Kind != PointerKind.Namespace), .. spaces];
    }

    static DiffChangeBody BodyOf(Difference item, HashSet<Guid> hidden)
    {
        var (before, after) = (IsLive(item.Before) ? item.Before : null, IsLive(item.After) ? item.After : null);
        var shown = (after ?? before)!;
        var renamed = before is not null && after is not null && before.Name != after.Name;
        var (was, now) = shown.Kind == PointerKind.Table && !hidden.Contains(shown.TableId) ? (before?.Is.Figures, after?.Is.Figures) : (null, null);
        return new DiffChangeBody(
            MergeConflict.KindOf(shown.Kind),
            shown.Name.Namespace.Dotted,
            shown.Name.Name,
            (before, after) switch { (null, _) => "added", (_, null) => "removed", _ => renamed ? "renamed" : "changed" },
            renamed ? before!.Name.ToString() : null,
            was?.Rows,
            now?.Rows,
            was?.Files,
            now?.Files,
            was?.Bytes,
            now?.Bytes,
            item.After?.Commit);
    }

    static MergeObject? Seen(MergeObject? thing, Rights rights, string branch) =>
        thing is null || rights.MayEverywhere(Privilege.Describe, branch) || rights.May(Privilege.Describe, MergeRights.SecurableOf(thing), branch) ? thing : null;

    static bool IsLive(MergeObject? thing) => thing is { Dropped: false };
}
