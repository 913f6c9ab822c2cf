using System.Security.Cryptography;
using System.Text;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Projects;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Pipelines.Context;

/// <summary>What the templates of a model see: dbt's context, as far as it has a meaning here.</summary>
internal static class ModelContext
{
    public static Dictionary<string, object?> Build(PipelineProject project, PipelineTarget target, ProjectMacros macros, ModelState state, Action<string>? log)
    {
        var context = Base(project, target, state.File.Name, state.Execute);
        context["execute"] = state.Execute;
        context["flags"] = new AttributeBag("flags", new Dictionary<string, object?>(StringComparer.Ordinal) { ["FULL_REFRESH"] = false, ["WHICH"] = target.Command });
        context["this"] = state.This;
        context["model"] = state.ToDict(project);
        context["config"] = new ConfigObject(project, state);
        context["ref"] = new JinjaFunction("ref", call => Refer(state, call));
        context["source"] = new JinjaFunction("source", call => ReadSource(state, call));

        // Every table is built anew: no run is incremental.
        context["is_incremental"] = new JinjaFunction("is_incremental", _ => false);
        context["should_full_refresh"] = new JinjaFunction("should_full_refresh", _ => false);
        context["log"] = new JinjaFunction("log", call => Log(call, log));
        context["print"] = new JinjaFunction("print", call => Log(call, log));
        context["return"] = JinjaEnvironment.Return;
        context["exceptions"] = AttributeBag.Of(
            "exceptions",
            ("raise_compiler_error", call => throw new JinjaException(JinjaErrorKind.Raised, Text.Of(call.Require(0, "msg")))),
            ("raise_not_implemented", call => throw new JinjaException(JinjaErrorKind.Raised, Text.Of(call.Require(0, "msg")))),
            ("warn", call => Log(call, log)));
        context["api"] = new AttributeBag("api", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Relation"] = AttributeBag.Of("Relation", ("create", call => new Relation(call.Get(0, "database") as string, call.Get(1, "schema") as string, call.Get(2, "identifier") as string))),
        });
        context["adapter"] = AttributeBag.Of(
            "adapter",
            ("type", _ => "duckdb"),
            ("quote", call => $"\"{Text.Of(call.Require(0, "identifier"))}\""),
            ("dispatch", call => Dispatch(context, call)));
        AddFunctions(context);
        context["context"] = new ContextView(context);

        macros.Bind(context, context);
        context[project.Name] = new AttributeBag(project.Name, macros.Names.ToDictionary(n => n, n => context[n], StringComparer.Ordinal));
        return context;
    }

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
        ["env_var"] = new JinjaFunction("env_var", call => EnvironmentVariable(target, call)),
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

    static object? EnvironmentVariable(PipelineTarget target, JinjaCall call)
    {
        var name = call.RequireText(0, "var");
        if (name.StartsWith("DBT_ENV_SECRET", StringComparison.Ordinal))
        {
            throw JinjaException.Value($"Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere.");
        }

        return target.Environment.TryGetValue(name, out var value) ? value
            : call.TryGet(1, "default", out var otherwise) && otherwise is not null ? Text.Of(otherwise)
            : throw JinjaException.Value($"Env var required but not provided: '{name}'");
    }

    static object? Log(JinjaCall call, Action<string>? log)
    {
        log?.Invoke(Text.Of(call.Require(0, "msg")));
        return "";
    }

    static object? Dispatch(Dictionary<string, object?> context, JinjaCall call)
    {
        var name = call.RequireText(0, "macro_name");
        if (name.Contains('.', StringComparison.Ordinal))
        {
            throw JinjaException.Value($"In adapter.dispatch, got a macro name of \"{name}\", but \".\" is not a valid macro name component.");
        }

        foreach (var prefix in new[] { "duckdb", "default" })
        {
            if (context.TryGetValue($"{prefix}__{name}", out var macro))
            {
                return macro;
            }
        }

        var ns = call.Get(1, "macro_namespace") is string given ? given : "None";
        throw JinjaException.Value($"In dispatch: No macro named '{name}' found within namespace: '{ns}'\n    Searched for: 'duckdb__{name}', 'default__{name}'");
    }

    static void AddFunctions(Dictionary<string, object?> context)
    {
        context["fromjson"] = new JinjaFunction("fromjson", call => Try(() => Json.Read(call.RequireText(0, "string")), call));
        context["tojson"] = new JinjaFunction("tojson", call => Try(() => Json.Write(call.Require(0, "value"), Truth.Of(call.Get(2, "sort_keys", false))), call));
        context["local_md5"] = new JinjaFunction("local_md5", call => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(call.RequireText(0, "value")))));
        context["set"] = new JinjaFunction("set", call => Try(() => Sequences.Set(call.Require(0, "value")), call));
        context["set_strict"] = new JinjaFunction("set_strict", call => Sequences.Set(call.Require(0, "value")));
        context["zip"] = new JinjaFunction("zip", call => Try(() => Sequences.Zip(call.Positional), call, takesDefault: false));
        context["zip_strict"] = new JinjaFunction("zip_strict", call => Sequences.Zip(call.Positional));
    }

    /// <summary>The value; the default of the call, or none, where there is none.</summary>
    static object? Try(Func<object?> make, JinjaCall call, bool takesDefault = true)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is JinjaException { Kind: JinjaErrorKind.Type or JinjaErrorKind.Value } or System.Text.Json.JsonException)
        {
            if (takesDefault && call.Positional is [Undefined, ..] && error is JinjaException)
            {
                throw;
            }

            return takesDefault ? call.Get(1, "default") : call.Get(int.MaxValue, "default");
        }
    }
}
