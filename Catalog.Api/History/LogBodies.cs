namespace LakeAspire.Catalog.History;

/// <summary>A commit of a log. <c>Kind</c>: change, merge or reset. <c>Changed</c> counts what it changed; <c>Tables</c> names the first of them.</summary>
internal sealed record LogEntryBody(
    long Id, DateTimeOffset At, string Branch, string Author, string Message, string Kind, long? RunId, string? MergedBranch, long? MergedCommit, int Changed, IReadOnlyList<LogTableBody> Tables);

/// <summary>Something that a commit changed. <c>Change</c>: created, changed, renamed or dropped.</summary>
internal sealed record LogTableBody(string Namespace, string Name, string Kind, string Change);

/// <summary>One page; <c>Next</c> is the <c>before</c> of the next one.</summary>
internal sealed record LogBody(IReadOnlyList<LogEntryBody> Commits, long? Next);
