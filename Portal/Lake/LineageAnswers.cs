using System.Text.Json;

namespace LakeAspire.Portal.Lake;

// What the catalog's /api/lineage answers.

public sealed record LineageNode(string Id, string Namespace, string Name, TableName? Table, int Distance);

public sealed record LineageJob(string Namespace, string Name);

public sealed record LineageEdge(
    string From, string To, LineageJob? Job, Guid? RunId, DateTimeOffset At, string Branch, long? CommitId, string? SnapshotId, string? Version, long? Rows);

public sealed record LineageColumn(string From, string FromColumn, string To, string? ToColumn, bool Direct, JsonElement? Transformations);

public sealed record LineageUntraced(string Dataset, string? Column, string Reason);

public sealed record LineageGraph(
    string Root, IReadOnlyList<LineageNode> Nodes, IReadOnlyList<LineageEdge> Edges, IReadOnlyList<LineageColumn> Columns, IReadOnlyList<LineageUntraced> Untraced, bool Truncated);
