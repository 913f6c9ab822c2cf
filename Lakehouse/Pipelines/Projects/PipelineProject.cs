using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Projects;

/// <summary>The files of a dbt project as they are, before any template has been rendered.</summary>
public sealed record PipelineProject
{
    /// <summary>Name, from <c>dbt_project.yml</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version, from <c>dbt_project.yml</c>; null when it has none.</summary>
    public string? Version { get; init; }

    /// <summary>Profile, from <c>dbt_project.yml</c>; the project's name when it names none.</summary>
    public required string Profile { get; init; }

    /// <summary>Absolute path of the project's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The variables, as values of templates.</summary>
    public required JinjaDict Vars { get; init; }

    /// <summary>The tree below <c>models:</c>, as values of templates.</summary>
    public required JinjaDict ModelConfig { get; init; }

    /// <summary>The SQL files of models, ordered by path.</summary>
    public required IReadOnlyList<ModelFile> Models { get; init; }

    /// <summary>Files with macros, ordered by path.</summary>
    public required IReadOnlyList<ProjectFile> Macros { get; init; }

    /// <summary>What YAML files say of models, by model name.</summary>
    public required IReadOnlyDictionary<string, ModelProperties> Properties { get; init; }

    /// <summary>The declared source tables.</summary>
    public required IReadOnlyList<SourceTable> Sources { get; init; }

    /// <summary>Hash over all files that a run depends on: equal hashes mean the same project.</summary>
    public required string Hash { get; init; }

    /// <summary>What the project asks for and does not get, each with file and line: to be logged.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}

/// <summary>A text file of a project.</summary>
/// <param name="Path">Path relative to the project's folder, with slashes.</param>
/// <param name="Text">Its text.</param>
public sealed record ProjectFile(string Path, string Text);

/// <summary>The SQL file of a model.</summary>
/// <param name="Name">Name of the model: the file's name.</param>
/// <param name="Path">Path relative to the project's folder, with slashes.</param>
/// <param name="Folders">Folders below the model path: where the config tree applies.</param>
/// <param name="RawSql">Text, with line feeds, without white space at both ends.</param>
public sealed record ModelFile(string Name, string Path, IReadOnlyList<string> Folders, string RawSql);

/// <summary>What a YAML file says of a model.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Description">Description; empty without one.</param>
/// <param name="Columns">Described columns in order.</param>
/// <param name="Config">Its config, as values of templates.</param>
/// <param name="Path">The YAML file.</param>
/// <param name="Line">Line in it.</param>
public sealed record ModelProperties(string Name, string Description, IReadOnlyList<ColumnProperties> Columns, JinjaDict Config, string Path, int Line);

/// <summary>What a YAML file says of a column.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Description">Description; empty without one.</param>
public sealed record ColumnProperties(string Name, string Description);

/// <summary>A table that is not made by the project.</summary>
/// <param name="SourceName">Name of the source: the first argument of <c>source()</c>.</param>
/// <param name="Name">Name of the table: the second argument of <c>source()</c>.</param>
/// <param name="Namespace">The catalog's namespace in which it is.</param>
/// <param name="Identifier">Its name in the catalog.</param>
/// <param name="Description">Description; empty without one.</param>
/// <param name="Path">The YAML file.</param>
/// <param name="Line">Line in it.</param>
public sealed record SourceTable(string SourceName, string Name, string Namespace, string Identifier, string Description, string Path, int Line);
