using System.Security.Cryptography;
using System.Text;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>dbt's context while a project is parsed: <c>execute</c> is false, queries give nothing, references and config are written down.</summary>
internal static class ParseContext
{
    /// <summary>Methods of <c>adapter</c> that give an empty list before anything runs; the others give none.</summary>
    static readonly HashSet<string> ListMethods = new(StringComparer.Ordinal)
    {
        "get_columns_in_relation", "list_relations", "list_relations_without_caching", "list_schemas", "get_missing_columns", "get_columns_in_table", "get_column_schema_from_query",
    };

    public static Dictionary<string, object?> Shared(ParseSession session, string package)
    {
        var shared = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["project_name"] = session.Root.Name,
            ["database"] = session.Target.Database,
            ["schema"] = session.Target.Schema,
            ["target"] = Target(session),
            ["execute"] = false,
            ["flags"] = new AttributeBag("flags", new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["FULL_REFRESH"] = session.Options.FullRefresh,
                ["WHICH"] = session.Options.Command,
                ["STORE_FAILURES"] = false,
                ["EMPTY"] = false,
                ["FAIL_FAST"] = false,
            }),
            ["graph"] = Dicts.Of(("nodes", new JinjaDict()), ("sources", new JinjaDict()), ("exposures", new JinjaDict()), ("metrics", new JinjaDict()), ("groups", new JinjaDict())),
            ["dbt_version"] = ProjectParser.DbtVersion,
            ["invocation_id"] = session.Options.InvocationId,
            ["thread_id"] = "MainThread",
            ["selected_resources"] = new JinjaList([]),
            ["invocation_args_dict"] = new JinjaDict(),
            ["dbt_metadata_envs"] = new JinjaDict(),
            ["run_started_at"] = null,
            ["return"] = JinjaEnvironment.Return,
            ["is_incremental"] = null,
            ["pre_hooks"] = new JinjaList([]),
            ["post_hooks"] = new JinjaList([]),
            ["sql"] = null,
            ["compiled_code"] = "",
        };
        shared.Remove("is_incremental");
        AddFunctions(shared, session);
        return shared;
    }

    /// <summary>The variables of one node.</summary>
    /// <param name="scope">Its package's part.</param>
    /// <param name="state">Takes what the node says.</param>
    /// <param name="file">Its file.</param>
    /// <param name="identifier">Name of its relation, as far as it is known.</param>
    /// <param name="asker">Who asks for variables, for messages.</param>
    /// <param name="node">What templates see as <c>model</c>.</param>
    public static NodeVariables For(PackageScope scope, ParseState state, string file, string identifier, string asker, Func<JinjaDict> node)
    {
        var session = scope.Session;
        var self = new ParseRelation(session.Target.Database, session.Target.Schema, identifier);
        NodeVariables? variables = null;
        variables = new NodeVariables(scope, state, new Dictionary<string, Func<object?>>(StringComparer.Ordinal)
        {
            ["this"] = () => self,
            ["model"] = () => node(),
            ["config"] = () => new ParseConfig(state),
            ["ref"] = () => new JinjaFunction("ref", call => Refer(state, call, file, self)),
            ["source"] = () => new JinjaFunction("source", call => ReadSource(state, call, file, self)),
            ["metric"] = () => new JinjaFunction("metric", _ => self),
            ["function"] = () => new JinjaFunction("function", _ => self),
            ["var"] = () => scope.Vars.For(asker, strict: false),
            ["env_var"] = () => state.Env.Function(session.Options.Environment),
            ["adapter"] = () => Adapter(variables!),
            ["context"] = () => new ContextView(variables!),
            ["builtins"] = () => new AttributeBag("builtins", new Dictionary<string, object?>(scope.Shared, StringComparer.Ordinal)
            {
                ["ref"] = new JinjaFunction("ref", call => Refer(state, call, file, self)),
                ["source"] = new JinjaFunction("source", call => ReadSource(state, call, file, self)),
                ["config"] = new ParseConfig(state),
                ["var"] = scope.Vars.For(asker, strict: false),
                ["env_var"] = state.Env.Function(session.Options.Environment),
            }),
        });
        return variables;
    }

    static JinjaDict Target(ParseSession session)
    {
        var target = session.Target.Settings.Clone();
        return target.With(Dicts.Of(
            ("name", session.Target.Name),
            ("schema", session.Target.Schema),
            ("database", session.Target.Database),
            ("dbname", session.Target.Database),
            ("type", session.Target.Type),
            ("threads", (long)session.Target.Threads),
            ("profile_name", session.Target.ProfileName),
            ("target_name", session.Target.Name)));
    }

    static object Refer(ParseState state, JinjaCall call, string file, ParseRelation self)
    {
        object? version = null;
        foreach (var (name, value) in call.Named)
        {
            version = name is "v" or "version" ? value : version;
        }

        var place = (call.Template ?? file, call.Line);
        state.Refer(call.Positional switch
        {
            [var name] => new NodeRef(RefText(name, "name"), null, version, place.Item1, place.Line),
            [var package, var name] => new NodeRef(RefText(name, "name"), RefText(package, "package"), version, place.Item1, place.Line),
            [] => throw JinjaException.Value("ref() takes at least one argument (0 given)"),
            _ => throw JinjaException.Value($"ref() takes at most two arguments ({call.Positional.Count} given)"),
        });
        return self;
    }

    // Undefined while parsing: what is known only when it runs.
    static string RefText(object? value, string what) => value is string or Undefined
        ? Text.Of(value)
        : throw JinjaException.Value($"The {what} argument to ref() must be a string, got {value?.GetType().Name ?? "None"}");

    static object ReadSource(ParseState state, JinjaCall call, string file, ParseRelation self)
    {
        if (call.Positional.Count != 2)
        {
            throw JinjaException.Value($"source() takes exactly two arguments ({call.Positional.Count} given)");
        }

        state.Read(new SourceRef(call.RequireText(0, "source_name"), call.RequireText(1, "table_name"), call.Template ?? file, call.Line));
        return self;
    }

    static AdapterView Adapter(NodeVariables variables) => new(variables);

    static void AddFunctions(Dictionary<string, object?> shared, ParseSession session)
    {
        void Add(string name, Func<JinjaCall, object?> body) => shared[name] = new JinjaFunction(name, body);

        object? Log(JinjaCall call)
        {
            var message = Text.Of(call.Require(0, "msg"));
            if (call.Name == "print" || Truth.Of(call.Get(1, "info", false)))
            {
                session.Options.Log?.Invoke(message);
            }

            return "";
        }

        Add("log", Log);
        Add("print", Log);
        Add("statement", _ => "");
        Add("load_result", _ => null);
        Add("store_result", _ => "");
        Add("store_raw_result", _ => "");
        Add("write", _ => "");
        Add("render", call => call.Require(0, "string"));
        Add("fromjson", call => Try(() => Json.Read(call.RequireText(0, "string")), call));
        Add("tojson", call => Try(() => Json.Write(call.Require(0, "value"), Truth.Of(call.Get(2, "sort_keys", false))), call));
        Add("fromyaml", call => Try(() => YamlDocument.Parse("fromyaml", call.RequireText(0, "value")).Root, call));
        Add("toyaml", call => Json.Write(call.Require(0, "value")));
        Add("local_md5", call => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(call.RequireText(0, "value")))));
        Add("set", call => Try(() => Sequences.Set(call.Require(0, "value")), call));
        Add("set_strict", call => Sequences.Set(call.Require(0, "value")));
        Add("zip", call => Try(() => Sequences.Zip(call.Positional), call, takesDefault: false));
        Add("zip_strict", call => Sequences.Zip(call.Positional));
        Add("diff_of_two_dicts", call => call.Require(0, "dict_a"));
        Add("doc", _ => "");
        shared["exceptions"] = new AttributeBag("exceptions", new[]
        {
            "raise_compiler_error", "raise_not_implemented", "raise_parsing_error", "raise_database_error", "raise_fail_fast_error", "missing_config", "missing_materialization",
            "missing_relation", "raise_ambiguous_alias", "raise_ambiguous_catalog_match", "relation_wrong_type", "raise_contract_error", "column_type_missing", "raise_dependency_error",
            "raise_duplicate_patch_name", "raise_duplicate_resource_name", "raise_invalid_property_yml_version",
        }.ToDictionary(n => n, n => (object?)new JinjaFunction(n, call => throw new JinjaException(JinjaErrorKind.Raised, Text.Of(call.Positional.FirstOrDefault() ?? call.Named.FirstOrDefault().Value))), StringComparer.Ordinal)
        .Append(KeyValuePair.Create("warn", (object?)new JinjaFunction("warn", call =>
        {
            session.Warn("JinjaLogWarning", Text.Of(call.Require(0, "msg")), call.Template, call.Line);
            return "";
        }))).ToDictionary(StringComparer.Ordinal));
        shared["api"] = new AttributeBag("api", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Relation"] = AttributeBag.Of("Relation", ("create", call => new ParseRelation(call.Get(0, "database") as string, call.Get(1, "schema") as string, call.Get(2, "identifier") as string))),
            ["Column"] = AttributeBag.Of("Column", ("create", call => Column(call)), ("string_type", call => $"character varying({Text.Of(call.Get(0, "size"))})"), ("translate_type", call => call.Get(0, "dtype"))),
        });
    }

    static AttributeBag Column(JinjaCall call) => new("Column", new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["name"] = call.Get(0, "name"),
        ["column"] = call.Get(0, "name"),
        ["dtype"] = call.Get(1, "label_or_dtype"),
        ["data_type"] = call.Get(1, "label_or_dtype"),
        ["quoted"] = $"\"{Text.Of(call.Get(0, "name"))}\"",
    });

    /// <summary>The value; the default of the call, or none, where there is none.</summary>
    static object? Try(Func<object?> make, JinjaCall call, bool takesDefault = true)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is JinjaException { Kind: JinjaErrorKind.Type or JinjaErrorKind.Value } or System.Text.Json.JsonException or PipelineException)
        {
            if (takesDefault && call.Positional is [Undefined, ..] && error is JinjaException)
            {
                throw;
            }

            return takesDefault ? call.Get(1, "default") : null;
        }
    }

    sealed class AdapterView(NodeVariables variables) : JinjaObject
    {
        public override string TypeName => "adapter";

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name switch
            {
                "type" => new JinjaFunction(name, _ => variables.Scope.Session.Target.Type),
                "quote" => new JinjaFunction(name, call => $"\"{Text.Of(call.Require(0, "identifier"))}\""),
                "quote_as_configured" or "quote_seed_column" => new JinjaFunction(name, call => $"\"{Text.Of(call.Positional.FirstOrDefault())}\""),
                "dispatch" => new JinjaFunction(name, Dispatch),
                "check_schema_exists" or "already_exists" => new JinjaFunction(name, _ => false),
                "supports" => new JinjaFunction(name, _ => false),
                "Relation" => AttributeBag.Of("Relation", ("create", call => new ParseRelation(call.Get(0, "database") as string, call.Get(1, "schema") as string, call.Get(2, "identifier") as string))),
                _ => new JinjaFunction(name, _ => ListMethods.Contains(name) ? new JinjaList([]) : null),
            };
            return true;
        }

        object? Dispatch(JinjaCall call) =>
            variables.Macro(variables.Scope.Session.Catalog.Dispatch(variables.Scope.Package.Name, call.RequireText(0, "macro_name"), call.Get(1, "macro_namespace") as string));

        public override string ToString() => "<adapter>";
    }
}
