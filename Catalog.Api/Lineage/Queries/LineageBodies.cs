using System.Text.Json;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>A dataset of an answer; the table's name when it is one of this lake.</summary>
internal sealed record LineageNodeBody(string Id, string Namespace, string Name, LineageTableBody? Table, int Distance);

internal sealed record LineageTableBody(string Namespace, string Name);

internal sealed record LineageJobBody(string Namespace, string Name);

/// <summary>One dataset made of another: by which job, and by which of its runs it was last made so.</summary>
internal sealed record LineageEdgeBody(
    string From, string To, LineageJobBody? Job, Guid? RunId, DateTimeOffset At, string Branch, long? CommitId, string? SnapshotId, string? Version, long? Rows);

/// <summary>One column made of another; without a <see cref="ToColumn"/> it decides which rows there are, or in which order.</summary>
internal sealed record LineageColumnBody(string From, string FromColumn, string To, string? ToColumn, bool Direct, JsonElement? Transformations);

/// <summary>A column, or all of a dataset's, of which it is not known what it is made of.</summary>
internal sealed record LineageUntracedBody(string Dataset, string? Column, string Reason);

internal sealed record LineageGraphBody(
    string Root,
    string? Column,
    string Branch,
    string Direction,
    int Depth,
    IReadOnlyList<LineageNodeBody> Nodes,
    IReadOnlyList<LineageEdgeBody> Edges,
    IReadOnlyList<LineageColumnBody> Columns,
    IReadOnlyList<LineageUntracedBody> Untraced,
    bool Truncated);

internal sealed record LineageRunDatasetBody(string Namespace, string Name, LineageTableBody? Table, string? Version, string? SnapshotId, long? Rows, long? Bytes, long? Files);

internal sealed record LineageRunBody(
    Guid Id,
    LineageJobBody Job,
    string Branch,
    string State,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    long? CommitId,
    Guid? ParentRunId,
    string? Error,
    IReadOnlyList<LineageRunDatasetBody> Inputs,
    IReadOnlyList<LineageRunDatasetBody> Outputs);

internal sealed record LineageRunsBody(IReadOnlyList<LineageRunBody> Runs);

/// <summary>How a version of a table came to be. Without a run nobody reported one, and the commit is all that is known.</summary>
internal sealed record LineageVersionBody(
    LineageTableBody Table, string? SnapshotId, long? CommitId, string? Branch, DateTimeOffset? At, string? Author, string? Message, LineageRunBody? Run);

internal sealed record LineageDatasetsBody(IReadOnlyList<LineageNodeBody> Datasets);
