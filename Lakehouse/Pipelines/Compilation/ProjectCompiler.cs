using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>Renders a project's models: once to find config and dependencies, once more to get the SQL to run. Thread-safe once <see cref="Parse()"/> is done.</summary>
public sealed class ProjectCompiler
{
    readonly PipelineTarget target;
    readonly Invocation parsing;
    readonly Invocation running;
    IReadOnlyDictionary<string, ParsedModel> models = new Dictionary<string, ParsedModel>(StringComparer.Ordinal);

    /// <summary>A compiler for a project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="target">Where models are built.</param>
    /// <param name="log">Takes what templates <c>log()</c> in the second rendering.</param>
    /// <param name="adapter">Where queries of templates run; null when they may not.</param>
    /// <exception cref="PipelineException">A macro file is not valid.</exception>
    public ProjectCompiler(PipelineProject project, PipelineTarget target, Action<string>? log = null, IAdapter? adapter = null)
    {
        Project = project;
        this.target = target;
        var macros = ProjectMacros.Of(project);
        var shown = (JinjaDict)ModelContext.Base(project, target, project.Name, execute: true)["target"]!;
        parsing = new Invocation { Macros = macros, Target = shown, Environment = target.Environment, Flags = Flags(target) };
        running = new Invocation
        {
            Macros = macros,
            Target = shown,
            Environment = target.Environment,
            Flags = Flags(target),
            Adapter = adapter,
            Graph = () => ProjectGraph.Of(Project, models.Values),
            SelectedResources = [.. project.Models.Select(m => ModelState.UniqueIdOf(project, m.Name))],
            Messages = log is null ? null : message => log(message.Text),
        };
    }

    static JinjaDict Flags(PipelineTarget target) => new(new Dictionary<string, object?>(StringComparer.Ordinal) { ["FULL_REFRESH"] = false, ["STORE_FAILURES"] = false, ["WHICH"] = target.Command });

    /// <summary>The project.</summary>
    public PipelineProject Project { get; }

    /// <summary>The first rendering of all models; those with <c>enabled: false</c> are left out.</summary>
    /// <exception cref="PipelineException">A template fails.</exception>
    public IReadOnlyList<ParsedModel> Parse()
    {
        var parsed = Project.Models.Select(Parse).OfType<ParsedModel>().ToArray();
        models = parsed.ToDictionary(m => m.Name, StringComparer.Ordinal);
        return parsed;
    }

    ParsedModel? Parse(ModelFile file)
    {
        try
        {
            var yamlContext = ModelContext.Base(Project, target, file.Name, execute: true);
            var properties = Project.Properties.GetValueOrDefault(file.Name);
            var state = new ModelState
            {
                File = file,
                Execute = false,
                Config = ModelConfig.Of(Project, file, value => Rendered(value, yamlContext)),
                Description = properties?.Description ?? "",
                Columns = properties?.Columns ?? [],
                Namespace = target.Schema,
                Alias = file.Name,
            };
            var template = Templates.Running.Parse(file.Path, file.RawSql);
            var context = ModelContext.Build(Project, parsing, state);
            context.Render(template);
            if (state.Config.TryGet("enabled", out var enabled) && !Truth.Of(enabled))
            {
                return null;
            }

            var node = state.ToDict(Project);
            state.Config.TryGet("schema", out var schema);
            state.Config.TryGet("alias", out var alias);
            return new ParsedModel
            {
                Name = file.Name,
                File = file,
                Namespace = Generate(context, "generate_schema_name", schema, node),
                Alias = Generate(context, "generate_alias_name", alias, node),
                Materialized = state.Config.TryGet("materialized", out var materialized) ? Text.Of(materialized) : "view",
                Description = state.Description,
                Columns = state.Columns,
                Config = state.Config,
                References = state.References,
                Sources = state.Sources,
                UniqueId = ModelState.UniqueIdOf(Project, file.Name),
                Template = template,
            };
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, file.Path);
        }
    }

    /// <summary>A part of the name of a model's table, as dbt's macro or the project's own makes it.</summary>
    static string Generate(NodeContext context, string macro, object? custom, JinjaDict node) => Text.Of(context.Call(macro, custom, node)).Trim();

    object? Rendered(object? value, Dictionary<string, object?> context) => value switch
    {
        string text when text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) => Templates.Running.Parse("dbt_project.yml", text).Render(context),
        JinjaList list => new JinjaList([.. list.Items.Select(i => Rendered(i, context))]),
        JinjaDict dict => new JinjaDict(dict.Entries.Select(e => KeyValuePair.Create(Text.Of(e.Key), Rendered(e.Value, context)))),
        _ => value,
    };

    /// <summary>The SQL of a model: the second rendering, with the queries of ephemeral models it refers to in front.</summary>
    /// <exception cref="PipelineException">The template fails.</exception>
    public string Compile(ParsedModel model, CancellationToken cancellationToken = default)
    {
        var ephemerals = new List<(string Name, string Sql)>();
        var sql = Render(model, ephemerals, new HashSet<string>(StringComparer.Ordinal), cancellationToken);
        return CommonTableExpressions.Prepend(sql, ephemerals);
    }

    string Render(ParsedModel model, List<(string Name, string Sql)> ephemerals, HashSet<string> path, CancellationToken cancellationToken)
    {
        if (!path.Add(model.Name))
        {
            throw new PipelineException(PipelineErrorKind.Cycle, $"the ephemeral model '{model.Name}' refers to itself", model.File.Path);
        }

        var referred = new List<ParsedModel>();
        var state = new ModelState
        {
            File = model.File,
            Execute = true,
            Config = model.Config,
            Description = model.Description,
            Columns = model.Columns,
            Namespace = model.Namespace,
            Alias = model.Alias,
            ResolveReference = reference => Resolve(model, reference, referred),
            ResolveSource = Resolve,
        };
        string sql;
        try
        {
            sql = ModelContext.Build(Project, running, state).Render(model.Template);
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, model.File.Path);
        }

        foreach (var ephemeral in referred)
        {
            var cte = CommonTableExpressions.NameOf(ephemeral.Name);
            if (!ephemerals.Exists(e => e.Name == cte))
            {
                var inner = Render(ephemeral, ephemerals, path, cancellationToken);
                ephemerals.Add((cte, inner));
            }
        }

        path.Remove(model.Name);
        return sql;
    }

    Relation Resolve(ParsedModel model, Reference reference, List<ParsedModel> ephemerals)
    {
        if (!model.References.Any(r => r.Name == reference.Name && r.Package == reference.Package))
        {
            throw JinjaException.Value(
                $"dbt was unable to infer all dependencies for the model \"{model.Name}\".\nThis typically happens when ref() is placed within a conditional block.\n\n"
                + $"To fix this, add the following hint to the top of the model \"{model.Name}\":\n\n-- depends_on: {{{{ ref('{reference.Name}') }}}}");
        }

        var other = models.GetValueOrDefault(reference.Name) ?? throw JinjaException.Value($"the model '{reference.Name}' was not found");
        if (other.Materialized != "ephemeral")
        {
            return new Relation(PipelineTarget.Database, other.Namespace, other.Alias);
        }

        if (!ephemerals.Contains(other))
        {
            ephemerals.Add(other);
        }

        return new Relation(null, null, other.Name, CommonTableExpressions.NameOf(other.Name));
    }

    Relation Resolve(SourceReference reference)
    {
        var source = Project.Sources.FirstOrDefault(s => s.SourceName == reference.SourceName && s.Name == reference.Name)
            ?? throw JinjaException.Value($"the source '{reference.SourceName}.{reference.Name}' was not found");
        return new Relation(PipelineTarget.Database, source.Namespace, source.Identifier);
    }
}
