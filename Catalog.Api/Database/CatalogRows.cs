namespace LakeAspire.Catalog.Database;

/// <summary>What a row of the branches is.</summary>
internal enum BranchKinds
{
    /// <summary>A line of commits.</summary>
    Branch = 0,

    /// <summary>A name for one commit.</summary>
    Tag = 1,
}

/// <summary>A branch: a named line of commits that starts at a commit of its parent; or a tag. Its row is what every commit on it locks. What it changed lies over what the parent had then.</summary>
internal sealed class BranchRow
{
    public const string Main = "main";

    public int Id { get; set; }

    public required string Name { get; set; }

    public BranchKinds Kind { get; set; }

    /// <summary>Null for <c>main</c>.</summary>
    public int? ParentId { get; set; }

    /// <summary>The commit of the parent that it starts at, or that a tag names; 0 is before the first.</summary>
    public long? ParentCommit { get; set; }

    /// <summary>Its newest commit; null while it has none of its own.</summary>
    public long? HeadCommitId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public string CreatedBy { get; set; } = "";

    /// <summary>Whether it accepts merges only.</summary>
    public bool IsProtected { get; set; }

    /// <summary>When it may be dropped.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it was dropped; its name is free since.</summary>
    public DateTimeOffset? DroppedAt { get; set; }
}

/// <summary>A commit. On a branch, ids ascend in the order in which commits became visible: they are drawn under the branch's lock.</summary>
internal sealed class CommitRow
{
    public long Id { get; set; }

    public int BranchId { get; set; }

    public long? ParentId { get; set; }

    public DateTimeOffset At { get; set; }

    public required string Author { get; set; }

    public required string Message { get; set; }

    public long? RunId { get; set; }

    /// <summary>One of <see cref="Commits.CommitKinds"/>.</summary>
    public string Kind { get; set; } = Commits.CommitKinds.Change;

    /// <summary>The branch whose changes a merge brought.</summary>
    public int? MergedBranchId { get; set; }

    /// <summary>The newest commit that the merge saw of them.</summary>
    public long? MergedCommit { get; set; }
}

/// <summary>A thing that has a name: a table, a view, a namespace. An identity that stays through renames, commits and branches.</summary>
internal sealed class TableRow
{
    public Guid Id { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>What a pointer points to.</summary>
internal enum PointerKind
{
    /// <summary>An Iceberg table.</summary>
    Table = 0,

    /// <summary>An Iceberg view.</summary>
    View = 1,

    /// <summary>A namespace: its parent's name is the pointer's namespace, its last level the pointer's name.</summary>
    Namespace = 2,

    /// <summary>A Delta table that others write: it has a location and no metadata of ours.</summary>
    Delta = 3,
}

/// <summary>
/// What a thing was on a branch from one commit to another. Rows are never changed but for <see cref="ToCommit"/>, which is null while the pointer is the current one of its branch.
/// The figures are those of the metadata file, kept here so that lists need not open one for each table.
/// </summary>
internal sealed class PointerRow
{
    public long Id { get; set; }

    public int BranchId { get; set; }

    public Guid TableId { get; set; }

    public PointerKind Kind { get; set; }

    public required string Namespace { get; set; }

    public required string Name { get; set; }

    public required string MetadataLocation { get; set; }

    public long FromCommit { get; set; }

    public long? ToCommit { get; set; }

    /// <summary>Whether the commit dropped it; the rest says what it was before.</summary>
    public bool Dropped { get; set; }

    public required string Location { get; set; }

    public int FormatVersion { get; set; }

    public long? SnapshotId { get; set; }

    public long? Rows { get; set; }

    public long? Files { get; set; }

    public long? Bytes { get; set; }

    /// <summary>Of a namespace: a JSON object of texts.</summary>
    public string? Properties { get; set; }

    /// <summary>The principal that made it; of a view, the one that wrote its current version.</summary>
    public string? Owner { get; set; }
}

/// <summary>How far a source has been committed on a branch, from one commit to another.</summary>
internal sealed class CursorRow
{
    public long Id { get; set; }

    public int BranchId { get; set; }

    public required string Scope { get; set; }

    /// <summary>Null: not set any more.</summary>
    public string? Value { get; set; }

    public long FromCommit { get; set; }

    public long? ToCommit { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>One thing of a source (a file, a request) that has been committed on a branch.</summary>
internal sealed class ItemRow
{
    public int BranchId { get; set; }

    public required string Scope { get; set; }

    public required string Key { get; set; }

    public required string Fingerprint { get; set; }

    public long CommitId { get; set; }

    /// <summary>The commit that brought it to the lake, where a merge brought it here; null = <see cref="CommitId"/>.</summary>
    public long? Origin { get; set; }

    /// <summary>The commit that took it back; null while it is there.</summary>
    public long? ToCommit { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }
}

/// <summary>A pipeline project as its worker last described it.</summary>
internal sealed class ProjectRow
{
    public required string Name { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>A JSON object: models and sources, in the form of the HTTP contract.</summary>
    public required string Document { get; set; }
}

/// <summary>One execution of a pipeline. While it runs, one worker holds it by a lease.</summary>
internal sealed class RunRow
{
    public long Id { get; set; }

    public required string Pipeline { get; set; }

    public required string State { get; set; }

    public required string Trigger { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public long? CommitId { get; set; }

    public string? Error { get; set; }

    public int Attempt { get; set; }

    public string? TraceParent { get; set; }

    public string? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseExpiresAt { get; set; }

    public List<RunNodeRow> Nodes { get; } = [];
}

/// <summary>One model within a run.</summary>
internal sealed class RunNodeRow
{
    public long RunId { get; set; }

    public required string Model { get; set; }

    public int Position { get; set; }

    public required string State { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public long? Rows { get; set; }

    public string? Error { get; set; }

    public string? CompiledSql { get; set; }
}

/// <summary>How far a table is published as Delta. While it is being published, one worker holds it by a lease.</summary>
internal sealed class PublicationRow
{
    public Guid TableId { get; set; }

    public required string State { get; set; }

    /// <summary>Why publishing stopped or failed: a name, a colon, and what is known.</summary>
    public string? Reason { get; set; }

    /// <summary>Newest version of the Delta log.</summary>
    public long? Version { get; set; }

    /// <summary>The snapshot that it stands for.</summary>
    public long? SnapshotId { get; set; }

    /// <summary>The sequence number of that snapshot.</summary>
    public long? SequenceNumber { get; set; }

    /// <summary>The sequence number of the snapshot that was current then.</summary>
    public long? CurrentSequenceNumber { get; set; }

    /// <summary>Columns that Delta cannot say.</summary>
    public string[] LeftOut { get; set; } = [];

    /// <summary>The commit by which the table was what was last looked at.</summary>
    public long CommitId { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Attempt { get; set; }

    public string? LeaseOwner { get; set; }

    /// <summary>Until when nobody else takes it: the end of a lease, or of the pause after a failure.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; set; }
}
