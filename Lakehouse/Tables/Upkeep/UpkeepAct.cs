namespace Lakehouse.Tables.Upkeep;

/// <summary>Something that is done to keep a table in shape.</summary>
/// <param name="Name">What: <c>compact</c>, <c>rewrite-deletes</c>, <c>rewrite-manifests</c>, <c>expire-snapshots</c>, <c>limit-metadata</c>, <c>remove-orphans</c>.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Figures">What it found, and after it was done what it did: for instance <c>filesBefore</c> and <c>filesAfter</c>, <c>bytes</c>.</param>
public sealed record UpkeepAct(string Name, string Reason, IReadOnlyDictionary<string, long> Figures);

/// <summary>How an act stands.</summary>
public enum UpkeepState
{
    /// <summary>A dry run: it would be done.</summary>
    Planned,

    /// <summary>It is being done.</summary>
    Running,

    /// <summary>It was done.</summary>
    Succeeded,

    /// <summary>Others committed first each time; it is left for later.</summary>
    Yielded,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>A report of an act: it is reported when it begins and when it ends, under one id.</summary>
/// <param name="Id">Names the act.</param>
/// <param name="Table">The table.</param>
/// <param name="Act">The act.</param>
/// <param name="State">How it stands.</param>
/// <param name="Error">Why it yielded or failed.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended; null while it runs.</param>
public sealed record UpkeepReport(Guid Id, TableIdentifier Table, UpkeepAct Act, UpkeepState State, string? Error, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);
