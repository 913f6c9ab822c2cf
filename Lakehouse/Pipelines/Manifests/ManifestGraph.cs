namespace Lakehouse.Pipelines.Manifests;

/// <summary>Who depends on whom, by unique id: sources, nodes, exposures, unit tests and semantic resources that are enabled.</summary>
public sealed class ManifestGraph
{
    readonly Dictionary<string, IReadOnlyList<string>> parents;
    readonly Dictionary<string, List<string>> children;

    /// <summary>Makes the graph.</summary>
    /// <param name="nodes">Ids in order, each with those that it depends on; ids that are not among them are left out.</param>
    public ManifestGraph(IEnumerable<(string Id, IReadOnlyList<string> DependsOn)> nodes)
    {
        var all = nodes.ToArray();
        children = all.ToDictionary(n => n.Id, _ => new List<string>(), StringComparer.Ordinal);
        parents = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (id, dependsOn) in all)
        {
            parents[id] = [.. dependsOn.Where(children.ContainsKey).Distinct(StringComparer.Ordinal)];
            foreach (var parent in parents[id])
            {
                children[parent].Add(id);
            }
        }
    }

    /// <summary>All ids in order.</summary>
    public IEnumerable<string> Ids => children.Keys;

    /// <summary>What a node depends on.</summary>
    public IReadOnlyList<string> ParentsOf(string id) => parents.TryGetValue(id, out var found) ? found : [];

    /// <summary>What depends on a node.</summary>
    public IReadOnlyList<string> ChildrenOf(string id) => children.TryGetValue(id, out var found) ? found : [];

    /// <summary>Nodes that depend on each other in a circle, each on the one after it, the last on the first; null when there are none.</summary>
    public IReadOnlyList<string>? FindCycle()
    {
        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        var path = new List<string>();
        var open = new Stack<(string Id, int Next)>();
        foreach (var start in children.Keys.Where(id => !state.ContainsKey(id)))
        {
            Enter(start);
            while (open.Count > 0)
            {
                var (id, next) = open.Pop();
                if (next == parents[id].Count)
                {
                    state[id] = true;
                    path.RemoveAt(path.Count - 1);
                    continue;
                }

                open.Push((id, next + 1));
                var parent = parents[id][next];
                if (!state.TryGetValue(parent, out var done))
                {
                    Enter(parent);
                }
                else if (!done)
                {
                    return path[path.IndexOf(parent)..];
                }
            }
        }

        return null;

        void Enter(string id)
        {
            state[id] = false;
            path.Add(id);
            open.Push((id, 0));
        }
    }

    /// <summary>How deep each node stands: 0 without parents, else one more than its deepest parent. Nodes of a circle, and those behind it, are left out.</summary>
    public IReadOnlyDictionary<string, int> Levels()
    {
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        var waiting = parents.ToDictionary(p => p.Key, p => p.Value.Count, StringComparer.Ordinal);
        var ready = waiting.Where(w => w.Value == 0).Select(w => w.Key).ToList();
        for (var level = 0; ready.Count > 0; level++)
        {
            var next = new List<string>();
            foreach (var id in ready)
            {
                levels[id] = level;
                next.AddRange(children[id].Where(c => --waiting[c] == 0));
            }

            ready = next;
        }

        return levels;
    }

    /// <summary>The ids, each after all that it depends on, as dbt with one thread takes them: of those that are ready the one that stands highest, then by id.</summary>
    public IReadOnlyList<string> ExecutionOrder()
    {
        var levels = Levels();
        var waiting = parents.ToDictionary(p => p.Key, p => p.Value.Count, StringComparer.Ordinal);
        var ready = new PriorityQueue<string, (int Level, string Id)>(Comparer<(int Level, string Id)>.Create(
            (a, b) => a.Level != b.Level ? a.Level.CompareTo(b.Level) : string.CompareOrdinal(a.Id, b.Id)));
        foreach (var (id, _) in waiting.Where(w => w.Value == 0))
        {
            ready.Enqueue(id, (0, id));
        }

        var order = new List<string>(waiting.Count);
        while (ready.TryDequeue(out var next, out _))
        {
            order.Add(next);
            foreach (var child in children[next].Where(c => --waiting[c] == 0))
            {
                ready.Enqueue(child, (levels[child], child));
            }
        }

        return order;
    }

    /// <summary>The graph of some of the nodes: where those between two of them are left out, an edge takes their place.</summary>
    public ManifestGraph Subset(IReadOnlySet<string> selected)
    {
        // From the top down, so that what stands above a node that is left out is known when the node is reached.
        var reached = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (id, _) in Levels().OrderBy(l => l.Value))
        {
            reached[id] = [.. ParentsOf(id).SelectMany(p => selected.Contains(p) ? [p] : reached[p]).Distinct(StringComparer.Ordinal)];
        }

        return new ManifestGraph(Ids.Where(selected.Contains).Select(id => (id, reached[id])));
    }
}
