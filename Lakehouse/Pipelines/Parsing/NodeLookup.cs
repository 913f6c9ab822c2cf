using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Finds models, seeds and snapshots by name, as <c>ref</c> does.</summary>
internal sealed class NodeLookup
{
    readonly Dictionary<string, List<ManifestNode>> enabled = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<ManifestNode>> disabled = new(StringComparer.Ordinal);

    public NodeLookup(IEnumerable<ManifestNode> nodes, IEnumerable<ManifestNode> off)
    {
        foreach (var node in nodes.Where(IsRefable))
        {
            Add(enabled, node);
        }

        foreach (var node in off)
        {
            Add(disabled, node);
        }
    }

    static bool IsRefable(ManifestNode node) => node.ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot;

    static void Add(Dictionary<string, List<ManifestNode>> into, ManifestNode node)
    {
        if (node is ModelNode { Version: { } version } model)
        {
            Put($"{node.Name}.v{Text.Of(version)}");
            if (!model.IsLatestVersion)
            {
                return;
            }
        }

        Put(node.Name);

        void Put(string key)
        {
            if (!into.TryGetValue(key, out var list))
            {
                into[key] = list = [];
            }

            list.Add(node);
        }
    }

    static string Key(string name, object? version) => version is null ? name : $"{name}.v{Text.Of(version)}";

    /// <summary>The node of a name in a package; in any package when it is null.</summary>
    public ManifestNode? Find(string name, string? package, object? version = null) =>
        enabled.TryGetValue(Key(name, version), out var list) ? list.Find(n => package is null || n.PackageName == package) : null;

    /// <summary>Disabled nodes of a name.</summary>
    public IReadOnlyList<ManifestNode> FindDisabled(string name, string? package, object? version = null, ResourceType? type = null) =>
        disabled.TryGetValue(Key(name, version), out var list) ? [.. list.Where(n => (package is null || n.PackageName == package) && (type is null || n.ResourceType == type))] : [];

    /// <summary>What a reference means to a node of a package.</summary>
    public (ManifestNode? Node, bool Disabled) Resolve(NodeRef reference, string rootPackage, string fromPackage)
    {
        var search = PackagesToSearch(reference.Package, rootPackage, fromPackage);
        foreach (var package in search)
        {
            if (Find(reference.Name, package, reference.Version) is { } node)
            {
                return (node, false);
            }
        }

        return (null, search.Any(p => FindDisabled(reference.Name, p, reference.Version).Count > 0));
    }

    public static IReadOnlyList<string?> PackagesToSearch(string? given, string rootPackage, string fromPackage) =>
        given is not null ? [given] : rootPackage == fromPackage ? [rootPackage, null] : [rootPackage, fromPackage, null];
}
