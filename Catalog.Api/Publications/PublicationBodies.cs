using LakeAspire.Catalog.Database;

namespace LakeAspire.Catalog.Publications;

/// <summary>States of a table's publication as Delta.</summary>
internal static class PublicationStates
{
    /// <summary>Not looked at yet, or not since the newest commit.</summary>
    public const string Pending = "pending";

    /// <summary>Delta readers see the current snapshot.</summary>
    public const string Published = "published";

    /// <summary>Delta readers see an earlier version; the reason says why, and it is tried again at the next commit.</summary>
    public const string Stopped = "stopped";

    /// <summary>Switched off by a property of the table.</summary>
    public const string Off = "off";

    /// <summary>Failed; tried again soon.</summary>
    public const string Failed = "failed";

    /// <summary>States that a worker may report.</summary>
    public static readonly IReadOnlySet<string> OfWorkers = new HashSet<string>(StringComparer.Ordinal) { Published, Stopped, Off, Failed };
}

internal sealed record ClaimPublicationRequest(string? Worker, int? LeaseSeconds);

internal sealed record ClaimedPublicationBody(Guid TableId, string Namespace, string Name, long CommitId, int Attempt);

/// <summary>A worker's report; without a state it only holds the table for another lease.</summary>
internal sealed record PublicationReport(
    string? Worker,
    int? Attempt,
    int? LeaseSeconds,
    string? State,
    string? Reason,
    long? Version,
    string? SnapshotId,
    long? SequenceNumber,
    long? CurrentSequenceNumber,
    string[]? LeftOut,
    long? CommitId,
    int? RetrySeconds);

/// <summary>How far a table is published. The lag is the current sequence number less the published one.</summary>
internal sealed record PublicationBody(
    string State, string? Reason, long? Version, string? SnapshotId, long? SequenceNumber, long? CurrentSequenceNumber, IReadOnlyList<string> LeftOut, DateTimeOffset? UpdatedAt)
{
    /// <summary>The publication of a table whose pointer came with a commit.</summary>
    public static PublicationBody Of(PublicationRow? row, long fromCommit) => row is null
        ? new PublicationBody(PublicationStates.Pending, null, null, null, null, null, [], null)
        : new PublicationBody(
            row.State is PublicationStates.Failed || row.CommitId >= fromCommit ? row.State : PublicationStates.Pending,
            row.Reason,
            row.Version,
            row.SnapshotId?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            row.SequenceNumber,
            row.CurrentSequenceNumber,
            row.LeftOut,
            row.UpdatedAt);
}

internal sealed record TablePublicationBody(string Namespace, string Name, PublicationBody Publication);

internal sealed record PublicationsBody(IReadOnlyList<TablePublicationBody> Publications);
