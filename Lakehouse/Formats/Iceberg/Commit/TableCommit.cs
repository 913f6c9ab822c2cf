namespace Lakehouse.Formats.Iceberg;

/// <summary>What a commit needs to know besides the table.</summary>
/// <param name="Now">Time of the commit.</param>
/// <param name="PreviousMetadataLocation">Location of the metadata that the commit builds on; null for a new table.</param>
/// <param name="DefaultLocation">Base location for a new table whose updates set none.</param>
public sealed record TableCommitContext(DateTimeOffset Now, string? PreviousMetadataLocation = null, string? DefaultLocation = null);

/// <summary>Outcome of <see cref="TableCommit.Apply"/>. Closed.</summary>
public abstract record TableCommitResult
{
    private TableCommitResult()
    {
    }

    /// <summary>The commit holds.</summary>
    /// <param name="Metadata">The new metadata.</param>
    /// <param name="Changed">Whether it differs from the metadata before; an unchanged table needs no new file.</param>
    public sealed record Applied(TableMetadata Metadata, bool Changed) : TableCommitResult;

    /// <summary>Another writer was first: refresh, and apply again.</summary>
    /// <param name="Requirement">What does not hold; null when an update implies it, as a snapshot's sequence number that another branch has taken.</param>
    /// <param name="Reason">Why not, for people.</param>
    public sealed record RequirementFailed(TableRequirement? Requirement, string Reason) : TableCommitResult;

    /// <summary>The commit contradicts the specification, whatever the state of the table.</summary>
    /// <param name="Update">The update that does; null when it is all of them together.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Invalid(TableUpdate? Update, string Reason) : TableCommitResult;
}

/// <summary>The commit rules of Iceberg tables, as a pure function.</summary>
public static class TableCommit
{
    /// <summary>Checks the requirements against the current metadata and applies the updates in order.</summary>
    /// <param name="current">Current metadata; null when the table does not exist.</param>
    /// <param name="requirements">What has to hold.</param>
    /// <param name="updates">What changes.</param>
    /// <param name="context">Time and locations.</param>
    public static TableCommitResult Apply(
        TableMetadata? current, IReadOnlyList<TableRequirement> requirements, IReadOnlyList<TableUpdate> updates, TableCommitContext context)
    {
        foreach (var requirement in requirements)
        {
            if (TableRequirements.Check(requirement, current) is { } reason)
            {
                return new TableCommitResult.RequirementFailed(requirement, reason);
            }
        }

        if (current is not null && updates.Count == 0)
        {
            return new TableCommitResult.Applied(current, Changed: false);
        }

        var change = new TableChange(current, context);
        foreach (var update in updates)
        {
            if (change.Apply(update) is { } reason)
            {
                return change.IsConflict
                    ? new TableCommitResult.RequirementFailed(null, $"{update.Action}: {reason}")
                    : new TableCommitResult.Invalid(update, $"{update.Action}: {reason}");
            }
        }

        return change.Finish();
    }
}
