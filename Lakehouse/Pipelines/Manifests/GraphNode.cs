using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>A resource that stands in the graph of a project.</summary>
public abstract record GraphNode
{
    /// <summary>What it is.</summary>
    public abstract ResourceType ResourceType { get; }

    /// <summary>Its id: type, package and name with dots between, and what else makes it unique.</summary>
    public required string UniqueId { get; init; }

    /// <summary>Its name within its package.</summary>
    public required string Name { get; init; }

    /// <summary>The project or package that defines it.</summary>
    public required string PackageName { get; init; }

    /// <summary>Path below its resource folder, with slashes; that of the generated file for generic tests.</summary>
    public required string Path { get; init; }

    /// <summary>Path of the file that defines it, relative to its project's folder, with slashes.</summary>
    public required string OriginalFilePath { get; init; }

    /// <summary>Package, folders and name: what selectors and config trees go by.</summary>
    public required IReadOnlyList<string> Fqn { get; init; }

    /// <summary>Its config, complete.</summary>
    public NodeConfig Config { get; init; } = NodeConfig.Empty;

    /// <summary>The config as it is written, before templates in it are rendered; for comparing states.</summary>
    public JinjaDict UnrenderedConfig { get; init; } = new();

    /// <summary>Tags, each once, in the order in which they came.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Free facts.</summary>
    public JinjaDict Meta { get; init; } = new();

    /// <summary>Description, with doc blocks filled in; empty without one.</summary>
    public string Description { get; init; } = "";

    /// <summary>Doc blocks that the description uses.</summary>
    public IReadOnlyList<string> DocBlocks { get; init; } = [];

    /// <summary>The YAML file that describes it, as <c>package://path</c>; null without one.</summary>
    public string? PatchPath { get; init; }

    /// <summary>Nodes that it depends on, by unique id, in order of first use.</summary>
    public IReadOnlyList<string> DependsOnNodes { get; init; } = [];

    /// <summary>Macros that it calls itself, by unique id.</summary>
    public IReadOnlyList<string> DependsOnMacros { get; init; } = [];

    /// <summary>References to other nodes as they are written.</summary>
    public IReadOnlyList<NodeRef> Refs { get; init; } = [];

    /// <summary>References to sources as they are written.</summary>
    public IReadOnlyList<SourceRef> Sources { get; init; } = [];

    /// <summary>Name as <c>ls --output name</c> shows it: with the version of a versioned model.</summary>
    public virtual string SearchName => Name;

    /// <summary>Whether it takes part.</summary>
    public bool Enabled => Config.Enabled;
}

/// <summary>A call of <c>ref</c>.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Package">Its package; null when any will do.</param>
/// <param name="Version">Its version (text or number); null for the latest.</param>
/// <param name="File">File with the call.</param>
/// <param name="Line">Line in it; 0 when unknown.</param>
public sealed record NodeRef(string Name, string? Package = null, object? Version = null, string? File = null, int Line = 0)
{
    /// <summary>Whether both name the same node.</summary>
    public bool Same(NodeRef other) => Name == other.Name && Package == other.Package && Equals(Version, other.Version);
}

/// <summary>A call of <c>source</c>.</summary>
/// <param name="SourceName">Name of the source.</param>
/// <param name="Table">Name of its table.</param>
/// <param name="File">File with the call.</param>
/// <param name="Line">Line in it; 0 when unknown.</param>
public sealed record SourceRef(string SourceName, string Table, string? File = null, int Line = 0);

/// <summary>Hash of a file's content.</summary>
/// <param name="Name">Kind: <c>sha256</c>, <c>path</c> for seeds over 1 MiB, <c>none</c> for what has no file.</param>
/// <param name="Value">The hash in hexadecimal digits, or the path.</param>
public sealed record FileChecksum(string Name, string Value)
{
    /// <summary>What has no file of its own.</summary>
    public static FileChecksum None { get; } = new("none", "");
}
