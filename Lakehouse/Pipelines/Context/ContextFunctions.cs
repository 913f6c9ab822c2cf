using System.Security.Cryptography;
using System.Text;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Modules;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Pipelines.Context;

/// <summary>dbt's own variables and functions: those that <c>builtins</c> lists, and <c>builtins</c>, <c>context</c>.</summary>
internal static class ContextFunctions
{
    static readonly Dictionary<string, Func<NodeContext, object?>> Makers = new(StringComparer.Ordinal)
    {
        ["_sql_results"] = c => c.Results.ToDict(),
        ["adapter"] = c => c.Adapter,
        ["adapter_macro"] = _ => Function("adapter_macro", call => throw new JinjaException(JinjaErrorKind.Raised, $"The \"adapter_macro\" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a macro and call the result. adapter_macro was called for: {Text.Of(call.Get(0, "name"))}")),
        ["api"] = _ => new AttributeBag("api", new Dictionary<string, object?>(StringComparer.Ordinal) { ["Relation"] = Relation.Class, ["Column"] = Column.Class }),
        ["column"] = _ => Column.Class,
        ["compiled_code"] = c => c.Node.CompiledCode,
        ["config"] = c => c.Node.Config,
        ["context_macro_stack"] = _ => new JinjaList([]),
        ["database"] = c => c.Node.Database ?? Entry(c.Invocation.Target, "database"),
        ["dbt_metadata_envs"] = c => new JinjaDict(c.Invocation.Environment.Where(e => e.Key.StartsWith(MetadataPrefix, StringComparison.Ordinal)).Select(e => KeyValuePair.Create(e.Key[MetadataPrefix.Length..], (object?)e.Value))),
        ["dbt_version"] = _ => Parsing.ProjectParser.DbtVersion,
        ["defer_relation"] = c => c.Node.DeferRelation,
        ["diff_of_two_dicts"] = _ => Function("diff_of_two_dicts", DictDifference),
        ["env"] = c => c.Invocation.Target,
        ["env_var"] = c => Function("env_var", call => EnvironmentVariable(c.Invocation.Environment, call)),
        ["exceptions"] = Exceptions.Of,
        ["execute"] = c => c.Node.Execute,
        ["flags"] = c => c.Invocation.Flags,
        ["fromjson"] = _ => Function("fromjson", call => OrDefault(() => Json.Read(call.RequireText(0, "string")), call)),
        ["fromyaml"] = _ => Function("fromyaml", call => OrDefault(() => YamlText.Read(call.RequireText(0, "value")), call)),
        ["function"] = _ => Function("function", _ => throw new JinjaException(JinjaErrorKind.Raised, "user-defined functions are not supported")),
        ["graph"] = c => c.Invocation.Graph(),
        ["invocation_args_dict"] = c => c.Invocation.Arguments,
        ["invocation_id"] = c => c.Invocation.Id.ToString(),
        ["load_agate_table"] = c => Function("load_agate_table", _ => c.Node.Seed?.Invoke() ?? throw new JinjaException(JinjaErrorKind.Raised, "can only load_agate_table for seeds")),
        ["load_result"] = c => Function("load_result", call => c.Results.Load(call.RequireText(0, "name"))),
        ["local_md5"] = _ => Function("local_md5", call => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(call.RequireText(0, "value"))))),
        ["log"] = c => Function("log", call => Say(c, Truth.Of(call.Get(1, "info", false)) ? TemplateMessageKind.Info : TemplateMessageKind.Debug, call)),
        ["metric"] = _ => Function("metric", _ => throw new JinjaException(JinjaErrorKind.Raised, "metric() is not supported in SQL")),
        ["model"] = c => c.Node.Model(),
        ["modules"] = _ => new JinjaDict(PythonModules.All),
        ["post_hooks"] = c => c.Node.PostHooks,
        ["pre_hooks"] = c => c.Node.PreHooks,
        ["print"] = c => Function("print", call => Say(c, TemplateMessageKind.Print, call)),
        ["project_name"] = c => c.Invocation.RootPackage,
        ["ref"] = c => Function("ref", c.Node.Ref),
        ["render"] = c => Function("render", call => c.Render("render", call.RequireText(0, "string"))),
        ["return"] = _ => JinjaEnvironment.Return,
        ["run_started_at"] = c => new PythonDateTime(c.Invocation.StartedAt.ToUniversalTime()),
        ["schema"] = c => c.Node.Schema ?? Entry(c.Invocation.Target, "schema"),
        ["selected_resources"] = c => new JinjaList(c.Invocation.SelectedResources.Select(r => (object?)r)),
        ["set"] = _ => Function("set", call => OrDefault(() => Sequences.Set(call.Require(0, "value")), call)),
        ["set_strict"] = _ => Function("set_strict", call => Sequences.Set(call.Require(0, "value"))),
        ["source"] = c => Function("source", c.Node.Source),
        ["sql"] = c => c.Node.CompiledCode,
        ["sql_now"] = _ => "current_timestamp",
        ["store_raw_result"] = c => Function("store_raw_result", call => StoreRaw(c, call)),
        ["store_result"] = c => Function("store_result", call => Store(c, call)),
        ["submit_python_job"] = _ => Function("submit_python_job", _ => throw new JinjaException(JinjaErrorKind.Raised, "Python models are not supported")),
        ["target"] = c => c.Invocation.Target,
        ["this"] = c => c.Node.This,
        ["thread_id"] = _ => "Thread-1 (worker)",
        ["tojson"] = _ => Function("tojson", call => OrDefault(() => Json.Write(call.Require(0, "value"), Truth.Of(call.Get(2, "sort_keys", false))), call)),
        ["toyaml"] = _ => Function("toyaml", call => OrDefault(() => YamlText.Write(call.Require(0, "value"), Truth.Of(call.Get(2, "sort_keys", false))), call)),
        ["try_or_compiler_error"] = _ => Function("try_or_compiler_error", TryOrRaise),
        ["validation"] = _ => new AnyValidator(),
        ["var"] = c => c.Node.Var,
        ["write"] = c => Function("write", call => Write(c, call)),
        ["zip"] = _ => Function("zip", call => OrDefault(() => Sequences.Zip(call.Positional), call, int.MaxValue)),
        ["zip_strict"] = _ => Function("zip_strict", call => Sequences.Zip(call.Positional)),
    };

    const string MetadataPrefix = "DBT_ENV_CUSTOM_ENV_";

    /// <summary>The names, in order, as <c>builtins</c> has them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Makers.Keys.Order(StringComparer.Ordinal)];

    public static bool TryMake(NodeContext context, string name, out object? value)
    {
        if (Makers.TryGetValue(name, out var make))
        {
            value = make(context);
            return true;
        }

        value = name switch
        {
            "builtins" => new JinjaDict(Names.Select(n => KeyValuePair.Create(n, Makers[n](context)))),
            "context" => new ContextView(context),
            _ => null,
        };
        return value is not null;
    }

    static JinjaFunction Function(string name, Func<JinjaCall, object?> body) => new(name, body);

    static object? Entry(JinjaDict dict, string key) => dict.TryGet(key, out var value) ? value : null;

    static object? Say(NodeContext context, TemplateMessageKind kind, JinjaCall call)
    {
        var text = Text.Of(call.Require(0, "msg"));
        if (context.Node.Execute)
        {
            context.Invocation.Messages?.Invoke(new TemplateMessage(kind, text, context.Node.UniqueId));
        }

        return "";
    }

    static object? Write(NodeContext context, JinjaCall call)
    {
        if (context.Node.UniqueId is { } id)
        {
            context.Invocation.ExecutedSql?.Invoke(id, Text.Of(call.Require(0, "payload")));
        }

        return "";
    }

    /// <summary>An environment variable that the invocation may see.</summary>
    public static object? EnvironmentVariable(IReadOnlyDictionary<string, string> environment, JinjaCall call)
    {
        var name = call.RequireText(0, "var");
        if (name.StartsWith("DBT_ENV_SECRET", StringComparison.Ordinal))
        {
            throw JinjaException.Value($"Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere.");
        }

        return environment.TryGetValue(name, out var value) ? value
            : call.TryGet(1, "default", out var otherwise) && otherwise is not null ? Text.Of(otherwise)
            : throw JinjaException.Value($"Env var required but not provided: '{name}'");
    }

    static object? Store(NodeContext context, JinjaCall call)
    {
        var response = call.Require(1, "response") as ResponseObject ?? new ResponseObject(new AdapterResponse(Text.Of(call.Positional.ElementAtOrDefault(1))));
        context.Results.Store(call.RequireText(0, "name"), response, call.Get(2, "agate_table") as AgateTable ?? AgateTable.Empty);
        return "";
    }

    static object? StoreRaw(NodeContext context, JinjaCall call)
    {
        var message = call.Get(1, "message") is { } given ? Text.Of(given) : "";
        var rows = call.Get(3, "rows_affected") switch { long number => number, string text when long.TryParse(text, out var parsed) => parsed, _ => (long?)null };
        context.Results.Store(call.RequireText(0, "name"), new ResponseObject(new AdapterResponse(message, rows)), call.Get(4, "agate_table") as AgateTable ?? AgateTable.Empty);
        return "";
    }

    static object? TryOrRaise(JinjaCall call)
    {
        try
        {
            return call.Call(call.Require(1, "func"), [.. call.Positional.Skip(2)]);
        }
        catch (Exception error) when (error is JinjaException or PipelineException)
        {
            throw new JinjaException(JinjaErrorKind.Raised, Text.Of(call.Require(0, "message_if_exception")), error);
        }
    }

    static object? DictDifference(JinjaCall call)
    {
        var (a, b) = (call.Require(0, "dict_a") as JinjaDict ?? new JinjaDict(), call.Require(1, "dict_b") as JinjaDict ?? new JinjaDict());
        var difference = new JinjaDict();
        foreach (var (key, value) in a.Entries)
        {
            var there = b.TryGet(key, out var other) ? Lowered(other).ToHashSet(StringComparer.Ordinal) : [];
            var rest = Iteration.Of(value is string ? new JinjaList([value]) : value).Where(v => !there.Contains(Text.Of(v).ToLowerInvariant())).ToArray();
            if (rest.Length > 0)
            {
                difference.Set(key, new JinjaList(rest));
            }
        }

        return difference;
    }

    static IEnumerable<string> Lowered(object? value) => (value is string text ? [text] : Iteration.Of(value)).Select(v => Text.Of(v).ToLowerInvariant());

    /// <summary>The value; the default of the call, or none, where there is none.</summary>
    static object? OrDefault(Func<object?> make, JinjaCall call, int defaultAt = 1)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is JinjaException { Kind: JinjaErrorKind.Type or JinjaErrorKind.Value } or System.Text.Json.JsonException or YamlDotNet.Core.YamlException)
        {
            if (call.Positional is [Undefined, ..] && error is JinjaException && defaultAt == 1)
            {
                throw;
            }

            return call.Get(defaultAt, "default");
        }
    }

    /// <summary><c>validation.any[…]</c>: accepts everything.</summary>
    sealed class AnyValidator : JinjaObject
    {
        public override string TypeName => "validation";

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name == "any" ? this : null;
            return value is not null;
        }

        public override bool TryGetItem(object? key, out object? value)
        {
            value = null;
            return true;
        }

        public override string ToString() => "<validation>";
    }
}
