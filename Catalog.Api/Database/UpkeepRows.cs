namespace LakeAspire.Catalog.Database;

/// <summary>Somebody's wish that tables be looked after now, or that it be said what would be done. While it runs, one worker holds it by a lease.</summary>
internal sealed class UpkeepRequestRow
{
    public long Id { get; set; }

    /// <summary>Dotted name of the table; null = all of them.</summary>
    public string? Table { get; set; }

    public bool DryRun { get; set; }

    public required string State { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Error { get; set; }

    public string? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseExpiresAt { get; set; }
}

/// <summary>One act of upkeep on one table: what was done or would be, and why.</summary>
internal sealed class UpkeepActRow
{
    public Guid Id { get; set; }

    public long? RequestId { get; set; }

    public required string Namespace { get; set; }

    public required string Table { get; set; }

    /// <summary>What: compact, rewrite-manifests, expire-snapshots, …</summary>
    public required string Act { get; set; }

    public required string State { get; set; }

    public required string Reason { get; set; }

    /// <summary>A JSON object of numbers and texts: files and bytes before and after, and the like.</summary>
    public required string Details { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
