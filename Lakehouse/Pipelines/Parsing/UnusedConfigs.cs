using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Finds paths in the config trees of <c>dbt_project.yml</c> that no resource stands below: mostly folders that were renamed.</summary>
internal static class UnusedConfigs
{
    public static void Warn(ParseSession session, IEnumerable<GraphNode> enabled, IEnumerable<GraphNode> disabled)
    {
        var off = disabled.Select(n => n.Fqn).ToArray();
        var bySection = enabled.ToLookup(n => ConfigBuilder.SectionOf(n.ResourceType), n => n.Fqn, StringComparer.Ordinal);
        var unused = session.Root.Configs.SelectMany(section => Paths(section.Value, []).Distinct(PathComparer.Instance)
            .Where(path => !bySection[section.Key].Concat(off).Any(fqn => fqn.Count >= path.Count && fqn.Take(path.Count).SequenceEqual(path, StringComparer.Ordinal)))
            .Select(path => string.Join('.', path.Prepend(section.Key)))).ToArray();
        if (unused.Length > 0)
        {
            session.Warn(
                "UnusedResourceConfigPath",
                $"[WARNING]: Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\nThere are {unused.Length} unused configuration paths:\n{string.Join('\n', unused.Select(u => $"- {u}"))}",
                "dbt_project.yml");
        }
    }

    static IEnumerable<IReadOnlyList<string>> Paths(JinjaDict tree, IReadOnlyList<string> path)
    {
        foreach (var (key, value) in tree.Entries)
        {
            var name = Text.Of(key);
            foreach (var found in value is JinjaDict inner && !name.StartsWith('+') ? Paths(inner, [.. path, name]) : [path])
            {
                yield return found;
            }
        }
    }

    sealed class PathComparer : IEqualityComparer<IReadOnlyList<string>>
    {
        public static PathComparer Instance { get; } = new();

        public bool Equals(IReadOnlyList<string>? x, IReadOnlyList<string>? y) => x is not null && y is not null && x.SequenceEqual(y, StringComparer.Ordinal);

        public int GetHashCode(IReadOnlyList<string> path) => path.Aggregate(17, (hash, part) => HashCode.Combine(hash, string.GetHashCode(part, StringComparison.Ordinal)));
    }
}
