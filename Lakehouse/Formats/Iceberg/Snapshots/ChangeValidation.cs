using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>How far a change of rows is kept apart from concurrent ones.</summary>
public enum IsolationLevel
{
    /// <summary>As if one came after the other: rows added since that the change would have looked at are a conflict.</summary>
    Serializable,

    /// <summary>The change stands for the snapshot that it started from: rows added since are left alone; rows changed since by both are a conflict.</summary>
    Snapshot,
}

/// <summary>
/// What must not have happened on the branch since a change was worked out (the checks of the reference implementation's writers). Snapshots that only replaced files by others with the
/// same rows never conflict, but for files that they took away.
/// </summary>
public sealed record ChangeValidation
{
    /// <summary>Snapshot that the change was worked out from; null = the branch had none.</summary>
    public long? StartingSnapshotId { get; init; }

    /// <summary>How far it is kept apart from concurrent changes; serializable by default.</summary>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.Serializable;

    /// <summary>The rows that the change looked at; null = all (or, when it replaces partitions, those of these partitions).</summary>
    public Expression? ConflictFilter { get; init; }

    /// <summary>The schema whose names <see cref="ConflictFilter"/> uses; null = the table's current one.</summary>
    public Schema? ConflictSchema { get; init; }

    /// <summary>Data files that the change's position deletes and deletion vectors refer to: each must still be part of the branch.</summary>
    public IReadOnlyCollection<string> ReferencedDataFiles { get; init; } = [];

    /// <summary>
    /// Whether deletes that others added since for the rows looked at are a conflict; true by default. False suits a change that only deletes: a row deleted twice is deleted.
    /// Deletes of removed data files, and a second deletion vector of a data file, always are one.
    /// </summary>
    public bool DeletesConflict { get; init; } = true;
}
