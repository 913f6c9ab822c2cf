using LakeAspire.Catalog.Database;

namespace LakeAspire.Catalog.Merging;

/// <summary>
/// The rules of a merge for one thing, as a pure function. Name, owner and what it holds are merged one by one: who alone changed one of them has it his way. What it holds moves only if the
/// source's was made from exactly what the target's is, so that nothing which the source never saw is lost.
/// </summary>
internal static class ThreeWay
{
    /// <param name="item">The thing.</param>
    /// <param name="sourceHeld">Whether the source held that since the two had something in common: then what it holds now was made from it.</param>
    /// <param name="targetHeld">The same of the target.</param>
    public static MergeVerdict Of(MergeCase item, Func<string, bool> sourceHeld, Func<string, bool> targetHeld) => (IsLive(item.Source), IsLive(item.Target)) switch
    {
        (false, false) => MergeVerdict.Nothing.Instance,
        (false, true) => Dropped(item),
        (true, false) => Added(item),
        _ => Changed(item, sourceHeld, targetHeld),
    };

    static MergeVerdict Dropped(MergeCase item)
    {
        var (target, before) = (item.Target!, item.TargetBase);
        if (!IsLive(item.Unchanged))
        {
            return MergeVerdict.Nothing.Instance;
        }

        if (before is null || !before.IsAs(target))
        {
            return new MergeVerdict.Conflicts("dropped on the source, changed on the target");
        }

        // Of rows that came only by another way the source knew nothing when it dropped the table.
        return item.Unchanged!.HoldsWhat(target)
            ? new MergeVerdict.Moves(target with { Dropped = true })
            : new MergeVerdict.Conflicts("dropped on the source, which did not have all that the target has");
    }

    static MergeVerdict Added(MergeCase item)
    {
        var source = item.Source!;
        if (item.Unchanged is { } unchanged && unchanged.IsAs(source))
        {
            return MergeVerdict.Nothing.Instance;
        }

        return IsLive(item.Unchanged) || IsLive(item.TargetBase)
            ? new MergeVerdict.Conflicts("changed on the source, dropped on the target")
            : new MergeVerdict.Moves(source);
    }

    static MergeVerdict Changed(MergeCase item, Func<string, bool> sourceHeld, Func<string, bool> targetHeld)
    {
        var (source, target) = (item.Source!, item.Target!);
        if (source.Kind != target.Kind)
        {
            return new MergeVerdict.Conflicts("another kind of thing on each side");
        }

        if (source.IsAs(target) || (IsLive(item.Unchanged) && item.Unchanged!.IsAs(source)))
        {
            return MergeVerdict.Nothing.Instance;
        }

        var (isNamed, name) = Pick(item, thing => thing.Name);
        if (!isNamed)
        {
            return new MergeVerdict.Conflicts("renamed on both sides");
        }

        var (isOwned, owner) = Pick(item, thing => thing.Is.Owner);
        if (!isOwned)
        {
            return new MergeVerdict.Conflicts("given to another owner on both sides");
        }

        var kept = target.With(name, owner);
        var moved = source.With(name, owner);
        return source.Kind == PointerKind.Namespace ? Properties(item, kept) : Held(item, kept, moved, sourceHeld, targetHeld);
    }

    static MergeVerdict Properties(MergeCase item, MergeObject kept)
    {
        var (isClear, properties) = Pick(item, thing => thing.Is.Properties);
        return isClear ? Unless(item.Target!, kept with { Is = kept.Is with { Properties = properties } }) : new MergeVerdict.Conflicts("its properties were changed on both sides");
    }

    static MergeVerdict Held(MergeCase item, MergeObject kept, MergeObject moved, Func<string, bool> sourceHeld, Func<string, bool> targetHeld)
    {
        var (source, target) = (item.Source!, item.Target!);
        if (source.HoldsWhat(target) || (item.Unchanged is { } unchanged && unchanged.HoldsWhat(source)) || targetHeld(source.Is.MetadataLocation))
        {
            return Unless(target, kept);
        }

        if (sourceHeld(target.Is.MetadataLocation))
        {
            return new MergeVerdict.Moves(moved);
        }

        // The source has taken in all that the target still is: rows are not lost even though the source's metadata is no child of the target's.
        var superseded = item.Kind == MergeBaseKind.Taken && item.TargetBase is { } before && before.HoldsWhat(target);
        MergeVerdict otherwise = superseded ? new MergeVerdict.Moves(moved) : new MergeVerdict.Conflicts("changed on both sides");
        return source.Kind == PointerKind.Table ? new MergeVerdict.Rebases(kept, otherwise) : otherwise;
    }

    static MergeVerdict Unless(MergeObject target, MergeObject next) => next.IsAs(target) ? MergeVerdict.Nothing.Instance : new MergeVerdict.Moves(next);

    /// <summary>What a part of the thing becomes; false when both sides changed it differently.</summary>
    static (bool IsClear, T Value) Pick<T>(MergeCase item, Func<MergeObject, T> part)
    {
        var (source, target) = (part(item.Source!), part(item.Target!));
        if (Equals(source, target) || (item.Unchanged is { } unchanged && Equals(part(unchanged), source)))
        {
            return (true, target);
        }

        return item.TargetBase is { } before && Equals(part(before), target) ? (true, source) : (false, target);
    }

    static bool IsLive(MergeObject? thing) => thing is { Dropped: false };
}
