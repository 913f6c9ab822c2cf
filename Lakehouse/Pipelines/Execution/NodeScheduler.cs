using System.Threading.Channels;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Execution;

/// <summary>How the nodes of a run are worked through.</summary>
public sealed record ScheduleOptions
{
    /// <summary>How many nodes are worked on at once.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether the first failure stops the run.</summary>
    public bool FailFast { get; init; }

    /// <summary>What makes those that come after a node be skipped.</summary>
    public IReadOnlySet<NodeStatus> Stops { get; init; } = new HashSet<NodeStatus> { NodeStatus.Error, NodeStatus.PartialSuccess, NodeStatus.Skipped };

    /// <summary>What is done right before a node, in its place in the line and not in one of its own; when it stops what comes after, the node is skipped.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Before { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}

/// <summary>A node that is not tried.</summary>
/// <param name="Cause">The node for whose sake; null when the run was stopped.</param>
/// <param name="Message">What is to be said of it; null for nothing.</param>
public sealed record SkipReason(string? Cause, string? Message);

/// <summary>
/// Works through the selected nodes of a graph, each after all that it depends on. Nodes stand in line in the order in which they became ready, those that became ready together by how deep they
/// stand and by id: with one thread the order is always the same.
/// </summary>
public sealed class NodeScheduler
{
    /// <summary>What dbt says of nodes that a failure elsewhere kept from being tried.</summary>
    public const string StoppedMessage = "Skipping due to fail_fast";

    readonly ManifestGraph whole;
    readonly ManifestGraph graph;
    readonly IReadOnlyDictionary<string, int> levels;
    readonly ScheduleOptions options;
    readonly Dictionary<string, int> waiting;
    readonly Dictionary<string, string> skipped = new(StringComparer.Ordinal);
    readonly Channel<string> ready = Channel.CreateUnbounded<string>();
    readonly List<NodeResult> results = [];
    readonly Lock gate = new();
    int left;
    int grace;
    bool stopped;

    /// <summary>Prepares the work.</summary>
    /// <param name="graph">Who depends on whom.</param>
    /// <param name="selected">The nodes to work through.</param>
    /// <param name="options">How.</param>
    public NodeScheduler(ManifestGraph graph, IReadOnlySet<string> selected, ScheduleOptions options)
    {
        var before = options.Before.Values.SelectMany(ids => ids).ToHashSet(StringComparer.Ordinal);
        (whole, this.graph, this.options) = (graph, graph.Subset(selected.Where(id => !before.Contains(id)).ToHashSet(StringComparer.Ordinal)), options);
        levels = this.graph.Levels();
        waiting = this.graph.Ids.ToDictionary(id => id, id => this.graph.ParentsOf(id).Count, StringComparer.Ordinal);
        left = waiting.Count;
        grace = options.Threads;
    }

    /// <summary>Works through the nodes.</summary>
    /// <param name="work">Does the work on a node, or says that it is skipped when there is a reason. Null when there is nothing to say of it (an ephemeral model).</param>
    /// <param name="cancellationToken">Stops the run: nodes that were not begun have no result.</param>
    /// <returns>The results in the order in which they came.</returns>
    public async Task<IReadOnlyList<NodeResult>> RunAsync(Func<string, SkipReason?, int, CancellationToken, Task<NodeResult?>> work, CancellationToken cancellationToken)
    {
        Enqueue(waiting.Where(w => w.Value == 0).Select(w => w.Key));
        if (left == 0)
        {
            ready.Writer.TryComplete();
        }

        await Task.WhenAll(Enumerable.Range(1, Math.Max(1, options.Threads)).Select(thread => WorkAsync(work, thread, cancellationToken)));
        return results;
    }

    async Task WorkAsync(Func<string, SkipReason?, int, CancellationToken, Task<NodeResult?>> work, int thread, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var id in ready.Reader.ReadAllAsync(cancellationToken))
            {
                foreach (var first in options.Before.GetValueOrDefault(id) ?? [])
                {
                    Note(first, await work(first, ReasonToSkip(id), thread, cancellationToken), id);
                }

                var result = await work(id, ReasonToSkip(id), thread, cancellationToken);
                Completed(id, result);
            }
        }
        catch
        {
            // The others need not wait for what will not come.
            ready.Writer.TryComplete();
            throw;
        }
    }

    SkipReason? ReasonToSkip(string id)
    {
        lock (gate)
        {
            // What stood next in line when the run was stopped is on its way already.
            return skipped.TryGetValue(id, out var cause) ? new SkipReason(cause, Message: null)
                : stopped && grace-- <= 0 ? new SkipReason(Cause: null, StoppedMessage)
                : null;
        }
    }

    void Completed(string id, NodeResult? result)
    {
        lock (gate)
        {
            Note(id, result);
            Enqueue(graph.ChildrenOf(id).Where(child => --waiting[child] == 0));
            if (--left == 0)
            {
                ready.Writer.TryComplete();
            }
        }
    }

    /// <summary>Takes a result, and notes whom it stops: what comes after it, and the node that it was done right before.</summary>
    void Note(string id, NodeResult? result, string? stops = null)
    {
        if (result is null)
        {
            return;
        }

        lock (gate)
        {
            results.Add(result);
            stopped |= options.FailFast && result.Status.IsFailure();
            if (options.Stops.Contains(result.Status) && result.Message != StoppedMessage)
            {
                if (stops is not null)
                {
                    skipped.TryAdd(stops, result.Cause ?? id);
                }

                Skip(id, result.Cause ?? id);
            }
        }
    }

    /// <summary>All that comes after a node, through nodes that were not selected too.</summary>
    void Skip(string id, string cause)
    {
        var open = new Stack<string>([id]);
        while (open.TryPop(out var next))
        {
            foreach (var child in whole.ChildrenOf(next).Where(child => skipped.TryAdd(child, cause)))
            {
                open.Push(child);
            }
        }
    }

    void Enqueue(IEnumerable<string> ids)
    {
        foreach (var id in ids.OrderBy(id => levels[id]).ThenBy(id => id, StringComparer.Ordinal))
        {
            ready.Writer.TryWrite(id);
        }
    }
}
