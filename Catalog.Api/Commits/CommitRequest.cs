using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Commits;

/// <summary>What one commit changes, all of it or nothing.</summary>
internal sealed record CommitRequest
{
    public string Branch { get; init; } = Database.BranchRow.Main;

    public required string Author { get; init; }

    public required string Message { get; init; }

    /// <summary>Run that commits. One that is known and no longer running may not.</summary>
    public long? RunId { get; init; }

    /// <summary>Attempt of the run that commits: an earlier one, whose lease another worker took over, may not.</summary>
    public int? RunAttempt { get; init; }

    public IReadOnlyList<PointerChange> Pointers { get; init; } = [];

    public IReadOnlyList<PointerGuard> Guards { get; init; } = [];

    public IReadOnlyList<CursorMove> Cursors { get; init; } = [];

    public IReadOnlyList<NewItem> Items { get; init; } = [];

    /// <summary>Whether there is nothing to commit.</summary>
    public bool IsEmpty => Pointers.Count == 0 && Cursors.Count == 0 && Items.Count == 0;
}

/// <summary>A compare-and-swap of what a table is on the branch.</summary>
/// <param name="TableId">The table.</param>
/// <param name="Base">The pointer row that must be the current one; null when the table must not be on the branch yet.</param>
/// <param name="Next">What it becomes; null drops it.</param>
internal sealed record PointerChange(Guid TableId, long? Base, PointerTarget? Next)
{
    /// <summary>Whether the table comes to a location where it was not before, which then must overlap no other table's.</summary>
    public bool IsNewLocation { get; init; }
}

/// <summary>A table that the commit leaves as it is, but that must be what it was taken for.</summary>
internal sealed record PointerGuard(Guid TableId, long Base);

/// <summary>What a pointer says.</summary>
internal sealed record PointerTarget(TableName Name, string MetadataLocation, Metadata.TableFigures Figures);

/// <summary>A source position moves from what it is expected to be (null: unset) to the next one.</summary>
internal sealed record CursorMove(string Scope, string? Expected, string Next);

/// <summary>A thing of a source that must not have been committed before.</summary>
internal sealed record NewItem(string Scope, string Key, string Fingerprint, TimeSpan? Retention);
