using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary>What one rendering of a model sees and leaves behind.</summary>
internal sealed class ModelState
{
    public required ModelFile File { get; init; }

    /// <summary>False while dependencies and config are found, true when the SQL to run is made.</summary>
    public required bool Execute { get; init; }

    /// <summary>Config, complete when <see cref="Execute"/>; what <c>config()</c> adds comes in by <see cref="ModelConfig.Merge"/>.</summary>
    public required JinjaDict Config { get; init; }

    public string Description { get; init; } = "";

    public IReadOnlyList<ColumnProperties> Columns { get; init; } = [];

    public string Namespace { get; set; } = "";

    public string Alias { get; set; } = "";

    public List<Reference> References { get; } = [];

    public List<SourceReference> Sources { get; } = [];

    /// <summary>Gives the relation of a model or of a source; used when <see cref="Execute"/>.</summary>
    public Func<Reference, Relation>? ResolveReference { get; init; }

    public Func<SourceReference, Relation>? ResolveSource { get; init; }

    public Relation This => new(PipelineTarget.Database, Namespace, Alias);

    public static string UniqueIdOf(PipelineProject project, string model) => $"model.{project.Name}.{model}";

    /// <summary>What templates see as <c>model</c> and <c>node</c>.</summary>
    public JinjaDict ToDict(PipelineProject project) => Describe(project, File, Config, Namespace, Alias, Description, Columns);

    public static JinjaDict Describe(PipelineProject project, ModelFile file, JinjaDict config, string @namespace, string alias, string description, IReadOnlyList<ColumnProperties> columns) =>
        new(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["database"] = PipelineTarget.Database,
            ["schema"] = @namespace,
            ["name"] = file.Name,
            ["alias"] = alias,
            ["resource_type"] = "model",
            ["package_name"] = project.Name,
            ["path"] = string.Join('/', [.. file.Folders, Path.GetFileName(file.Path)]),
            ["original_file_path"] = file.Path,
            ["unique_id"] = UniqueIdOf(project, file.Name),
            ["fqn"] = new JinjaList([project.Name, .. file.Folders, file.Name]),
            ["config"] = config,
            ["tags"] = config.TryGet("tags", out var tags) ? tags : new JinjaList([]),
            ["meta"] = config.TryGet("meta", out var meta) ? meta : new JinjaDict(),
            ["description"] = description,
            ["columns"] = new JinjaDict(columns.Select(c => KeyValuePair.Create(c.Name, (object?)new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["name"] = c.Name,
                ["description"] = c.Description,
            })))),
            ["raw_code"] = file.RawSql,
        });
}
