using System.Text.Json;
using System.Text.Json.Serialization;

namespace LakeAspire.Portal.Branches;

// What the catalog's /api answers about branches, as far as the portal shows it.

public sealed record Branch(
    string Name, string Kind, string? Parent, long? ParentCommit, long? Head, DateTimeOffset? HeadAt, bool HasCommits, bool Protected, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset? ExpiresAt,
    IReadOnlyList<string>? Privileges = null)
{
    /// <summary>Whether the person at the browser may do something with it.</summary>
    public bool May(string privilege) => Privileges?.Contains(privilege) ?? false;

    [JsonIgnore]
    public bool IsTag => Kind == "tag";
}

public sealed record BranchList(IReadOnlyList<Branch> Branches, string? NextPageToken);

public sealed record NewBranch(string Name, string From, string Kind);

public sealed record BranchChange(bool? Protected);

public sealed record LogTable(string Namespace, string Name, string Kind, string Change);

public sealed record LogCommit(
    long Id, DateTimeOffset At, string Branch, string Author, string Message, string Kind, long? RunId, string? MergedBranch, long? MergedCommit, int Changed, IReadOnlyList<LogTable> Tables);

public sealed record BranchLog(IReadOnlyList<LogCommit> Commits, long? Next);

public sealed record DiffEntry(
    string Kind, string Namespace, string Name, string Change, string? RenamedFrom, long? RowsBefore, long? RowsAfter, long? FilesBefore, long? FilesAfter, long? BytesBefore, long? BytesAfter, long? Commit);

public sealed record BranchDiff(string From, string To, IReadOnlyList<DiffEntry> Changes, bool Truncated);

public sealed record MergeWish(string From, string? Message, bool DryRun);

public sealed record MergeStep(
    string Kind, string Namespace, string Name, string Action, string? RenamedFrom, long? RowsBefore, long? RowsAfter, long? FilesBefore, long? FilesAfter, long SourceCommit);

public sealed record MergeCursor(string Scope, string? From, string? To);

public sealed record MergeItems(string Scope, int Count);

public sealed record MergeConflict(string Kind, string? Namespace, string Name, string Reason, long? SourceCommit, long? TargetCommit);

public sealed record MergeAnswer(
    string From, string Into, string Outcome, long? Commit, IReadOnlyList<MergeStep> Changes, IReadOnlyList<MergeCursor> Cursors, IReadOnlyList<MergeItems> Items, IReadOnlyList<MergeConflict> Conflicts);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BranchList))]
[JsonSerializable(typeof(Branch))]
[JsonSerializable(typeof(NewBranch))]
[JsonSerializable(typeof(BranchChange))]
[JsonSerializable(typeof(BranchLog))]
[JsonSerializable(typeof(BranchDiff))]
[JsonSerializable(typeof(MergeWish))]
[JsonSerializable(typeof(MergeAnswer))]
internal sealed partial class BranchJson : JsonSerializerContext;
