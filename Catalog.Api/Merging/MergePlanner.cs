using System.Collections.Concurrent;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;

namespace LakeAspire.Catalog.Merging;

/// <summary>Works out what a merge does: set-based, with metadata read only of tables that both sides changed.</summary>
internal sealed class MergePlanner(MergeBaseFinder finder, MergeReads reads, MergeResultCheck check, PositionMerge positions, MetadataFiles files)
{
    const int ReadsAtOnce = 8;

    /// <param name="source">What is merged.</param>
    /// <param name="target">The branch that it is merged into.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<MergePlan> PlanAsync(LakeView source, LakeView target, CancellationToken cancellationToken)
    {
        var (from, into) = (source.Pinned(), target.Pinned());
        var bases = await finder.FindAsync(from, into, cancellationToken);
        var moving = positions.PlanAsync(from, into, bases, cancellationToken);
        var things = await ThingsAsync(from, into, bases, cancellationToken);
        var (steps, conflicts) = await DecideAsync(from, into, bases, things, cancellationToken);
        var (cursors, items, removed, positionConflicts) = await moving;
        var clashes = await check.ConflictsAsync(into, steps, cancellationToken);
        return new MergePlan(source, target, bases) { Steps = steps, Cursors = cursors, Items = items, RemovedItems = removed, Conflicts = [.. conflicts, .. clashes, .. positionConflicts] };
    }

    /// <summary>What changed on the source, on both sides and in every base.</summary>
    async Task<List<Thing>> ThingsAsync(LakeView from, LakeView into, MergeBases bases, CancellationToken cancellationToken)
    {
        var ids = await reads.ChangedAsync(from, bases.Brought, cancellationToken);
        var source = await reads.ByIdsAsync(from, ids, cancellationToken);
        var sides = new Dictionary<string, Task<Side>>(StringComparer.Ordinal);

        // The same state is asked for under several names: where two branches parted is the past of both.
        Task<Side> ByAsync(LakeView view) => sides.TryGetValue(ViewSql.Rows(view.Levels), out var known) ? known : sides[ViewSql.Rows(view.Levels)] = SideAsync(view, source, cancellationToken);
        var cases = bases.Bases.Select(known => (known.Kind, Source: ByAsync(known.Source.Of(from)), Target: ByAsync(known.Target.Of(into)))).ToList();
        var (there, before) = (ByAsync(into), ByAsync(bases.Brought.Of(from)));
        await Task.WhenAll(sides.Values);
        var (target, brought) = (await there, await before);
        var states = new List<(MergeBaseKind Kind, Side Source, Side Target)>();
        foreach (var known in cases)
        {
            states.Add((known.Kind, await known.Source, await known.Target));
        }

        // Of a namespace that was dropped and made again the source has two ids, and the name counts.
        return source.Values.GroupBy(Side.KeyOf).Select(group => group.OrderBy(thing => thing.Dropped).ThenByDescending(thing => thing.Commit).First())
            .Select(thing => new Thing(thing, target.Find(thing), brought.Find(thing), states.Select(state => new MergeCase(thing, target.Find(thing), state.Source.Find(thing), state.Target.Find(thing), state.Kind)).ToList())).ToList();
    }

    async Task<Side> SideAsync(LakeView view, IReadOnlyDictionary<Guid, MergeObject> source, CancellationToken cancellationToken)
    {
        var named = source.Values.Where(thing => thing.Kind == PointerKind.Namespace).Select(thing => (thing.Name.Namespace.Text, thing.Name.Name)).Distinct().ToList();
        return new Side(await reads.ByIdsAsync(view, source.Keys.ToList(), cancellationToken), await reads.NamespacesAsync(view, named, cancellationToken));
    }

    async Task<(List<MergeStep> Steps, List<MergeConflict> Conflicts)> DecideAsync(LakeView from, LakeView into, MergeBases bases, List<Thing> things, CancellationToken cancellationToken)
    {
        // Where the target is what it was, or the source, no history has to be looked at.
        var unclear = things.Where(thing => thing.Cases.TrueForAll(item => ThreeWay.Of(item, held => held == item.SourceBase?.Is.MetadataLocation, held => held == item.TargetBase?.Is.MetadataLocation) is MergeVerdict.Rebases or MergeVerdict.Conflicts))
            .Select(thing => thing.Source.TableId).ToList();
        var held = new List<(ILookup<Guid, string> Source, ILookup<Guid, string> Target)>();
        foreach (var known in bases.Bases)
        {
            held.Add((await reads.HeldAsync(from, known.Source, unclear, cancellationToken), await reads.HeldAsync(into, known.Target, unclear, cancellationToken)));
        }

        var (steps, conflicts) = (new ConcurrentBag<MergeStep>(), new ConcurrentBag<MergeConflict>());
        await Parallel.ForEachAsync(things, new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken }, async (thing, stop) =>
        {
            var (best, item) = Best(thing, held);
            switch (await SettleAsync(thing, item, best, stop))
            {
                case (MergeVerdict.Moves moves, var rebase):
                    steps.Add(StepOf(thing, moves.Next, rebase));
                    break;
                case (MergeVerdict.Conflicts refused, _):
                    conflicts.Add(MergeConflict.Of(thing.Source, refused.Reason, thing.Source.Commit, thing.Target?.Commit));
                    break;
            }
        });
        return ([.. steps.OrderBy(step => step.Next.Name.ToString(), StringComparer.Ordinal)], [.. conflicts.OrderBy(conflict => conflict.Namespace, StringComparer.Ordinal).ThenBy(conflict => conflict.Name, StringComparer.Ordinal)]);
    }

    static MergeStep StepOf(Thing thing, MergeObject next, RebaseWork? rebase)
    {
        // A namespace of the same name that was dropped and had another id stays dropped; the one that comes has its own.
        var before = thing.Target is { Dropped: true } other && other.TableId != thing.Source.TableId ? null : thing.Target;
        return new MergeStep(before?.TableId ?? next.TableId, before, next, thing.Source.Commit) { Rebase = rebase };
    }

    /// <summary>After merges that crossed each other there are two bases: what either can tell holds.</summary>
    static (MergeVerdict Verdict, MergeCase Item) Best(Thing thing, List<(ILookup<Guid, string> Source, ILookup<Guid, string> Target)> held)
    {
        var id = thing.Source.TableId;
        return thing.Cases.Zip(held, (item, since) => (Verdict: ThreeWay.Of(
                item,
                location => location == item.SourceBase?.Is.MetadataLocation || since.Source[id].Contains(location),
                location => location == item.TargetBase?.Is.MetadataLocation || since.Target[id].Contains(location)), Item: item))
            .MinBy(choice => choice.Verdict switch { MergeVerdict.Nothing => 0, MergeVerdict.Moves => 1, MergeVerdict.Rebases => 2, _ => 3 });
    }

    /// <summary>Decides by the tables' metadata where names and locations don't say it.</summary>
    async Task<(MergeVerdict Verdict, RebaseWork? Work)> SettleAsync(Thing thing, MergeCase item, MergeVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict is not MergeVerdict.Rebases rebases)
        {
            return (verdict, null);
        }

        if (thing.Brought is not { Dropped: false } brought || item.TargetBase is not { Dropped: false } known)
        {
            return (rebases.Otherwise, null);
        }

        RebasePlan plan;
        RebaseSides sides;
        try
        {
            sides = new RebaseSides(
                await ReadAsync(item.Source!, cancellationToken), await ReadAsync(brought, cancellationToken), await ReadAsync(item.Target!, cancellationToken), await ReadAsync(known, cancellationToken));
            plan = AppendRebase.Plan(sides);
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.NotFound)
        {
            plan = new RebasePlan.Impossible(null, $"what the two had in common can't be read any more: {error.Message}");
            sides = null!;
        }

        return plan switch
        {
            RebasePlan.Possible { Snapshots.Count: 0 } => (rebases.Next.IsAs(item.Target!) ? MergeVerdict.Nothing.Instance : new MergeVerdict.Moves(rebases.Next), null),
            RebasePlan.Possible possible => (new MergeVerdict.Moves(rebases.Next), new RebaseWork(sides, possible, item.Target!.Is.MetadataLocation)),
            RebasePlan.Impossible refused when rebases.Otherwise is MergeVerdict.Conflicts conflicts => (new MergeVerdict.Conflicts($"{conflicts.Reason}: {refused.Reason}"), null),
            _ => (rebases.Otherwise, null),
        };
    }

    Task<TableMetadata> ReadAsync(MergeObject thing, CancellationToken cancellationToken) => files.ReadAsync(thing.Is.MetadataLocation, cancellationToken);

    /// <summary>Something that changed on the source.</summary>
    sealed record Thing(MergeObject Source, MergeObject? Target, MergeObject? Brought, List<MergeCase> Cases);

    /// <summary>Things in one state: namespaces by name, others by id.</summary>
    sealed class Side(IReadOnlyDictionary<Guid, MergeObject> byId, IReadOnlyDictionary<(string, string), MergeObject> namespaces)
    {
        public static object KeyOf(MergeObject thing) => thing.Kind == PointerKind.Namespace ? thing.Name : thing.TableId;

        public MergeObject? Find(MergeObject thing)
        {
            if (thing.Kind != PointerKind.Namespace)
            {
                return byId.GetValueOrDefault(thing.TableId);
            }

            var named = namespaces.GetValueOrDefault((thing.Name.Namespace.Text, thing.Name.Name));
            return named is { Dropped: false } ? named : byId.GetValueOrDefault(thing.TableId) ?? named;
        }
    }
}
