using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Commits;

/// <summary>What became of a commit. All but <see cref="Committed"/> and <see cref="Unknown"/> mean that nothing happened.</summary>
internal abstract record CommitOutcome
{
    CommitOutcome()
    {
    }

    /// <summary>It is visible.</summary>
    internal sealed record Committed(long Id, DateTimeOffset At) : CommitOutcome;

    /// <summary>Another commit moved some of the tables first.</summary>
    internal sealed record Moved(IReadOnlyList<Guid> Tables) : CommitOutcome;

    /// <summary>Something else has the name.</summary>
    internal sealed record NameTaken(TableName Name, bool IsNamespace = false) : CommitOutcome;

    /// <summary>The namespace of a new table or name does not exist.</summary>
    internal sealed record NoNamespace(NamespaceName Name) : CommitOutcome;

    /// <summary>The namespace that would be dropped holds something.</summary>
    internal sealed record NamespaceFilled(NamespaceName Name) : CommitOutcome;

    /// <summary>The branch was dropped.</summary>
    internal sealed record NoBranch(string Name) : CommitOutcome;

    /// <summary>The branch accepts merges only.</summary>
    internal sealed record Protected(string Branch) : CommitOutcome;

    /// <summary>The branch's newest commit is not the expected one.</summary>
    internal sealed record HeadElsewhere(string Branch, long Expected, long Head) : CommitOutcome;

    /// <summary>A table's new location lies in another table's, or around it.</summary>
    internal sealed record LocationTaken(string Location, TableName By) : CommitOutcome;

    /// <summary>A cursor is not where it was expected.</summary>
    internal sealed record CursorElsewhere(string Scope, string? Stored) : CommitOutcome;

    /// <summary>Some items were committed before.</summary>
    internal sealed record ItemsPresent(string Scope, IReadOnlyList<StoredItem> Items) : CommitOutcome;

    /// <summary>A request with the same idempotency key was answered first.</summary>
    internal sealed record KeyUsed : CommitOutcome;

    /// <summary>The run that commits is over, or another attempt of it holds the lease.</summary>
    internal sealed record RunOver(long RunId, string State, int Attempt) : CommitOutcome;

    /// <summary>The lease that the commit was made under is another's by now, was given back, or never was.</summary>
    internal sealed record LeaseLost(string Name, long Token, long? Stored, string? Holder) : CommitOutcome;

    /// <summary>What would be dropped or renamed is protected, itself or by a namespace around it.</summary>
    internal sealed record Guarded(TableName Name, NamespaceName? By) : CommitOutcome;

    /// <summary>The table that would come back has lost its files.</summary>
    internal sealed record Purged(string Location) : CommitOutcome;

    /// <summary>The database failed before it was asked to commit.</summary>
    internal sealed record Failed(Exception Reason) : CommitOutcome;

    /// <summary>The database failed while it was committing, and could not be asked since.</summary>
    internal sealed record Unknown(Exception Reason) : CommitOutcome;
}

/// <summary>An item as it was committed.</summary>
internal sealed record StoredItem(string Scope, string Key, string Fingerprint, long CommitId);
