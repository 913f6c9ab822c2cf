using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Execution;

/// <summary>
/// Tests as gates, which <c>build</c> makes of them: what comes after the tested nodes waits for the test, and is skipped when it fails. A test of several nodes holds up only what comes after all of
/// them. Unit tests are no gates of the graph: each is done right before its model.
/// </summary>
public static class TestEdges
{
    /// <summary>The graph of a manifest with tests as gates.</summary>
    /// <param name="manifest">The manifest.</param>
    public static ManifestGraph Of(Manifest manifest)
    {
        var graph = manifest.Graph;
        var gates = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        void Add(string before, string after) => (gates.TryGetValue(after, out var found) ? found : gates[after] = []).Add(before);
        foreach (var test in manifest.Nodes.Values.OfType<TestNode>())
        {
            var tested = graph.ParentsOf(test.UniqueId);
            foreach (var next in FirstAfterAll(manifest, tested))
            {
                Add(test.UniqueId, next);
            }
        }

        return new ManifestGraph(graph.Ids.Select(id => (id, (IReadOnlyList<string>)[.. graph.ParentsOf(id), .. gates.GetValueOrDefault(id) ?? []])));
    }

    /// <summary>The selected unit tests of each selected model, which are done right before it.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="selected">The selected nodes.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> UnitTestsByModel(Manifest manifest, IReadOnlySet<string> selected) => manifest.UnitTests.Keys
        .Where(selected.Contains)
        .SelectMany(test => manifest.Graph.ParentsOf(test).Where(selected.Contains).Select(model => (Model: model, Test: test)))
        .GroupBy(pair => pair.Model, pair => pair.Test, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.Order(StringComparer.Ordinal)], StringComparer.Ordinal);

    /// <summary>What comes after all of some nodes, and is no test: of these the first ones, as those behind them wait for them.</summary>
    static IEnumerable<string> FirstAfterAll(Manifest manifest, IReadOnlyList<string> nodes)
    {
        if (nodes.Count == 0)
        {
            return [];
        }

        HashSet<string>? after = null;
        foreach (var node in nodes)
        {
            var reached = Descendants(manifest, node);
            if (after is null)
            {
                after = reached;
            }
            else
            {
                after.IntersectWith(reached);
            }

            if (after.Count == 0)
            {
                return [];
            }
        }

        return after!.Where(id => !manifest.Graph.ParentsOf(id).Any(after!.Contains));
    }

    /// <summary>What is built after a node; exposures and the like wait for no test.</summary>
    static HashSet<string> Descendants(Manifest manifest, string node)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([node]);
        while (open.TryPop(out var next))
        {
            foreach (var child in manifest.Graph.ChildrenOf(next).Where(id => manifest.Nodes.TryGetValue(id, out var child) && child is not TestNode && found.Add(id)))
            {
                open.Push(child);
            }
        }

        return found;
    }
}
