using LakeAspire.Catalog.Branches;

namespace LakeAspire.Catalog.Merging;

/// <summary>How two branches came to what they have in common.</summary>
internal enum MergeBaseKind
{
    /// <summary>They parted there.</summary>
    Fork,

    /// <summary>The source was merged into the target.</summary>
    Brought,

    /// <summary>The target was merged into the source.</summary>
    Taken,
}

/// <summary>A place in the history of a state of the lake: a commit of one of its layers. The uppermost layer's are the newest.</summary>
internal readonly record struct ChainPoint(int Level, long Commit)
{
    public bool IsNewerThan(ChainPoint other) => Level < other.Level || (Level == other.Level && Commit > other.Commit);

    /// <summary>The state of the lake there.</summary>
    public LakeView Of(LakeView view) => view with
    {
        IsWritable = false,
        Levels = [new BranchLevel(view.Levels[Level].BranchId, Commit), .. view.Levels.Skip(Level + 1)],
    };
}

/// <summary>What two branches last had in common.</summary>
/// <param name="Kind">How they came to it.</param>
/// <param name="Source">Where that was on the source; for a merge, what was merged or what the merge left.</param>
/// <param name="Target">Where that was on the target, likewise.</param>
internal sealed record MergeBase(MergeBaseKind Kind, ChainPoint Source, ChainPoint Target);

/// <summary>All that says what two branches have in common.</summary>
/// <param name="Bases">The newest states that they had in common: one, or two after merges that crossed each other.</param>
/// <param name="Brought">Since where on the source something may be missing on the target: the last merge into it, or where the two parted.</param>
internal sealed record MergeBases(IReadOnlyList<MergeBase> Bases, ChainPoint Brought);
