using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>A use of the project's tables outside of it.</summary>
public sealed record Exposure : GraphNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Exposure;

    /// <summary><c>dashboard</c>, <c>notebook</c>, <c>analysis</c>, <c>ml</c> or <c>application</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Who answers for it, as written.</summary>
    public required JinjaDict Owner { get; init; }

    /// <summary>Title; null without one.</summary>
    public string? Label { get; init; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>; null when it is not said.</summary>
    public string? Maturity { get; init; }

    /// <summary>Where it is; null when it is not said.</summary>
    public string? Url { get; init; }
}

/// <summary>A metric, semantic model or saved query: carried as it is written.</summary>
public sealed record SemanticResource(ResourceType Kind) : GraphNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => Kind;

    /// <summary>The whole entry of the YAML file.</summary>
    public required JinjaDict Definition { get; init; }

    /// <summary>Group; null without one.</summary>
    public string? Group { get; init; }
}

/// <summary>A group: who owns nodes together.</summary>
/// <param name="UniqueId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="PackageName">The package that defines it.</param>
/// <param name="Path">Path below the resource folder.</param>
/// <param name="OriginalFilePath">The YAML file.</param>
/// <param name="Owner">Who answers for it, as written.</param>
/// <param name="Description">Description; null without one.</param>
/// <param name="Config">Its config, as written.</param>
public sealed record NodeGroup(
    string UniqueId, string Name, string PackageName, string Path, string OriginalFilePath, JinjaDict Owner, string? Description, JinjaDict Config);
