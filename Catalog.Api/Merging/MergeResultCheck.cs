using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Merging;

/// <summary>Whether what a merge makes of the target fits together: one thing to a name, everything in a namespace that is there, nothing in one that goes.</summary>
internal sealed class MergeResultCheck(MergeReads reads)
{
    public async Task<IReadOnlyList<MergeConflict>> ConflictsAsync(LakeView target, IReadOnlyList<MergeStep> steps, CancellationToken cancellationToken)
    {
        var made = steps.Where(step => !step.Next.Dropped).ToList();
        var touched = steps.Select(step => step.TableId).ToHashSet();
        return
        [
            .. await TakenAsync(target, made, touched, cancellationToken),
            .. await HomelessAsync(target, steps, made, cancellationToken),
            .. await FilledAsync(target, steps, touched, cancellationToken),
        ];
    }

    async Task<IEnumerable<MergeConflict>> TakenAsync(LakeView target, List<MergeStep> made, HashSet<Guid> touched, CancellationToken cancellationToken)
    {
        var named = made.Where(step => step.Before is null || step.Before.Dropped || step.Before.Name != step.Next.Name).ToList();
        if (named.Count == 0)
        {
            return [];
        }

        var there = (await reads.NamedAsync(
            target,
            "(p.namespace, p.name) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
            [named.Select(step => step.Next.Name.Namespace.Text).ToArray(), named.Select(step => step.Next.Name.Name).ToArray()],
            cancellationToken)).Where(thing => !touched.Contains(thing.TableId)).ToLookup(KeyOf);
        var byName = made.ToLookup(step => KeyOf(step.Next));
        var twice = named.SelectMany(step => byName[KeyOf(step.Next)].Where(other => other.TableId != step.TableId && other.Before is { Dropped: false } before && before.Name == other.Next.Name).Select(other => MergeConflict.Of(
            step.Next, $"the target has another {MergeConflict.KindOf(other.Next.Kind)} of that name", step.SourceCommit, other.Before!.Commit)));
        return twice.Concat(named.SelectMany(step => there[KeyOf(step.Next)].Select(other => MergeConflict.Of(
            step.Next, $"the target has another {MergeConflict.KindOf(other.Kind)} of that name", step.SourceCommit, other.Commit))));
    }

    /// <summary>Namespaces that are gone on the target, or go with this merge, and would get something.</summary>
    async Task<IEnumerable<MergeConflict>> HomelessAsync(LakeView target, IReadOnlyList<MergeStep> steps, List<MergeStep> made, CancellationToken cancellationToken)
    {
        var wanted = made.Select(step => step.Next.Name.Namespace).Where(name => name.Text.Length > 0).Distinct().ToList();
        var entries = wanted.ConvertAll(name => name.AsEntry());
        var live = (await reads.NamespacesAsync(target, entries.ConvertAll(entry => (entry.Namespace.Text, entry.Name)), cancellationToken)).Values.Where(thing => !thing.Dropped).Select(NameOf).ToHashSet();
        live.UnionWith(made.Where(step => step.Next.Kind == PointerKind.Namespace).Select(step => NameOf(step.Next)));
        live.ExceptWith(steps.Where(step => step.Next is { Kind: PointerKind.Namespace, Dropped: true }).Select(step => NameOf(step.Next)));
        return made.Where(step => step.Next.Name.Namespace.Text.Length > 0 && !live.Contains(step.Next.Name.Namespace))
            .Select(step => MergeConflict.Of(step.Next, $"its namespace {step.Next.Name.Namespace} is not on the target", step.SourceCommit, step.Before?.Commit));
    }

    /// <summary>Namespaces that were dropped on the source while the target uses them.</summary>
    async Task<IEnumerable<MergeConflict>> FilledAsync(LakeView target, IReadOnlyList<MergeStep> steps, HashSet<Guid> touched, CancellationToken cancellationToken)
    {
        var dropped = steps.Where(step => step.Next is { Kind: PointerKind.Namespace, Dropped: true }).ToList();
        if (dropped.Count == 0)
        {
            return [];
        }

        var inside = (await reads.NamedAsync(target, "p.namespace = ANY ($1)", [dropped.Select(step => NameOf(step.Next).Text).ToArray()], cancellationToken))
            .Where(thing => !touched.Contains(thing.TableId)).ToLookup(thing => thing.Name.Namespace);
        return dropped.Where(step => inside[NameOf(step.Next)].Any())
            .Select(step => MergeConflict.Of(step.Next, $"dropped on the source, while the target has {inside[NameOf(step.Next)].First().Name} in it", step.SourceCommit, inside[NameOf(step.Next)].Max(thing => thing.Commit)));
    }

    static NamespaceName NameOf(MergeObject space) => NamespaceName.Within(space.Name.Namespace.Text, space.Name.Name);

    static (TableName Name, bool IsNamespace) KeyOf(MergeObject thing) => (thing.Name, thing.Kind == PointerKind.Namespace);
}
