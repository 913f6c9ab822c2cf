using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>What one commit changes in the catalog: all of it becomes visible at once, or nothing.</summary>
public sealed record CatalogCommit
{
    /// <summary>What was done, for people.</summary>
    public required string Message { get; init; }

    /// <summary>Who does it: a service's name.</summary>
    public required string Author { get; init; }

    /// <summary>Run of a pipeline that it belongs to. A run that was cancelled may not commit.</summary>
    public long? RunId { get; init; }

    /// <summary>Attempt of that run: one whose lease another worker has taken over may not commit.</summary>
    public int? RunAttempt { get; init; }

    /// <summary>Changes of tables, at most one for each.</summary>
    public IReadOnlyList<TableChange> Tables { get; init; } = [];

    /// <summary>Source positions that move, at most one for each scope.</summary>
    public IReadOnlyList<CursorMove> Cursors { get; init; } = [];

    /// <summary>Things of sources that this commit takes in, and that none did before.</summary>
    public IReadOnlyList<SourceItem> Items { get; init; } = [];

    /// <summary>OpenLineage events of what led to it, each a JSON object: kept with the commit or not at all. The catalog adds the commit's id to those that complete a run.</summary>
    public IReadOnlyList<string> Lineage { get; init; } = [];
}

/// <summary>A change of one table, as Iceberg REST puts it.</summary>
/// <param name="Table">Name.</param>
/// <param name="Requirements">What has to hold; <see cref="AssertCreate"/> among them creates the table.</param>
/// <param name="Updates">What changes.</param>
public sealed record TableChange(TableIdentifier Table, IReadOnlyList<TableRequirement> Requirements, IReadOnlyList<TableUpdate> Updates);

/// <summary>A source position moves.</summary>
/// <param name="Scope">Which position, for instance <c>kafka/orders/0</c>.</param>
/// <param name="Expected">Where it must be; null = nowhere yet.</param>
/// <param name="Next">Where it will be.</param>
public sealed record CursorMove(string Scope, string? Expected, string Next);

/// <summary>A thing of a source, taken in at most once.</summary>
/// <param name="Scope">What it belongs to, for instance <c>landing/watchlog</c>.</param>
/// <param name="Key">What identifies it there.</param>
/// <param name="Fingerprint">What its content is known by, for instance a SHA-256.</param>
/// <param name="Retention">How long the catalog remembers it; null = for ever.</param>
public sealed record SourceItem(string Scope, string Key, string Fingerprint, TimeSpan? Retention = null);

/// <summary>An item as it was committed.</summary>
/// <param name="Key">What identifies it.</param>
/// <param name="Fingerprint">What its content was known by.</param>
/// <param name="CommitId">Commit that took it in.</param>
public sealed record CommittedItem(string Key, string Fingerprint, long CommitId);

/// <summary>A source position as it is.</summary>
/// <param name="Scope">Which position.</param>
/// <param name="Value">Where it is.</param>
/// <param name="CommitId">Commit that moved it there.</param>
/// <param name="At">When.</param>
public sealed record SourceCursor(string Scope, string Value, long CommitId, DateTimeOffset At);
