namespace Lakehouse.Tables;

/// <summary>A branch or tag.</summary>
/// <param name="Name">Name.</param>
/// <param name="Kind"><c>branch</c> or <c>tag</c>.</param>
/// <param name="Parent">The branch that it started from; null for <c>main</c>.</param>
/// <param name="ParentCommit">The commit that it started at.</param>
/// <param name="Head">The newest commit that it shows.</param>
/// <param name="HeadAt">When that was.</param>
/// <param name="HasCommits">Whether it has commits of its own.</param>
/// <param name="Protected">Whether it accepts merges only.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="ExpiresAt">When it is dropped; null = never.</param>
public sealed record LakeBranch(
    string Name, string Kind, string? Parent, long? ParentCommit, long? Head, DateTimeOffset? HeadAt, bool HasCommits, bool Protected, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt);

/// <summary>What a merge did, or would do.</summary>
/// <param name="From">What was merged.</param>
/// <param name="Into">The branch that got it.</param>
/// <param name="Outcome"><c>merged</c>, <c>nothing</c> (there was nothing to do), <c>planned</c> (a dry run) or <c>conflicts</c>.</param>
/// <param name="Commit">The commit; null when there is none.</param>
/// <param name="SourceHead">The newest commit of what was merged.</param>
/// <param name="TargetHead">The newest commit of the branch.</param>
/// <param name="Changes">What becomes of tables, views and namespaces.</param>
/// <param name="Cursors">Source positions that move.</param>
/// <param name="Items">Items of sources that come.</param>
/// <param name="Conflicts">What stands against it.</param>
public sealed record MergeResult(
    string From,
    string Into,
    string Outcome,
    long? Commit,
    long? SourceHead,
    long? TargetHead,
    IReadOnlyList<MergeChange> Changes,
    IReadOnlyList<MergedCursor> Cursors,
    IReadOnlyList<MergedItems> Items,
    IReadOnlyList<MergeConflict> Conflicts)
{
    /// <summary>Whether it was made, or there was nothing to do.</summary>
    public bool IsDone => Outcome is "merged" or "nothing";
}

/// <summary>What becomes of a table, view or namespace by a merge.</summary>
/// <param name="Kind"><c>table</c>, <c>view</c>, <c>namespace</c> or <c>delta</c>.</param>
/// <param name="Namespace">Namespace, dotted.</param>
/// <param name="Name">Name.</param>
/// <param name="Action"><c>fast</c> (the pointer moves), <c>rebase</c> (appends on top of appends), <c>create</c>, <c>drop</c>, <c>rename</c>, <c>properties</c>, <c>owner</c>.</param>
/// <param name="RenamedFrom">Its name before, if that was another.</param>
/// <param name="RowsBefore">Rows before; null = unknown, or not there.</param>
/// <param name="RowsAfter">Rows after, likewise.</param>
/// <param name="FilesBefore">Data files before.</param>
/// <param name="FilesAfter">Data files after.</param>
/// <param name="AddedRows">Of a rebase: rows that come on top.</param>
/// <param name="AddedFiles">Of a rebase: files that come on top.</param>
/// <param name="Snapshots">Of a rebase: snapshots that come on top.</param>
/// <param name="SourceCommit">The commit that changed it on the source.</param>
public sealed record MergeChange(
    string Kind, string Namespace, string Name, string Action, string? RenamedFrom, long? RowsBefore, long? RowsAfter, long? FilesBefore, long? FilesAfter, long? AddedRows, long? AddedFiles, int? Snapshots, long SourceCommit);

/// <summary>A source position that a merge moves.</summary>
public sealed record MergedCursor(string Scope, string? From, string? To);

/// <summary>Items of a source that a merge brings.</summary>
public sealed record MergedItems(string Scope, int Count);

/// <summary>What stands against a merge.</summary>
/// <param name="Kind"><c>table</c>, <c>view</c>, <c>namespace</c>, <c>delta</c>, <c>cursor</c> or <c>items</c>.</param>
/// <param name="TableId">The table; null for positions.</param>
/// <param name="Namespace">Its namespace, dotted.</param>
/// <param name="Name">Its name, or the scope of the positions.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="SourceCommit">The commit that changed it on the source.</param>
/// <param name="TargetCommit">The commit that changed it on the target.</param>
/// <param name="Keys">Of items: some of those that both have.</param>
public sealed record MergeConflict(string Kind, Guid? TableId, string? Namespace, string Name, string Reason, long? SourceCommit, long? TargetCommit, IReadOnlyList<string>? Keys);

/// <summary>What differs between two states of the lake.</summary>
/// <param name="From">The first, as it was named.</param>
/// <param name="To">The second.</param>
/// <param name="FromHead">Newest commit of the first.</param>
/// <param name="ToHead">Newest commit of the second.</param>
/// <param name="Changes">What differs, by name.</param>
public sealed record LakeDiff(string From, string To, long? FromHead, long? ToHead, IReadOnlyList<DiffChange> Changes);

/// <summary>A table, view or namespace that differs.</summary>
/// <param name="Kind"><c>table</c>, <c>view</c>, <c>namespace</c> or <c>delta</c>.</param>
/// <param name="Namespace">Namespace, dotted.</param>
/// <param name="Name">Name; in the second state, unless it is not there.</param>
/// <param name="Change"><c>added</c>, <c>removed</c>, <c>renamed</c> or <c>changed</c>.</param>
/// <param name="RenamedFrom">Its name in the first state, if that is another.</param>
/// <param name="RowsBefore">Rows in the first; null = unknown, or not there.</param>
/// <param name="RowsAfter">Rows in the second, likewise.</param>
/// <param name="FilesBefore">Data files in the first.</param>
/// <param name="FilesAfter">Data files in the second.</param>
/// <param name="BytesBefore">Bytes in the first.</param>
/// <param name="BytesAfter">Bytes in the second.</param>
/// <param name="Commit">The commit that made it what it is in the second.</param>
public sealed record DiffChange(
    string Kind,
    string Namespace,
    string Name,
    string Change,
    string? RenamedFrom,
    long? RowsBefore,
    long? RowsAfter,
    long? FilesBefore,
    long? FilesAfter,
    long? BytesBefore,
    long? BytesAfter,
    long? Commit);

/// <summary>A commit of the lake.</summary>
/// <param name="Id">Id; ascends on a branch.</param>
/// <param name="At">When.</param>
/// <param name="Branch">The branch that it was made on.</param>
/// <param name="Author">Who.</param>
/// <param name="Message">What, for people.</param>
/// <param name="Kind"><c>change</c>, <c>merge</c> or <c>reset</c>.</param>
/// <param name="RunId">Run of a pipeline that it belongs to.</param>
/// <param name="MergedBranch">What a merge brought: the branch.</param>
/// <param name="MergedCommit">The newest commit of it.</param>
/// <param name="Changed">How many tables, views and namespaces it changed.</param>
/// <param name="Tables">What it changed; the first of them where they are many.</param>
public sealed record LakeCommit(
    long Id, DateTimeOffset At, string Branch, string Author, string Message, string Kind, long? RunId, string? MergedBranch, long? MergedCommit, int Changed, IReadOnlyList<CommittedName> Tables);

/// <summary>A table, view or namespace that a commit changed.</summary>
/// <param name="Namespace">Namespace, dotted.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind"><c>table</c>, <c>view</c>, <c>namespace</c> or <c>delta</c>.</param>
/// <param name="Change"><c>created</c>, <c>changed</c>, <c>renamed</c> or <c>dropped</c>.</param>
public sealed record CommittedName(string Namespace, string Name, string Kind, string Change);

/// <summary>Something that points to a metadata file of a table.</summary>
/// <param name="MetadataLocation">The file.</param>
/// <param name="Branch">The branch or tag.</param>
/// <param name="Commit">The commit that made it so.</param>
/// <param name="Dropped">Whether the table was dropped there, and may come back.</param>
public sealed record TablePointer(string MetadataLocation, string Branch, long Commit, bool Dropped);

/// <summary>The lease under which files of a table are deleted.</summary>
/// <param name="Token">What tells the holder from those before.</param>
/// <param name="Pointers">What pointed to the table's metadata once it was taken.</param>
internal sealed record HeldFiles(long Token, IReadOnlyList<TablePointer> Pointers);
