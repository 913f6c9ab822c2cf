namespace LakeAspire.Catalog.Commits;

/// <summary>What a commit is.</summary>
internal static class CommitKinds
{
    /// <summary>Somebody changed something.</summary>
    public const string Change = "change";

    /// <summary>It brought what another branch had changed.</summary>
    public const string Merge = "merge";

    /// <summary>It brought the branch to what it, or another, was before.</summary>
    public const string Reset = "reset";
}
