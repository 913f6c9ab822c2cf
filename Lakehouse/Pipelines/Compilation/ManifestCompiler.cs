using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Modules;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>
/// Makes the SQL of a manifest's nodes, and runs their materializations. For one command; different nodes may be worked on by several threads. A call walks through templates on the thread that makes
/// it, and waits there for what the adapter does: give each node a thread of its own.
/// </summary>
public sealed partial class ManifestCompiler
{
    readonly CompilerOptions options;
    readonly Invocation invocation;
    readonly NodeResolver resolver;
    readonly ConcurrentDictionary<string, JinjaDict> vars = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, Lazy<CompiledNode>> ephemerals = new(StringComparer.Ordinal);

    /// <summary>A compiler for one command.</summary>
    /// <param name="options">What nodes are compiled with.</param>
    public ManifestCompiler(CompilerOptions options)
    {
        this.options = options;
        var manifest = options.Manifest;
        resolver = new NodeResolver(manifest);
        var root = options.Projects[manifest.ProjectName];
        var graph = new Lazy<JinjaDict>(Graph);
        invocation = new Invocation
        {
            Macros = MacroRegistry.Of(manifest, root.Dispatch, options.Projects.Keys),
            Target = TargetOf(options),
            Environment = options.Environment,
            Flags = FlagsOf(options),
            Id = options.InvocationId,
            StartedAt = options.StartedAt,
            Adapter = options.Adapter,
            Graph = () => graph.Value,
            SelectedResources = options.Selected,
            Messages = options.Messages,
            ExecutedSql = options.ExecutedSql,
        };
    }

    static JinjaDict TargetOf(CompilerOptions options)
    {
        var target = new JinjaDict();
        foreach (var (key, value) in options.Target.Settings.Entries)
        {
            target.Set(key, value);
        }

        foreach (var (key, value) in new (string, object?)[]
        {
            ("name", options.Target.Name), ("schema", options.Target.Schema), ("database", options.Target.Database), ("dbname", options.Target.Database), ("type", options.Target.Type),
            ("threads", (long)options.Target.Threads), ("profile_name", options.Target.ProfileName), ("target_name", options.Target.Name),
        })
        {
            target.Set(key, value);
        }

        return target;
    }

    static JinjaDict FlagsOf(CompilerOptions options)
    {
        var flags = new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["FULL_REFRESH"] = false,
            ["STORE_FAILURES"] = false,
            ["FAIL_FAST"] = false,
            ["EMPTY"] = options.Empty,
            ["INTROSPECT"] = true,
            ["WHICH"] = options.Command,
        });
        foreach (var (key, value) in options.Flags)
        {
            flags.Set(key, value);
        }

        return flags;
    }

    JinjaDict Graph()
    {
        var manifest = options.Manifest;
        return new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["nodes"] = Described(manifest.Nodes.Values),
            ["sources"] = Described(manifest.Sources.Values),
            ["exposures"] = Described(manifest.Exposures.Values),
            ["groups"] = new JinjaDict(manifest.Groups.Values.Select(g => KeyValuePair.Create(g.UniqueId, (object?)new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["name"] = g.Name,
                ["package_name"] = g.PackageName,
                ["unique_id"] = g.UniqueId,
                ["owner"] = g.Owner,
                ["resource_type"] = "group",
            })))),
            ["metrics"] = new JinjaDict(),
            ["semantic_models"] = new JinjaDict(),
            ["saved_queries"] = new JinjaDict(),
        });
    }

    JinjaDict Described(IEnumerable<GraphNode> nodes) => new(nodes.Select(n => KeyValuePair.Create(n.UniqueId, (object?)options.Describe(n))));

    JinjaDict VarsOf(string package) => vars.GetOrAdd(package, name => Variables.Of(options.Projects[options.Manifest.ProjectName], options.Projects[name], options.Vars));

    /// <summary>The SQL of a node, with the queries of the ephemeral models that it refers to in front.</summary>
    /// <param name="node">A model, test, snapshot, analysis or hook.</param>
    /// <param name="batch">The batch that is built, of a model that is built by intervals; null for others.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="PipelineException">The template fails, or a query that it makes.</exception>
    public CompiledNode Compile(ManifestNode node, ModelBatch? batch = null, CancellationToken cancellationToken = default) => Located(node, () => Compiled(node, batch, [], cancellationToken));

    CompiledNode Compiled(ManifestNode node, ModelBatch? batch, IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        var used = new List<ManifestNode>();
        var context = new NodeContext(invocation, Rendered(node, used, null, batch, cancellationToken));
        var sql = context.Render(node.OriginalFilePath, node.RawCode);
        return Injected(node, sql, used, path, cancellationToken);
    }

    CompiledNode Injected(ManifestNode node, string sql, List<ManifestNode> used, IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        var expressions = new List<(string Id, string Sql)>();
        foreach (var ephemeral in used)
        {
            if (path.Contains(ephemeral.UniqueId))
            {
                throw new PipelineException(PipelineErrorKind.Cycle, $"the ephemeral model '{ephemeral.Name}' refers to itself", ephemeral.OriginalFilePath);
            }

            var inner = ephemerals.GetOrAdd(ephemeral.UniqueId, _ => new Lazy<CompiledNode>(() => Compiled(ephemeral, null, [.. path, node.UniqueId], cancellationToken))).Value;
            foreach (var expression in inner.Ephemerals.Append((ephemeral.UniqueId, inner.Inner)))
            {
                if (!expressions.Exists(e => e.Id == expression.Item1))
                {
                    expressions.Add(expression);
                }
            }
        }

        var named = expressions.Select(e => (CommonTableExpressions.NameOf(options.Manifest.Nodes[e.Id].Alias), e.Sql)).ToArray();
        return new CompiledNode(CommonTableExpressions.Prepend(sql, named), sql, expressions);
    }

    /// <summary>What a rendering of a node sees.</summary>
    RenderedNode Rendered(ManifestNode node, List<ManifestNode> used, CompiledNode? compiled, ModelBatch? batch, CancellationToken cancellationToken, IReadOnlyDictionary<string, object?>? extra = null)
    {
        var model = new Lazy<JinjaDict>(() => ModelOf(node, compiled, batch));
        var more = new Dictionary<string, object?>(extra ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal);
        var rendered = new RenderedNode
        {
            Package = node.PackageName,
            Name = node.Name,
            UniqueId = node.UniqueId,
            Execute = true,
            Model = () => model.Value,
            Config = new RuntimeConfig(node.Config.Values, node.UniqueId),
            This = node is OperationNode ? null : new Relation(node.Database, node.Schema, node.Alias),
            DeferRelation = options.Defer?.Invoke(node.UniqueId) is { } deferred ? new Relation(deferred.Database, deferred.Schema, deferred.Identifier) : null,
            Database = node.Database,
            Schema = node.Schema,
            Ref = call => Refer(node, call, used, batch),
            Source = call => ReadSource(node, call, batch),
            Var = new Variables(VarsOf(node.PackageName), node.Name),
            PreHooks = Hooks(node.Config.PreHooks),
            PostHooks = Hooks(node.Config.PostHooks),
            CompiledCode = compiled?.Code,
            Extra = more,
            CancellationToken = cancellationToken,
        };
        if (node is TestNode { Metadata: { } metadata })
        {
            more["_dbt_generic_test_kwargs"] = Arguments(node, metadata, rendered);
        }

        return rendered;
    }

    /// <summary>The arguments of a generic test: texts with templates in them become their values.</summary>
    JinjaDict Arguments(ManifestNode node, TestMetadata metadata, RenderedNode rendered)
    {
        var context = new NodeContext(invocation, rendered);
        var arguments = (JinjaDict)Value(metadata.Arguments)!;
        if (metadata.Arguments.TryGet("column_name", out var column))
        {
            // A column's name has been rendered before.
            arguments.Set("column_name", column);
        }

        return arguments;

        object? Value(object? value) => value switch
        {
            string text when BareCall().IsMatch(text) => Templates.Running.Parse(node.OriginalFilePath, $"{{{{ {text} }}}}").RenderValue(context, rendered.CancellationToken),
            string text when text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) => Templates.Running.Parse(node.OriginalFilePath, text).RenderValue(context, rendered.CancellationToken),
            JinjaList list => new JinjaList(list.Items.Select(Value)),
            JinjaDict dict => new JinjaDict(dict.Entries.Select(e => KeyValuePair.Create(Text.Of(e.Key), Value(e.Value)))),
            _ => value,
        };
    }

    /// <summary>A call that stands as text without braces, which dbt takes for what it gives.</summary>
    [GeneratedRegex(@"^\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*$", RegexOptions.None, 1000)]
    private static partial Regex BareCall();

    JinjaDict ModelOf(ManifestNode node, CompiledNode? compiled, ModelBatch? batch)
    {
        var model = options.Describe(node);
        if (compiled is not null)
        {
            model.Set("compiled", true);
            model.Set("compiled_code", compiled.Code);
        }

        if (batch is not null)
        {
            model.Set("batch", new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["id"] = batch.Id,
                ["event_time_start"] = new PythonDateTime(batch.Start.ToUniversalTime()),
                ["event_time_end"] = new PythonDateTime(batch.End.ToUniversalTime()),
            }));
        }

        return model;
    }

    static JinjaList Hooks(IReadOnlyList<Hook> hooks) => new(hooks.Select((hook, index) => (object?)new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["sql"] = hook.Sql,
        ["transaction"] = hook.Transaction,
        ["index"] = (long)index,
    })));

    Relation Refer(ManifestNode node, JinjaCall call, List<ManifestNode> used, ModelBatch? batch)
    {
        var target = resolver.Resolve(node, call);
        if (node is not OperationNode && !node.DependsOnNodes.Contains(target.UniqueId))
        {
            throw JinjaException.Value(
                $"dbt was unable to infer all dependencies for the model \"{node.Name}\".\nThis typically happens when ref() is placed within a conditional block.\n\n"
                + $"To fix this, add the following hint to the top of the model \"{node.Name}\":\n\n-- depends_on: {{{{ ref('{target.Name}') }}}}");
        }

        if (target.Config.Materialized == "ephemeral" && target is ModelNode)
        {
            if (!used.Contains(target))
            {
                used.Add(target);
            }

            return new Relation(null, null, target.Alias, CommonTableExpressions.NameOf(target.Alias));
        }

        return Narrowed(Built(target), target.Config, batch);
    }

    Relation Built(ManifestNode target) => options.Defer?.Invoke(target.UniqueId) is { } deferred && !options.Selected.Contains(target.UniqueId)
        ? new Relation(deferred.Database, deferred.Schema, deferred.Identifier)
        : new Relation(target.Database, target.Schema, target.Alias);

    Relation ReadSource(ManifestNode node, JinjaCall call, ModelBatch? batch)
    {
        if (call.Positional.Count != 2)
        {
            throw JinjaException.Value($"source() takes exactly two arguments ({call.Positional.Count} given)");
        }

        var source = resolver.Source(node, call.RequireText(0, "source_name"), call.RequireText(1, "table_name"));
        return Narrowed(RelationOf(source), source.Config, batch);
    }

    static Relation RelationOf(SourceDefinition source) => new(source.Database, source.Schema, source.Identifier)
    {
        Quoted = new Relation.Parts(source.Quoting.Database ?? true, source.Quoting.Schema ?? true, source.Quoting.Identifier ?? true),
    };

    /// <summary>The rows of an input that the command wants: none, a sample, those of a batch.</summary>
    Relation Narrowed(Relation relation, NodeConfig config, ModelBatch? batch)
    {
        var field = config.Text("event_time");
        var window = batch is not null ? new TimeWindow(batch.Start, batch.End) : options.Sample;
        return new Relation(relation.Database, relation.Schema, relation.Identifier)
        {
            Quoted = relation.Quoted,
            Limit = options.Empty ? 0 : null,
            Window = field is not null && window is not null ? new EventTimeFilter(field, window.Start, window.End) : null,
        };
    }

    /// <summary>Runs something of a node; what fails names the node's file.</summary>
    static T Located<T>(GraphNode node, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, node.OriginalFilePath);
        }
    }
}

/// <summary>An interval of a model that is built batch by batch.</summary>
/// <param name="Id">Its id: the start without punctuation, as long as the batch's size needs.</param>
/// <param name="Start">First moment in it.</param>
/// <param name="End">First moment after it.</param>
public sealed record ModelBatch(string Id, DateTimeOffset Start, DateTimeOffset End);
