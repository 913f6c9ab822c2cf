using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>Everything that a project and its packages define, parsed and resolved: dbt's manifest. Immutable.</summary>
public sealed record Manifest
{
    /// <summary>Name of the root project.</summary>
    public required string ProjectName { get; init; }

    /// <summary>Models, seeds, snapshots, tests, analyses and hooks of runs that are enabled, by unique id, in the order of parsing.</summary>
    public required IReadOnlyDictionary<string, ManifestNode> Nodes { get; init; }

    /// <summary>Enabled sources by unique id.</summary>
    public required IReadOnlyDictionary<string, SourceDefinition> Sources { get; init; }

    /// <summary>Enabled exposures by unique id.</summary>
    public required IReadOnlyDictionary<string, Exposure> Exposures { get; init; }

    /// <summary>Enabled unit tests by unique id.</summary>
    public required IReadOnlyDictionary<string, UnitTestDefinition> UnitTests { get; init; }

    /// <summary>Macros of the project, its packages and the engine by unique id.</summary>
    public required IReadOnlyDictionary<string, MacroDefinition> Macros { get; init; }

    /// <summary>Doc blocks by unique id.</summary>
    public required IReadOnlyDictionary<string, DocBlock> Docs { get; init; }

    /// <summary>Groups by unique id.</summary>
    public required IReadOnlyDictionary<string, NodeGroup> Groups { get; init; }

    /// <summary>Metrics, semantic models and saved queries by unique id: carried, not run.</summary>
    public IReadOnlyDictionary<string, SemanticResource> Semantics { get; init; } = new Dictionary<string, SemanticResource>(StringComparer.Ordinal);

    /// <summary>Disabled resources by unique id: one, unless several files define the same.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<GraphNode>> Disabled { get; init; }

    /// <summary>The saved selectors of the root project by name, as written.</summary>
    public IReadOnlyDictionary<string, JinjaDict> Selectors { get; init; } = new Dictionary<string, JinjaDict>(StringComparer.Ordinal);

    /// <summary>What dbt would warn of, in order.</summary>
    public IReadOnlyList<ProjectWarning> Warnings { get; init; } = [];

    /// <summary>Who depends on whom.</summary>
    public required ManifestGraph Graph { get; init; }

    /// <summary>A node, source, exposure, unit test or semantic resource that is enabled; null when there is none of that id.</summary>
    public GraphNode? Find(string uniqueId) =>
        Nodes.TryGetValue(uniqueId, out var node) ? node
        : Sources.TryGetValue(uniqueId, out var source) ? source
        : Exposures.TryGetValue(uniqueId, out var exposure) ? exposure
        : UnitTests.TryGetValue(uniqueId, out var test) ? test
        : Semantics.TryGetValue(uniqueId, out var semantic) ? semantic
        : null;

    /// <summary>Everything that stands in the graph.</summary>
    public IEnumerable<GraphNode> All => Nodes.Values.Cast<GraphNode>().Concat(Sources.Values).Concat(Exposures.Values).Concat(Semantics.Values).Concat(UnitTests.Values);
}

/// <summary>Something that a project should not do, and that does not stop it.</summary>
/// <param name="Event">dbt's name of the event, such as <c>NoNodeForYamlKey</c>.</param>
/// <param name="Message">What is wrong, in dbt's words.</param>
/// <param name="File">File, relative to the project's folder; null when it is about the project as a whole.</param>
/// <param name="Line">Line in it; 0 when unknown.</param>
public sealed record ProjectWarning(string Event, string Message, string? File = null, int Line = 0);
