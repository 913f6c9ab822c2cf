using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Commits;

/// <summary>What one commit changes, all of it or nothing.</summary>
internal sealed record CommitRequest
{
    /// <summary>The branch that it is made on, as it was found; what is expected of pointers is checked against what the branch is then.</summary>
    public required LakeView View { get; init; }

    public required string Author { get; init; }

    /// <summary>Principal that owns what is created.</summary>
    public string? Owner { get; init; }

    public required string Message { get; init; }

    /// <summary>One of <see cref="CommitKinds"/>.</summary>
    public string Kind { get; init; } = CommitKinds.Change;

    /// <summary>Whether it may be made on a protected branch: a merge, or what leaves every row as it is.</summary>
    public bool PassesProtection { get; init; }

    /// <summary>What a merge brings: a branch, and the newest of its commits that was seen.</summary>
    public (int BranchId, long Commit)? Merged { get; init; }

    /// <summary>The commit that must be the branch's newest; null when any may be.</summary>
    public long? ExpectedHead { get; init; }

    /// <summary>Run that commits. One that is known and no longer running may not.</summary>
    public long? RunId { get; init; }

    /// <summary>Attempt of the run that commits: an earlier one, whose lease another worker took over, may not.</summary>
    public int? RunAttempt { get; init; }

    /// <summary>Lease that it is made under: the token must be the newest of that name, and not given back.</summary>
    public (string Name, long Token)? Lease { get; init; }

    public IReadOnlyList<PointerChange> Pointers { get; init; } = [];

    public IReadOnlyList<PointerGuard> Guards { get; init; } = [];

    public IReadOnlyList<CursorMove> Cursors { get; init; } = [];

    public IReadOnlyList<NewItem> Items { get; init; } = [];

    /// <summary>Items that the branch does not have any more.</summary>
    public IReadOnlyList<ItemKey> RemovedItems { get; init; } = [];

    /// <summary>A JSON array of OpenLineage events that are kept with it.</summary>
    public string? Lineage { get; init; }

    /// <summary>The idempotency key that it takes.</summary>
    public Idempotency.KeyClaim? Claim { get; init; }

    /// <summary>Looks at the files that a table's change names, with the table as it was (null: there was none) and as it would be; throws where they may not be named.</summary>
    public Func<TableChangeRequest, TableMetadata?, TableMetadata, CancellationToken, Task>? DemandFiles { get; init; }

    /// <summary>Whether there is nothing to commit.</summary>
    public bool IsEmpty => Pointers.Count == 0 && Cursors.Count == 0 && Items.Count == 0 && RemovedItems.Count == 0;
}

/// <summary>A compare-and-swap of what a thing is on the branch.</summary>
/// <param name="TableId">The thing.</param>
/// <param name="Base">The pointer row that must be what the branch sees of it, a tombstone too; null when the branch must never have seen it.</param>
/// <param name="Next">What it becomes; null drops it.</param>
internal sealed record PointerChange(Guid TableId, long? Base, PointerTarget? Next)
{
    /// <summary>Whether a table or view comes to a location where it was not before, which then must overlap no other's.</summary>
    public bool IsNewLocation { get; init; }

    /// <summary>Whether the thing is there and keeps its name: nothing else can have it then, and its namespace is there.</summary>
    public bool KeepsName { get; init; }

    /// <summary>Whether the thing gets another name, which a protected one may not.</summary>
    public bool IsRename { get; init; }

    /// <summary>When the files of what this drops shall go; null leaves them.</summary>
    public DateTimeOffset? PurgeAt { get; init; }

    /// <summary>Whether the namespace that this drops must be empty.</summary>
    public NamespaceName? MustBeEmpty { get; init; }
}

/// <summary>A table that the commit leaves as it is, but that must be what it was taken for.</summary>
internal sealed record PointerGuard(Guid TableId, long Base);

/// <summary>What a pointer says.</summary>
internal sealed record PointerTarget(TableName Name, string MetadataLocation, Metadata.TableFigures Figures)
{
    public PointerKind Kind { get; init; }

    /// <summary>Of a namespace: a JSON object of texts.</summary>
    public string? Properties { get; init; }

    public string? Owner { get; init; }

    /// <summary>What a pointer says now.</summary>
    public static PointerTarget Of(PointerRow pointer) => new(
        new TableName(NamespaceName.FromDatabase(pointer.Namespace), pointer.Name),
        pointer.MetadataLocation,
        new Metadata.TableFigures(pointer.Location, pointer.FormatVersion, pointer.SnapshotId, pointer.Rows, pointer.Files, pointer.Bytes))
    {
        Kind = pointer.Kind,
        Properties = pointer.Properties,
        Owner = pointer.Owner,
    };
}

/// <summary>A source position moves from what it is expected to be (null: unset) to the next one (null: unset again).</summary>
internal sealed record CursorMove(string Scope, string? Expected, string? Next);

/// <summary>Names a thing of a source that is taken back, until when it would have been kept, and the commit that brought it to the lake.</summary>
internal readonly record struct ItemKey(string Scope, string Key, DateTimeOffset? ExpiresAt, long Origin);

/// <summary>A thing of a source that must not have been committed before.</summary>
internal sealed record NewItem(string Scope, string Key, string Fingerprint, TimeSpan? Retention)
{
    /// <summary>The commit that brought it to the lake, where this one only brings it to another branch.</summary>
    public long? Origin { get; init; }
}
