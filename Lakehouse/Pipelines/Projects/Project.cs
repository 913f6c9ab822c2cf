using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Projects;

/// <summary>A dbt project's <c>dbt_project.yml</c>, rendered: the root project's, or a package's.</summary>
public sealed record Project
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute path of the project's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Version; null without one.</summary>
    public string? Version { get; init; }

    /// <summary>Name of the profile; null without one, as in packages.</summary>
    public string? Profile { get; init; }

    /// <summary>Folders of models, relative to the project's.</summary>
    public required IReadOnlyList<string> ModelPaths { get; init; }

    /// <summary>Folders of seeds.</summary>
    public required IReadOnlyList<string> SeedPaths { get; init; }

    /// <summary>Folders of snapshots.</summary>
    public required IReadOnlyList<string> SnapshotPaths { get; init; }

    /// <summary>Folders of singular tests; generic tests are in <c>generic</c> below them, fixtures in <c>fixtures</c>.</summary>
    public required IReadOnlyList<string> TestPaths { get; init; }

    /// <summary>Folders of analyses.</summary>
    public required IReadOnlyList<string> AnalysisPaths { get; init; }

    /// <summary>Folders of macros.</summary>
    public required IReadOnlyList<string> MacroPaths { get; init; }

    /// <summary>Folders of doc blocks; empty: those of all resources.</summary>
    public required IReadOnlyList<string> DocsPaths { get; init; }

    /// <summary>Folder of compiled SQL and artifacts.</summary>
    public required string TargetPath { get; init; }

    /// <summary>Folder of installed packages.</summary>
    public required string PackagesInstallPath { get; init; }

    /// <summary>Variables as written: plain ones, and mappings by package.</summary>
    public required JinjaDict Vars { get; init; }

    /// <summary>The config trees by section (<c>models</c>, <c>seeds</c>, <c>snapshots</c>, <c>sources</c>, <c>data_tests</c>, <c>unit_tests</c>, <c>exposures</c>, …), rendered.</summary>
    public required IReadOnlyDictionary<string, JinjaDict> Configs { get; init; }

    /// <summary>The config trees as written.</summary>
    public required IReadOnlyDictionary<string, JinjaDict> UnrenderedConfigs { get; init; }

    /// <summary>Where dispatch looks for macros, by the namespace that asks.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Dispatch { get; init; }

    /// <summary>SQL that runs when a run starts, not rendered.</summary>
    public required IReadOnlyList<string> OnRunStart { get; init; }

    /// <summary>SQL that runs when a run ends, not rendered.</summary>
    public required IReadOnlyList<string> OnRunEnd { get; init; }

    /// <summary>Which parts of names are quoted (<c>database</c>, <c>schema</c>, <c>identifier</c>).</summary>
    public required JinjaDict Quoting { get; init; }

    /// <summary>Settings of <c>flags:</c>, as written.</summary>
    public required JinjaDict Flags { get; init; }

    /// <summary>Text or mapping of <c>query-comment</c>; null without one.</summary>
    public object? QueryComment { get; init; }

    /// <summary>Whether other projects may refer to public models alone.</summary>
    public bool RestrictAccess { get; init; }

    /// <summary>Versions of dbt that the project wants, as written.</summary>
    public IReadOnlyList<string> RequireDbtVersion { get; init; } = [];

    /// <summary>The whole file as a value of templates, not rendered.</summary>
    public required JinjaDict Raw { get; init; }
}
