namespace Lakehouse.Tables;

/// <summary>What became of a commit. Closed.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>It happened, all of it.</summary>
    /// <param name="CommitId">Its id; 0 when there was nothing to change.</param>
    public sealed record Committed(long CommitId) : CommitResult;

    /// <summary>Nothing happened, and nothing of it will.</summary>
    /// <param name="Kind">What stood against it.</param>
    /// <param name="Message">The catalog's words.</param>
    public sealed record Conflict(ConflictKind Kind, string Message) : CommitResult
    {
        /// <summary>Scope of the cursor or the items, where <see cref="Kind"/> is one of them.</summary>
        public string? Scope { get; init; }

        /// <summary>Where the cursor is; null = nowhere yet.</summary>
        public string? Stored { get; init; }

        /// <summary>The items that are committed already.</summary>
        public IReadOnlyList<CommittedItem> Items { get; init; } = [];
    }

    /// <summary>It may have happened or not. No file that it refers to may be deleted.</summary>
    /// <param name="Reason">Why nobody knows.</param>
    public sealed record Unknown(string Reason) : CommitResult;
}

/// <summary>What stood against a commit.</summary>
public enum ConflictKind
{
    /// <summary>A table is not as the commit required: another writer was first. Refresh and apply again.</summary>
    Requirement,

    /// <summary>A table does not exist, or exists no more.</summary>
    NoSuchTable,

    /// <summary>The namespace of a new table does not exist.</summary>
    NoSuchNamespace,

    /// <summary>Some items were committed before.</summary>
    Items,

    /// <summary>A cursor is elsewhere.</summary>
    Cursor,

    /// <summary>The run is over, or another attempt of it goes on.</summary>
    Run,
}
