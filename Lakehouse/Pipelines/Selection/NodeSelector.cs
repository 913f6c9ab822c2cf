using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Selection;

/// <summary>Selects nodes of a manifest.</summary>
public sealed class NodeSelector
{
    readonly Manifest manifest;
    readonly SelectionMethods methods;

    /// <summary>A selector for a manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="previous">What <c>state:</c>, <c>result:</c> and <c>source_status:</c> compare with; null without <c>--state</c>.</param>
    /// <param name="projectFolder">Folder of the root project, for patterns of paths.</param>
    public NodeSelector(Manifest manifest, PreviousState? previous = null, string? projectFolder = null)
    {
        this.manifest = manifest;
        methods = new SelectionMethods(manifest, previous, projectFolder);
    }

    /// <summary>The ids that are selected, and what to warn of.</summary>
    /// <exception cref="PipelineException">A criterion is not valid.</exception>
    public SelectionResult Select(SelectionSpec spec)
    {
        if (manifest.Graph.FindCycle() is { } cycle)
        {
            // dbt names the circle from the node that comes first in it, walking from parents to children.
            var path = cycle.Reverse().ToArray();
            throw new PipelineException(PipelineErrorKind.Cycle, $"Found a cycle: {string.Join(" --> ", path)}", manifest.Find(path[0])?.OriginalFilePath);
        }

        var warnings = new List<ProjectWarning>();
        var (direct, _) = Recurse(spec, warnings);
        return new SelectionResult(direct, warnings);
    }

    (HashSet<string> Direct, HashSet<string> Indirect) Recurse(SelectionSpec spec, List<ProjectWarning> warnings)
    {
        if (spec is SelectionCriteria criteria)
        {
            return Nodes(criteria);
        }

        var group = (SelectionGroup)spec;
        var parts = group.Parts.Select(p => Recurse(p, warnings)).ToArray();
        var indirect = Combine(group.Operator, [.. parts.Select(p => new HashSet<string>(p.Direct.Concat(p.Indirect), StringComparer.Ordinal))]);
        var direct = Incorporate(Combine(group.Operator, [.. parts.Select(p => p.Direct)]), indirect, group.Indirect);
        if (group.ExpectExists is { } raw && direct.Count == 0)
        {
            warnings.Add(new ProjectWarning("NoNodesForSelectionCriteria", $"The selection criterion '{raw}' does not match any enabled nodes"));
        }

        return (direct, indirect);
    }

    static HashSet<string> Combine(SelectionOperator op, IReadOnlyList<HashSet<string>> sets)
    {
        var combined = new HashSet<string>(sets.Count > 0 ? sets[0] : [], StringComparer.Ordinal);
        foreach (var set in sets.Skip(1))
        {
            switch (op)
            {
                case SelectionOperator.Union:
                    combined.UnionWith(set);
                    break;
                case SelectionOperator.Intersection:
                    combined.IntersectWith(set);
                    break;
                default:
                    combined.ExceptWith(set);
                    break;
            }
        }

        return combined;
    }

    (HashSet<string> Direct, HashSet<string> Indirect) Nodes(SelectionCriteria criteria)
    {
        var collected = methods.Search(criteria).ToHashSet(StringComparer.Ordinal);
        var selected = new HashSet<string>(collected, StringComparer.Ordinal);
        if (criteria.ChildrensParents)
        {
            var below = Walk(collected, manifest.Graph.ChildrenOf, null);
            below.UnionWith(collected);
            selected.UnionWith(below);
            selected.UnionWith(Walk(below, manifest.Graph.ParentsOf, null));
        }

        if (criteria.Parents)
        {
            selected.UnionWith(Walk(collected, manifest.Graph.ParentsOf, criteria.ParentsDepth));
        }

        if (criteria.Children)
        {
            selected.UnionWith(Walk(collected, manifest.Graph.ChildrenOf, criteria.ChildrenDepth));
        }

        return criteria.Indirect == IndirectSelection.Empty ? (selected, []) : Expand(selected, criteria.Indirect);
    }

    static HashSet<string> Walk(IReadOnlyCollection<string> from, Func<string, IReadOnlyList<string>> next, int? depth)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyCollection<string> layer = from;
        for (var i = 0; layer.Count > 0 && (depth is null || i < depth); i++)
        {
            layer = [.. layer.SelectMany(next).Where(reached.Add)];
        }

        return reached;
    }

    /// <summary>Tests come along with what they test.</summary>
    (HashSet<string> Direct, HashSet<string> Indirect) Expand(HashSet<string> selected, IndirectSelection indirect)
    {
        var direct = new HashSet<string>(selected, StringComparer.Ordinal);
        var later = new HashSet<string>(StringComparer.Ordinal);
        HashSet<string>? reachable = null;
        if (indirect == IndirectSelection.Buildable)
        {
            reachable = Walk(selected, manifest.Graph.ParentsOf, null);
            reachable.UnionWith(selected);
            reachable.UnionWith(manifest.Sources.Keys);
        }

        foreach (var id in selected.SelectMany(manifest.Graph.ChildrenOf).Distinct(StringComparer.Ordinal).Where(IsTest))
        {
            var parents = manifest.Find(id)!.DependsOnNodes;
            if (indirect == IndirectSelection.Eager || parents.All(selected.Contains) || (reachable is not null && parents.All(reachable.Contains)))
            {
                direct.Add(id);
            }
            else
            {
                later.Add(id);
            }
        }

        return (direct, later);
    }

    /// <summary>Tests that had to wait: perhaps the other parts of a group select their other parents.</summary>
    HashSet<string> Incorporate(HashSet<string> direct, HashSet<string> indirect, IndirectSelection mode)
    {
        if (direct.SetEquals(indirect) || mode is not (IndirectSelection.Cautious or IndirectSelection.Buildable))
        {
            return direct;
        }

        var selected = new HashSet<string>(direct, StringComparer.Ordinal);
        var known = new HashSet<string>(direct, StringComparer.Ordinal);
        if (mode == IndirectSelection.Buildable)
        {
            known.UnionWith(Walk(direct, manifest.Graph.ParentsOf, null));
        }

        foreach (var id in indirect.Where(manifest.Nodes.ContainsKey))
        {
            if (manifest.Nodes[id].DependsOnNodes.All(mode == IndirectSelection.Buildable ? known.Contains : selected.Contains))
            {
                selected.Add(id);
            }
        }

        return selected;
    }

    bool IsTest(string id) => manifest.UnitTests.ContainsKey(id) || (manifest.Nodes.TryGetValue(id, out var node) && node.ResourceType == ResourceType.Test);
}

/// <summary>What was selected.</summary>
/// <param name="Ids">Unique ids, of any type.</param>
/// <param name="Warnings">Criteria that match nothing.</param>
public sealed record SelectionResult(IReadOnlySet<string> Ids, IReadOnlyList<ProjectWarning> Warnings);
