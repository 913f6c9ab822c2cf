using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary>What the templates of a model see: dbt's context, as far as it has a meaning here.</summary>
internal static class ModelContext
{
    /// <summary>The context of one rendering of a model.</summary>
    public static NodeContext Build(PipelineProject project, Invocation invocation, ModelState state) => new(invocation, new RenderedNode
    {
        Package = project.Name,
        Name = state.File.Name,
        UniqueId = ModelState.UniqueIdOf(project, state.File.Name),
        Execute = state.Execute,
        Model = () => state.ToDict(project),
        Config = new ConfigObject(project, state),
        This = state.This,
        Ref = call => Refer(state, call),
        Source = call => ReadSource(state, call),
        Var = new VarFunction(project, state.File.Name, state.Execute),
        Schema = state.Namespace,
    });

    /// <summary>What YAML files may use too.</summary>
    public static Dictionary<string, object?> Base(PipelineProject project, PipelineTarget target, string nodeName, bool execute) => new(StringComparer.Ordinal)
    {
        ["project_name"] = project.Name,
        ["database"] = PipelineTarget.Database,
        ["schema"] = target.Schema,
        ["target"] = new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = target.Name,
            ["schema"] = target.Schema,
            ["database"] = PipelineTarget.Database,
            ["dbname"] = PipelineTarget.Database,
            ["type"] = "duckdb",
            ["threads"] = (long)target.Threads,
            ["profile_name"] = project.Profile,
            ["target_name"] = target.Name,
        }),
        ["var"] = new VarFunction(project, nodeName, execute),
        ["env_var"] = new JinjaFunction("env_var", call => ContextFunctions.EnvironmentVariable(target.Environment, call)),
    };

    static Relation Refer(ModelState state, JinjaCall call)
    {
        if (call.Named.FirstOrDefault(n => n.Key is "v" or "version") is { Key: not null } version)
        {
            throw JinjaException.Value($"versions of models are not supported: ref(…, {version.Key}=…)");
        }

        var reference = call.Positional switch
        {
            [var name] => new Reference(Text.Of(name), null, call.Template ?? "", call.Line),
            [var package, var name] => new Reference(Text.Of(name), Text.Of(package), call.Template ?? "", call.Line),
            [] => throw JinjaException.Value("ref() takes at least one argument (0 given)"),
            _ => throw JinjaException.Value($"ref() takes at most two arguments ({call.Positional.Count} given)"),
        };
        if (!state.References.Exists(r => r.Name == reference.Name && r.Package == reference.Package))
        {
            state.References.Add(reference);
        }

        // The first rendering is for the call alone; dbt too gives the model itself then.
        return state.ResolveReference?.Invoke(reference) ?? state.This;
    }

    static Relation ReadSource(ModelState state, JinjaCall call)
    {
        if (call.Positional.Count != 2)
        {
            throw JinjaException.Value($"source() takes exactly two arguments ({call.Positional.Count} given)");
        }

        var reference = new SourceReference(call.RequireText(0, "source_name"), call.RequireText(1, "table_name"), call.Template ?? "", call.Line);
        if (!state.Sources.Exists(s => s.SourceName == reference.SourceName && s.Name == reference.Name))
        {
            state.Sources.Add(reference);
        }

        return state.ResolveSource?.Invoke(reference) ?? state.This;
    }
}
