using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>Renders a project's models: once to find config and dependencies, once more to get the SQL to run. Thread-safe once <see cref="Parse()"/> is done.</summary>
public sealed class ProjectCompiler
{
    const string MacroPrefix = "dbt_macro__";

    readonly JinjaEnvironment parsing = Environment(chainUndefined: true);
    readonly JinjaEnvironment running = Environment(chainUndefined: false);
    readonly PipelineTarget target;
    readonly ProjectMacros macros;
    readonly Action<string>? log;
    IReadOnlyDictionary<string, ParsedModel> models = new Dictionary<string, ParsedModel>(StringComparer.Ordinal);

    /// <summary>A compiler for a project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="target">Where models are built.</param>
    /// <param name="log">Takes what templates <c>log()</c> in the second rendering.</param>
    /// <exception cref="PipelineException">A macro file is not valid.</exception>
    public ProjectCompiler(PipelineProject project, PipelineTarget target, Action<string>? log = null)
    {
        Project = project;
        this.target = target;
        this.log = log;
        macros = new ProjectMacros(project, running);
    }

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
            var template = parsing.Parse(file.Path, file.RawSql);
            var context = ModelContext.Build(Project, target, macros, state, log: null);
            template.Render(context);
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
                Namespace = Generate(context, "generate_schema_name", schema, node) ?? (schema is null ? target.Schema : $"{target.Schema}_{Text.Of(schema).Trim()}"),
                Alias = Generate(context, "generate_alias_name", alias, node) ?? (alias is null ? file.Name : Text.Of(alias).Trim()),
                Materialized = state.Config.TryGet("materialized", out var materialized) ? Text.Of(materialized) : "view",
                Description = state.Description,
                Columns = state.Columns,
                Config = state.Config,
                References = state.References,
                Sources = state.Sources,
                UniqueId = ModelState.UniqueIdOf(Project, file.Name),
                Template = running.Parse(file.Path, file.RawSql),
            };
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, file.Path);
        }
    }

    /// <summary>The project's own macro for a name, if it has one.</summary>
    string? Generate(Dictionary<string, object?> context, string macro, object? custom, JinjaDict node)
    {
        if (!macros.Names.Contains(macro))
        {
            return null;
        }

        var variables = new Dictionary<string, object?>(context, StringComparer.Ordinal) { ["__custom"] = custom, ["__node"] = node, ["__macro"] = context[macro] };
        return running.Parse(macro, "{{ __macro(__custom, __node) }}").Render(variables).Trim();
    }

    object? Rendered(object? value, Dictionary<string, object?> context) => value switch
    {
        string text when text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) => running.Parse("dbt_project.yml", text).Render(context),
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
            var context = ModelContext.Build(Project, target, macros, state, log);
            context["graph"] = ProjectGraph.Of(Project, models.Values);
            sql = model.Template.Render(context, cancellationToken);
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

    static JinjaEnvironment Environment(bool chainUndefined)
    {
        var environment = new JinjaEnvironment { ChainUndefined = chainUndefined, DbtTags = true, MacroPrefix = MacroPrefix };
        foreach (var name in new[] { "as_text", "as_bool", "as_native", "as_number" })
        {
            // In SQL they change nothing: what a template puts out is text.
            environment.AddFilter(name, (value, _) => value);
        }

        return environment;
    }
}
