using System.Globalization;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Modules;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>What runs SQL: materializations, tests, hooks, operations, freshness.</summary>
public sealed partial class ManifestCompiler
{
    /// <summary>Builds a node by its materialization, with its hooks.</summary>
    /// <param name="node">A model, seed, snapshot or test.</param>
    /// <param name="compiled">Its SQL.</param>
    /// <param name="seed">Rows of a seed: typed as they are to be stored; null for others.</param>
    /// <param name="batch">The batch that is built; null for others.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="PipelineException">A template or a statement fails, or there is no such materialization.</exception>
    public MaterializationOutcome Materialize(ManifestNode node, CompiledNode compiled, AdapterTable? seed = null, ModelBatch? batch = null, CancellationToken cancellationToken = default) => Located(node, () =>
    {
        var kind = node switch { TestNode => "test", SeedNode => "seed", SnapshotNode => "snapshot", _ => node.Config.Materialized };
        var materialization = invocation.Macros.FindMaterialization(kind)
            ?? throw new JinjaException(JinjaErrorKind.Raised, $"No materialization '{kind}' was found for adapter {options.Target.Type}! (searched types 'default' and '{options.Target.Type}')");
        var rendered = Rendered(node, [], compiled, batch, cancellationToken);
        var context = new NodeContext(invocation, seed is null ? rendered : WithSeed(rendered, seed));
        var result = context.Call(materialization);
        var relations = result is JinjaDict dict && dict.TryGet("relations", out var built)
            ? Iteration.Of(built).OfType<Relation>().Where(r => r is { Schema: not null, Identifier: not null }).Select(r => new AdapterRelation(r.Name, r.Kind)).ToArray()
            : throw new JinjaException(JinjaErrorKind.Raised, $"The materialization (\"{kind}\") did not explicitly return a list of relations to add to the cache. By default the target relation will be added, but this behavior will be removed in a future version of dbt.");
        foreach (var relation in relations)
        {
            invocation.Relations.Added(relation);
        }

        return new MaterializationOutcome(context.Results.Main, relations, context.Results.Main?.Table ?? new AdapterTable([], []));
    });

    static RenderedNode WithSeed(RenderedNode node, AdapterTable seed) => new()
    {
        Package = node.Package,
        Name = node.Name,
        UniqueId = node.UniqueId,
        Execute = node.Execute,
        Model = node.Model,
        Config = node.Config,
        This = node.This,
        DeferRelation = node.DeferRelation,
        Ref = node.Ref,
        Source = node.Source,
        Var = node.Var,
        Schema = node.Schema,
        Database = node.Database,
        PreHooks = node.PreHooks,
        PostHooks = node.PostHooks,
        CompiledCode = node.CompiledCode,
        Seed = () => AgateTable.Of(seed),
        Extra = node.Extra,
        CancellationToken = node.CancellationToken,
    };

    /// <summary>Runs a data test.</summary>
    /// <param name="test">The test.</param>
    /// <param name="compiled">Its SQL.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="PipelineException">A template or a statement fails.</exception>
    public TestOutcome RunTest(TestNode test, CompiledNode compiled, CancellationToken cancellationToken = default) => Located(test, () =>
    {
        var rows = Materialize(test, compiled, cancellationToken: cancellationToken).Rows;
        if (rows.Rows is not [{ Count: >= 3 } row])
        {
            throw new JinjaException(JinjaErrorKind.Raised, $"dbt internally failed to execute {test.UniqueId}: Returned {rows.Rows.Count} rows, but expected 1 row");
        }

        var failures = row[0] is null
            ? throw new JinjaException(JinjaErrorKind.Raised, "None is not of type 'integer'")
            : (long)NumberOf(row[0]!);
        return new TestOutcome(failures, Holds(row[1]), Holds(row[2]));
    });

    static bool Holds(object? value) => value switch
    {
        bool flag => flag,
        null => false,
        string text => text.Equals("true", StringComparison.OrdinalIgnoreCase),
        _ => NumberOf(value) != 0,
    };

    /// <summary>A number of a result, whichever type the engine gave it.</summary>
    static decimal NumberOf(object value) => value switch
    {
        System.Numerics.BigInteger number => (decimal)number,
        DecimalText number => decimal.Parse(number.Text, NumberStyles.Number, CultureInfo.InvariantCulture),
        _ => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Runs a hook of a run.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="schemas">Schemas that the run's nodes are in.</param>
    /// <param name="results">What became of the nodes, as templates see it; null when a run starts.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What its last statement did; null when it has none.</returns>
    /// <exception cref="PipelineException">A template or a statement fails.</exception>
    public AdapterResponse? RunHook(OperationNode hook, IReadOnlyList<(string Database, string Schema)> schemas, JinjaList? results = null, CancellationToken cancellationToken = default) => Located(hook, () =>
    {
        var extra = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["schemas"] = new JinjaList(schemas.Select(s => (object?)s.Schema).Distinct()),
            ["database_schemas"] = new JinjaList(schemas.Select(s => (object?)new JinjaTuple([s.Database, s.Schema]))),
            ["results"] = results ?? new JinjaList([]),
        };
        var used = new List<ManifestNode>();
        var context = new NodeContext(invocation, Rendered(hook, used, null, null, cancellationToken, extra));
        var sql = Injected(hook, context.Render(hook.OriginalFilePath, hook.RawCode), used, [], cancellationToken).Code.Trim();
        if (sql.Length == 0)
        {
            return null;
        }

        invocation.ExecutedSql?.Invoke(hook.UniqueId, sql);
        return Execute(sql, fetch: false, cancellationToken);
    });

    AdapterResponse Execute(string sql, bool fetch, CancellationToken cancellationToken) => (options.Adapter ?? throw new InvalidOperationException("there is no adapter"))
        .ExecuteAsync(sql, fetch, null, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Runs a macro as <c>run-operation</c> does.</summary>
    /// <param name="name">Its name, with its package and a dot before it when it is not the root project's.</param>
    /// <param name="arguments">Its arguments by name.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What it returns: a text, or what it gives to <c>return</c>.</returns>
    /// <exception cref="PipelineException">The macro fails, or there is none.</exception>
    public object? RunOperation(string name, JinjaDict arguments, CancellationToken cancellationToken = default)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var root = invocation.RootPackage;
        var macro = (dot > 0 ? invocation.Macros.FindQualified(name[..dot], name[(dot + 1)..]) : invocation.Macros.Find(root, name) ?? invocation.Macros.Packages.Select(p => invocation.Macros.FindQualified(p, name)).FirstOrDefault(m => m is not null))
            ?? throw new PipelineException(PipelineErrorKind.Template, $"dbt could not find a macro with the name '{name}' in any package");
        var context = new NodeContext(invocation, Free(macro.Package, name, cancellationToken));
        try
        {
            return Templates.Running.Call(context.Bind(macro), [], [.. arguments.Entries.Select(e => KeyValuePair.Create(Text.Of(e.Key), e.Value))], cancellationToken);
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, macro.Template.Name);
        }
    }

    /// <summary>The SQL of a text that is no node, as <c>compile --inline</c> and <c>show --inline</c> take it.</summary>
    /// <exception cref="PipelineException">The template fails.</exception>
    public CompiledNode CompileInline(string text, CancellationToken cancellationToken = default)
    {
        var root = options.Manifest.ProjectName;
        var node = new OperationNode
        {
            UniqueId = $"sql_operation.{root}.inline_query",
            Name = "inline_query",
            PackageName = root,
            Path = "inline_query",
            OriginalFilePath = "inline query",
            Fqn = [root, "inline_query"],
            Database = options.Target.Database,
            Schema = options.Target.Schema,
            Alias = "inline_query",
            RawCode = text.Trim(),
            Index = 0,
        };
        return Compile(node, cancellationToken: cancellationToken);
    }

    /// <summary>How fresh a source is.</summary>
    /// <exception cref="PipelineException">A template or the query fails.</exception>
    public FreshnessOutcome Freshness(SourceDefinition source, CancellationToken cancellationToken = default) => Located(source, () =>
    {
        var context = new NodeContext(invocation, Free(source.PackageName, source.Name, cancellationToken));
        var relation = RelationOf(source);
        var result = source.LoadedAtQuery is { } query
            ? context.Call("collect_freshness_custom_sql", relation, query)
            : context.Call("collect_freshness", relation, source.LoadedAtField, source.Freshness?.Filter);
        var loaded = result as JinjaDict ?? throw new JinjaException(JinjaErrorKind.Raised, "collect_freshness gave no result");
        loaded.TryGet("table", out var table);
        loaded.TryGet("response", out var response);
        if (table is not AgateTable { Rows: [{ Count: 2 } row] })
        {
            throw new JinjaException(JinjaErrorKind.Raised, $"Got an invalid result from \"collect_freshness\" macro for {source.UniqueId}");
        }

        return new FreshnessOutcome(
            row[0] is null ? null : Moment(row[0]) ?? throw new JinjaException(JinjaErrorKind.Raised, $"Expected a timestamp value when querying field '{source.LoadedAtField}' of table {relation} but received value of type '{row[0]!.GetType().Name}' instead"),
            Moment(row[1]) ?? TimeProvider.System.GetUtcNow(),
            (response as ResponseObject)?.Response);
    });

    static DateTimeOffset? Moment(object? value) => value switch
    {
        PythonDateTime time => new DateTimeOffset(DateTime.SpecifyKind(time.Utc, DateTimeKind.Utc)),
        PythonDate date => new DateTimeOffset(date.Date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
        _ => null,
    };

    /// <summary>A rendering that belongs to no node.</summary>
    RenderedNode Free(string package, string name, CancellationToken cancellationToken)
    {
        var asker = new OperationNode
        {
            UniqueId = $"operation.{package}.{name}",
            Name = name,
            PackageName = options.Projects.ContainsKey(package) ? package : options.Manifest.ProjectName,
            Path = name,
            OriginalFilePath = name,
            Fqn = [package, name],
            Database = options.Target.Database,
            Schema = options.Target.Schema,
            Alias = name,
            Index = 0,
        };
        return Rendered(asker, [], null, null, cancellationToken);
    }
}
