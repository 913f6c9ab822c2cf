using System.Globalization;
using System.Text.Json;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Catalog.Lineage.Ingest;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>What is asked of the graph.</summary>
/// <param name="Upstream">Towards what the dataset is made of.</param>
/// <param name="Downstream">Towards what is made of it.</param>
/// <param name="Depth">Greatest number of steps.</param>
/// <param name="Column">Only this column; null = the dataset.</param>
/// <param name="WithColumns">Whether edges between columns are given too.</param>
/// <param name="Limit">Greatest number of datasets, and of edges for each of them.</param>
internal sealed record GraphQuestion(bool Upstream, bool Downstream, int Depth, string? Column, bool WithColumns, int Limit);

/// <summary>
/// Walks the graph from a dataset or one of its columns, a step at a time, one statement a step. What the caller may not describe ends the walk: neither it nor what lies behind it is told of.
/// </summary>
internal sealed class LineageGraph(LineageReads reads, IAccess access)
{
    /// <summary>Edges read for each dataset that may be shown.</summary>
    const int EdgesPerNode = 20;

    static readonly short[] DatasetEdges = [EdgeKinds.Dataset];
    static readonly short[] AllEdges = [EdgeKinds.Dataset, EdgeKinds.Direct, EdgeKinds.Indirect];

    /// <summary>The graph around a dataset; null when there is none that the caller may see.</summary>
    public async Task<LineageGraphBody?> WalkAsync(
        Caller caller, Func<LineageReads.Session, Task<List<StoredDataset>>> root, LineageMoment moment, GraphQuestion question, CancellationToken cancellationToken)
    {
        var rights = await access.RightsAsync(caller, cancellationToken);
        await using var session = await reads.OpenAsync(cancellationToken);
        var datasets = new DatasetGroups(session, rights, moment.Branch);
        var roots = await root(session);
        await datasets.AddAsync(roots.Select(r => r.Id), cancellationToken);
        if (roots.Select(r => datasets.Of(r.Id)).FirstOrDefault(d => d is not null) is not { } start)
        {
            return null;
        }

        var walk = new Walk(session, datasets, moment, question, start);
        foreach (var upstream in (bool[])[.. question.Upstream ? [true] : Array.Empty<bool>(), .. question.Downstream ? [false] : Array.Empty<bool>()])
        {
            await (question.Column is null ? walk.DatasetsAsync(upstream, cancellationToken) : walk.ColumnsAsync(upstream, question.Column, cancellationToken));
        }

        return await walk.BodyAsync(cancellationToken);
    }

    sealed class Walk(LineageReads.Session session, DatasetGroups datasets, LineageMoment moment, GraphQuestion question, StoredDataset start)
    {
        readonly Dictionary<long, (StoredDataset Dataset, int Distance)> nodes = new() { [start.Id] = (start, 0) };
        readonly Dictionary<(long From, long To, long Job), FoundEdge> edges = [];
        readonly Dictionary<(long From, string FromColumn, long To, string? ToColumn), FoundEdge> columns = [];
        readonly HashSet<(long Dataset, string? Column, string Reason)> untraced = [];
        bool truncated;

        int EdgeLimit => question.Limit * EdgesPerNode;

        public async Task DatasetsAsync(bool upstream, CancellationToken cancellationToken)
        {
            HashSet<long> frontier = [start.Id];
            var visited = new HashSet<long>(frontier);
            for (var step = 1; step <= question.Depth && frontier.Count > 0 && !truncated; step++)
            {
                var found = await session.StepAsync(upstream, frontier, moment, EdgeLimit, question.WithColumns ? AllEdges : DatasetEdges, cancellationToken);
                truncated |= found.Count >= EdgeLimit;
                frontier = [];
                await TakeAsync(found, upstream ? -step : step, upstream, (id, _) =>
                {
                    if (visited.Add(id))
                    {
                        frontier.Add(id);
                    }
                }, cancellationToken);
            }
        }

        public async Task ColumnsAsync(bool upstream, string column, CancellationToken cancellationToken)
        {
            HashSet<(long, string)> frontier = [(start.Id, column)];
            var visited = new HashSet<(long, string)>(frontier);
            for (var step = 1; step <= question.Depth && frontier.Count > 0 && !truncated; step++)
            {
                var found = await session.StepColumnsAsync(upstream, frontier, moment, EdgeLimit, cancellationToken);
                truncated |= found.Count >= EdgeLimit;
                frontier = [];
                await TakeAsync(found, upstream ? -step : step, upstream, (id, edge) =>
                {
                    // What only decides which rows there are is shown, and not followed: everything would lead to everything.
                    if (edge.Kind == EdgeKinds.Direct && (upstream ? edge.SourceColumn : edge.TargetColumn) is { } next && visited.Add((id, next)))
                    {
                        frontier.Add((id, next));
                    }
                }, cancellationToken);
            }
        }

        async Task TakeAsync(List<FoundEdge> found, int distance, bool upstream, Action<long, FoundEdge> reached, CancellationToken cancellationToken)
        {
            await datasets.AddAsync(found.SelectMany(e => (long[])[e.Source, e.Target]), cancellationToken);
            foreach (var edge in found)
            {
                if (datasets.Of(edge.Source) is not { } source || datasets.Of(edge.Target) is not { } target)
                {
                    continue;
                }

                var next = upstream ? source : target;
                if (!nodes.ContainsKey(next.Id) && nodes.Count >= question.Limit)
                {
                    truncated = true;
                    continue;
                }

                nodes.TryAdd(next.Id, (next, distance));
                if (edge.Untraced is { } reason)
                {
                    untraced.Add((target.Id, edge.TargetColumn, reason));
                }

                if (edge.Kind != EdgeKinds.Dataset)
                {
                    columns.TryAdd((source.Id, edge.SourceColumn!, target.Id, edge.TargetColumn), edge);
                }

                var key = (source.Id, target.Id, edge.JobId);
                if (!edges.TryGetValue(key, out var known) || known.At < edge.At)
                {
                    edges[key] = edge;
                }

                reached(next.Id, edge);
            }
        }

        public async Task<LineageGraphBody> BodyAsync(CancellationToken cancellationToken)
        {
            var jobs = await session.JobsAsync(edges.Keys.Select(e => e.Job).Distinct().ToList(), cancellationToken);
            return new LineageGraphBody(
                Id(start.Id),
                question.Column,
                moment.Branch,
                (question.Upstream, question.Downstream) switch { (true, true) => "both", (true, _) => "upstream", _ => "downstream" },
                question.Depth,
                [.. nodes.Values.OrderBy(n => Math.Abs(n.Distance)).ThenBy(n => n.Distance).ThenBy(n => n.Dataset.Id).Select(n => NodeOf(n.Dataset, n.Distance))],
                [.. edges.Select(e => new LineageEdgeBody(
                    Id(e.Key.From), Id(e.Key.To), JobOf(jobs.GetValueOrDefault(e.Key.Job)), e.Value.RunId, e.Value.At, e.Value.Branch, e.Value.CommitId, e.Value.SnapshotId is { } s ? Id(s) : null, e.Value.Version,
                    e.Value.Rows))],
                [.. columns.Select(c => new LineageColumnBody(
                    Id(c.Key.From), c.Key.FromColumn, Id(c.Key.To), c.Key.ToColumn, c.Value.Kind == EdgeKinds.Direct,
                    c.Value.Transformations is { } t ? JsonSerializer.Deserialize<JsonElement>(t) : null))],
                [.. untraced.OrderBy(u => u.Dataset).ThenBy(u => u.Column, StringComparer.Ordinal).Select(u => new LineageUntracedBody(Id(u.Dataset), u.Column, u.Reason))],
                truncated);
        }
    }

    public static LineageNodeBody NodeOf(StoredDataset dataset, int distance) => new(Id(dataset.Id), dataset.Key.Namespace, dataset.Key.Name, TableOf(dataset), distance);

    public static LineageTableBody? TableOf(StoredDataset dataset) => dataset.Table is { } table ? new LineageTableBody(table.Namespace.Dotted, table.Name) : null;

    /// <summary>What datasets say of themselves has no job.</summary>
    static LineageJobBody? JobOf(JobKey job) => string.IsNullOrEmpty(job.Name) ? null : new LineageJobBody(job.Namespace, job.Name);

    static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);
}
