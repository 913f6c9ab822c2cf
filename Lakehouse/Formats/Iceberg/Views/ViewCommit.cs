namespace Lakehouse.Formats.Iceberg;

/// <summary>Outcome of <see cref="ViewCommit.Apply"/>. Closed.</summary>
public abstract record ViewCommitResult
{
    private ViewCommitResult()
    {
    }

    /// <summary>The commit holds.</summary>
    /// <param name="Metadata">The new metadata.</param>
    /// <param name="Changed">Whether it differs from the metadata before; an unchanged view needs no new file.</param>
    public sealed record Applied(ViewMetadata Metadata, bool Changed) : ViewCommitResult;

    /// <summary>Another writer was first: refresh, and apply again.</summary>
    /// <param name="Requirement">What does not hold.</param>
    /// <param name="Reason">Why not, for people.</param>
    public sealed record RequirementFailed(ViewRequirement Requirement, string Reason) : ViewCommitResult;

    /// <summary>The commit contradicts the specification, whatever the state of the view.</summary>
    /// <param name="Update">The update that does; null when it is all of them together.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Invalid(IViewUpdate? Update, string Reason) : ViewCommitResult;
}

/// <summary>The commit rules of Iceberg views, as a pure function.</summary>
public static class ViewCommit
{
    /// <summary>Checks the requirements against the current metadata and applies the updates in order.</summary>
    /// <param name="current">Current metadata; null when the view does not exist.</param>
    /// <param name="requirements">What has to hold.</param>
    /// <param name="updates">What changes.</param>
    /// <param name="now">Time of the commit.</param>
    public static ViewCommitResult Apply(ViewMetadata? current, IReadOnlyList<ViewRequirement> requirements, IReadOnlyList<IViewUpdate> updates, DateTimeOffset now)
    {
        foreach (var requirement in requirements)
        {
            if (Check(requirement, current) is { } reason)
            {
                return new ViewCommitResult.RequirementFailed(requirement, reason);
            }
        }

        var change = new ViewChange(current, now);
        foreach (var update in updates)
        {
            if (change.Apply(update) is { } reason)
            {
                return new ViewCommitResult.Invalid(update, $"{update.Action}: {reason}");
            }
        }

        return change.Finish();
    }

    private static string? Check(ViewRequirement requirement, ViewMetadata? current) => requirement switch
    {
        _ when current is null => "the view does not exist",
        AssertViewUuid assert => assert.Uuid == current.ViewUuid ? null : $"view uuid has changed: expected {assert.Uuid}, is {current.ViewUuid}",
        _ => throw new ArgumentException($"Unknown requirement {requirement.Type}", nameof(requirement)),
    };
}
