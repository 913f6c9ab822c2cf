namespace LakeAspire.Catalog.Branches;

/// <summary>A new branch, or a tag, from a branch, tag, commit or time.</summary>
internal sealed record CreateBranchRequest(string? Name, string? From, string? Kind, bool? Protected, long? RetentionSeconds);

/// <summary>What changes; what is left out stays. A retention of 0 is none.</summary>
internal sealed record PatchBranchRequest(bool? Protected, long? RetentionSeconds);

/// <summary>A branch or tag. <c>Head</c> is its newest commit, that of the parent it starts at while it has none of its own.</summary>
internal sealed record BranchBody(
    string Name, string Kind, string? Parent, long? ParentCommit, long? Head, DateTimeOffset? HeadAt, bool HasCommits, bool Protected, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, string Prefix)
{
    /// <summary>What whoever asks may do with it.</summary>
    public IReadOnlyList<string>? Privileges { get; init; }
}

internal sealed record BranchListBody(IReadOnlyList<BranchBody> Branches, string? NextPageToken);
