using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>A macro, a generic test or a materialization, defined in a file of macros.</summary>
public sealed record MacroDefinition
{
    /// <summary>Its id: <c>macro.package.name</c>.</summary>
    public required string UniqueId { get; init; }

    /// <summary>Its name; tests begin with <c>test_</c>, materializations are <c>materialization_name_adapter</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The package that defines it.</summary>
    public required string PackageName { get; init; }

    /// <summary>Path of its file, relative to the project's folder.</summary>
    public required string OriginalFilePath { get; init; }

    /// <summary>Text of the macro with its tags.</summary>
    public required string Sql { get; init; }

    /// <summary>Line in the file where it starts.</summary>
    public required int Line { get; init; }

    /// <summary>Macros that it calls, by unique id.</summary>
    public IReadOnlyList<string> DependsOnMacros { get; init; } = [];

    /// <summary>Description; empty without one.</summary>
    public string Description { get; init; } = "";

    /// <summary>Free facts.</summary>
    public JinjaDict Meta { get; init; } = new();

    /// <summary>How documentation shows it.</summary>
    public NodeDocs Docs { get; init; } = new();

    /// <summary>Described arguments.</summary>
    public IReadOnlyList<MacroArgument> Arguments { get; init; } = [];

    /// <summary>The YAML file that describes it, as <c>package://path</c>; null without one.</summary>
    public string? PatchPath { get; init; }
}

/// <summary>A described argument of a macro.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as written; null without one.</param>
/// <param name="Description">Description; empty without one.</param>
public sealed record MacroArgument(string Name, string? Type, string Description);

/// <summary>A block of documentation.</summary>
/// <param name="UniqueId">Its id: <c>doc.package.name</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="PackageName">The package that defines it.</param>
/// <param name="Path">Path below the resource folder.</param>
/// <param name="OriginalFilePath">Its file.</param>
/// <param name="Contents">Its text.</param>
public sealed record DocBlock(string UniqueId, string Name, string PackageName, string Path, string OriginalFilePath, string Contents);
