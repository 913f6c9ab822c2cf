namespace LakeAspire.Catalog.Merging;

/// <summary>One thing on both sides, now and when they last had something in common.</summary>
/// <param name="Source">On the source now.</param>
/// <param name="Target">On the target now.</param>
/// <param name="SourceBase">On the source then; for a merge, the state that was merged or that the merge left.</param>
/// <param name="TargetBase">On the target then, likewise.</param>
/// <param name="Kind">What happened then.</param>
internal sealed record MergeCase(MergeObject? Source, MergeObject? Target, MergeObject? SourceBase, MergeObject? TargetBase, MergeBaseKind Kind)
{
    /// <summary>What the source's state has to be for the source to have changed nothing that the target lacks: where the target was merged into it, what the target was.</summary>
    public MergeObject? Unchanged => Kind == MergeBaseKind.Taken ? TargetBase : SourceBase;
}
