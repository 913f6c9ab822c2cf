namespace LakeAspire.Catalog.Database;

/// <summary>A branch: a named line of commits. Its row is what every commit on it locks.</summary>
internal sealed class BranchRow
{
    public const string Main = "main";

    public int Id { get; set; }

    public required string Name { get; set; }

    public long? HeadCommitId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
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
}

/// <summary>A namespace; the levels of its name are joined by the unit separator (U+001F).</summary>
internal sealed class NamespaceRow
{
    public required string Name { get; set; }

    /// <summary>A JSON object of texts.</summary>
    public required string Properties { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A table: an identity that stays through renames, commits and branches.</summary>
internal sealed class TableRow
{
    public Guid Id { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>
/// What a table was on a branch from one commit to another. Rows are never changed but for <see cref="ToCommit"/>, which is null while the pointer is the current one.
/// The figures are those of the metadata file, kept here so that lists need not open one for each table.
/// </summary>
internal sealed class PointerRow
{
    public long Id { get; set; }

    public int BranchId { get; set; }

    public Guid TableId { get; set; }

    public required string Namespace { get; set; }

    public required string Name { get; set; }

    public required string MetadataLocation { get; set; }

    public long FromCommit { get; set; }

    public long? ToCommit { get; set; }

    public required string Location { get; set; }

    public int FormatVersion { get; set; }

    public long? SnapshotId { get; set; }

    public long? Rows { get; set; }

    public long? Files { get; set; }

    public long? Bytes { get; set; }
}

/// <summary>How far a source has been committed.</summary>
internal sealed class CursorRow
{
    public required string Scope { get; set; }

    public required string Value { get; set; }

    public long CommitId { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>One thing of a source (a file, a request) that has been committed.</summary>
internal sealed class ItemRow
{
    public required string Scope { get; set; }

    public required string Key { get; set; }

    public required string Fingerprint { get; set; }

    public long CommitId { get; set; }

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

/// <summary>A Delta table that others write, registered under a name of the catalog.</summary>
internal sealed class DeltaTableRow
{
    public Guid Id { get; set; }

    public required string Namespace { get; set; }

    public required string Name { get; set; }

    public required string Location { get; set; }

    public required string Author { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
