using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Artifacts;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Selection;

/// <summary>How <c>ls</c> shows nodes.</summary>
public enum ListOutput
{
    /// <summary>As a selector that finds them.</summary>
    Selector,

    /// <summary>By name.</summary>
    Name,

    /// <summary>By the file that defines them.</summary>
    Path,

    /// <summary>As JSON, one object for each.</summary>
    Json,
}

/// <summary>The lines of <c>ls</c>.</summary>
public static class NodeList
{
    static readonly string[] JsonKeys = ["alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name", "original_file_path", "unique_id"];

    /// <summary>The types that <c>ls</c> lists unless it is told otherwise.</summary>
    public static IReadOnlyList<ResourceType> DefaultTypes { get; } =
    [
        ResourceType.Model, ResourceType.Snapshot, ResourceType.Seed, ResourceType.Test, ResourceType.Source, ResourceType.Exposure, ResourceType.Metric, ResourceType.SavedQuery,
        ResourceType.SemanticModel, ResourceType.UnitTest,
    ];

    /// <summary>The types of a command's <c>--resource-type</c> and <c>--exclude-resource-type</c>.</summary>
    /// <param name="wanted">Words; none: the default types; <c>all</c>: all that can be listed.</param>
    /// <param name="excluded">Words to leave out.</param>
    /// <exception cref="PipelineException">A word names no type.</exception>
    public static IReadOnlySet<ResourceType> Types(IReadOnlyList<string> wanted, IReadOnlyList<string> excluded)
    {
        var types = new HashSet<ResourceType>();
        foreach (var word in wanted.Count == 0 ? ["default"] : wanted)
        {
            types.UnionWith(word switch { "default" => DefaultTypes, "all" => [.. DefaultTypes, ResourceType.Analysis], _ => [Type(word)] });
        }

        types.ExceptWith(excluded.Select(Type));
        return types;

        static ResourceType Type(string word) => ResourceTypes.TryParse(word, out var type) ? type : throw SelectionParser.Fail($"'{word}' is not a valid resource type");
    }

    /// <summary>The lines, ordered by unique id.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="selected">Ids that are selected.</param>
    /// <param name="types">Types to list.</param>
    /// <param name="output">How.</param>
    /// <param name="keys">Keys for JSON, with dots for nested ones; null for the usual ones.</param>
    public static IReadOnlyList<string> Lines(Manifest manifest, IReadOnlySet<string> selected, IReadOnlySet<ResourceType> types, ListOutput output = ListOutput.Selector, IReadOnlyList<string>? keys = null) =>
        [.. selected.Order(StringComparer.Ordinal).Select(manifest.Find).OfType<GraphNode>().Where(n => types.Contains(n.ResourceType)).Select(n => output switch
        {
            ListOutput.Name => n.SearchName,
            ListOutput.Path => n.OriginalFilePath,
            ListOutput.Json => Shown(n, keys),
            _ => Selector(n),
        })];

    static string Selector(GraphNode node) => node switch
    {
        SourceDefinition source => $"source:{source.PackageName}.{source.SourceName}.{source.Name}",
        Exposure => $"exposure:{node.PackageName}.{node.Name}",
        SemanticResource => $"{node.ResourceType.Word()}:{node.PackageName}.{node.Name}",
        UnitTestDefinition test => $"unit_test:{test.PackageName}.{test.SearchName}",
        _ => string.Join('.', node.Fqn),
    };

    static string Shown(GraphNode node, IReadOnlyList<string>? keys)
    {
        var entry = ManifestEntries.Of(node);
        var shown = new JinjaDict();
        if (keys is null)
        {
            foreach (var (key, value) in entry.Entries.Where(e => JsonKeys.Contains(e.Key)))
            {
                shown.Set(key, value);
            }

            return Json.Write(shown);
        }

        foreach (var key in keys)
        {
            object? found = entry;
            foreach (var part in key.Split('.'))
            {
                found = found is JinjaDict dict && dict.TryGet(part, out var inner) ? inner : null;
            }

            if (found is not null || (!key.Contains('.', StringComparison.Ordinal) && entry.Has(key)))
            {
                shown.Set(key, found);
            }
        }

        return Json.Write(shown);
    }
}
