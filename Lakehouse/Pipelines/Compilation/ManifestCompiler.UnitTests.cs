using System.Globalization;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>Unit tests: a model's SQL over rows that stand for its inputs.</summary>
public sealed partial class ManifestCompiler
{
    /// <summary>The SQL of a unit test: the model's, with the fixtures of its inputs in front.</summary>
    /// <exception cref="PipelineException">A template fails, an input has no fixture, or a fixture has columns that the input has not.</exception>
    public CompiledNode CompileUnitTest(UnitTestDefinition test, CancellationToken cancellationToken = default) => Located(test, () =>
    {
        var model = TestedModel(test);
        var fixtures = new List<(string Id, string Name, string Sql)>();
        foreach (var given in test.Given)
        {
            var (id, name, relation) = InputOf(test, model, given.Input ?? "this");
            fixtures.Add((id, name, FixtureSql(test, name, relation, given, cancellationToken)));
        }

        // The model's own rows come first, then its inputs as it asks for them.
        var used = fixtures.Where(f => f.Id == model.UniqueId).ToList();
        var rendered = Tested(test, model, fixtures, used, null, cancellationToken);
        var sql = new NodeContext(invocation, rendered).Render(model.OriginalFilePath, model.RawCode);
        return new CompiledNode(CommonTableExpressions.Prepend(sql, [.. used.Select(f => (CommonTableExpressions.NameOf(f.Name), f.Sql))]), sql, [.. used.Select(f => (f.Id, f.Sql))]);
    });

    /// <summary>Runs a unit test.</summary>
    /// <exception cref="PipelineException">The SQL fails, or its template does.</exception>
    public UnitTestOutcome RunUnitTest(UnitTestDefinition test, CompiledNode compiled, CancellationToken cancellationToken = default) => Located(test, () =>
    {
        var materialization = invocation.Macros.FindMaterialization("unit") ?? throw new JinjaException(JinjaErrorKind.Raised, "No materialization 'unit' was found");
        var context = new NodeContext(invocation, Tested(test, TestedModel(test), [], [], compiled, cancellationToken));
        context.Call(materialization);
        var table = context.Results.Main?.Table ?? new AdapterTable([], []);
        var columns = table.Columns.SkipLast(1).Select(c => c.Name).ToArray();
        var rows = table.Rows.ToLookup(r => Equals(r[^1], "expected"), r => (IReadOnlyList<object?>)[.. r.SkipLast(1)]);
        return new UnitTestOutcome(compiled.Code, columns, Without(rows[true], rows[false]), Without(rows[false], rows[true]));
    });

    ModelNode TestedModel(UnitTestDefinition test) => test.DependsOnNodes.Select(id => options.Manifest.Nodes.GetValueOrDefault(id)).OfType<ModelNode>().FirstOrDefault(m => m.Name == test.Model)
        ?? resolver.Find(test.PackageName, null, test.Model, test.Version) as ModelNode
        ?? throw JinjaException.Value($"Unable to find model '{test.PackageName}.{test.Model}' for unit test '{test.Name}' in {test.OriginalFilePath}");

    /// <summary>Rows that are in one list and not in the other, each as often as it is too many.</summary>
    static IReadOnlyList<IReadOnlyList<object?>> Without(IEnumerable<IReadOnlyList<object?>> rows, IEnumerable<IReadOnlyList<object?>> others)
    {
        var left = others.GroupBy(Key).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        return [.. rows.Where(r => !left.TryGetValue(Key(r), out var count) || (left[Key(r)] = count - 1) < 0)];

        static string Key(IReadOnlyList<object?> row) => string.Join('\u001f', row.Select(v => v is null ? "\u0000" : v is DecimalText number ? number.Text : Convert.ToString(v, CultureInfo.InvariantCulture)));
    }

    (string Id, string Name, Relation Relation) InputOf(UnitTestDefinition test, ModelNode model, string input)
    {
        if (input.Trim() == "this")
        {
            return (model.UniqueId, model.Name, new Relation(model.Database, model.Schema, model.Alias));
        }

        (string, string, Relation)? found = null;
        var seeker = new RenderedNode
        {
            Package = test.PackageName,
            Name = test.Name,
            Execute = true,
            Var = new Variables(VarsOf(test.PackageName), test.Name),
            Ref = call =>
            {
                var target = resolver.Resolve(test, call);
                found = (target.UniqueId, target.Alias, new Relation(target.Database, target.Schema, target.Alias) { Type = target.Config.Materialized == "ephemeral" ? "cte" : null });
                return "";
            },
            Source = call =>
            {
                var source = resolver.Source(test, call.RequireText(0, "source_name"), call.RequireText(1, "table_name"));
                found = (source.UniqueId, source.Name, RelationOf(source));
                return "";
            },
        };
        new NodeContext(invocation, seeker).Render(test.OriginalFilePath, $"{{{{ {input} }}}}");
        return found ?? throw JinjaException.Value($"'{input}' is not a valid input of the unit test '{test.Name}': use ref(…), source(…) or this");
    }

    string FixtureSql(UnitTestDefinition test, string name, Relation relation, UnitTestFixture fixture, CancellationToken cancellationToken)
    {
        if (fixture.Sql is { } sql)
        {
            return sql;
        }

        var described = new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = name, ["unique_id"] = test.UniqueId });
        var context = new NodeContext(invocation, new RenderedNode
        {
            Package = test.PackageName,
            Name = name,
            Execute = true,
            Model = () => described,
            This = relation,
            Var = new Variables(VarsOf(test.PackageName), test.Name),
            Ref = _ => null,
            Source = _ => null,
            CancellationToken = cancellationToken,
        });
        return $"\n-- Fixture for {name}\n{Text.Of(context.Call("get_fixture_sql", new JinjaList(fixture.Rows), null)).Trim()}";
    }

    /// <summary>The model as the test sees it: inputs are fixtures; macros, variables and environment variables are what the test says.</summary>
    RenderedNode Tested(
        UnitTestDefinition test,
        ModelNode model,
        IReadOnlyList<(string Id, string Name, string Sql)> fixtures,
        List<(string Id, string Name, string Sql)> used,
        CompiledNode? compiled,
        CancellationToken cancellationToken)
    {
        var description = new Lazy<JinjaDict>(() => ModelOf(model, compiled, null));
        var vars = Copy(VarsOf(model.PackageName), test.Overrides?.Vars);
        var config = Copy(model.Config.Values, null);
        config.Set("expected_rows", new JinjaList(test.Expect.Rows));
        config.Set("expected_sql", test.Expect.Sql);
        config.Set("contract", null);
        var macros = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in test.Overrides?.Macros.Entries ?? [])
        {
            macros[Text.Of(name)] = new JinjaFunction(Text.Of(name), _ => value);
        }

        var environment = new Dictionary<string, string>(options.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in test.Overrides?.EnvVars.Entries ?? [])
        {
            environment[Text.Of(name)] = Text.Of(value);
        }

        Relation Fixture(string id, string name)
        {
            var fixture = fixtures.FirstOrDefault(f => f.Id == id) is { Name: not null } found ? found : throw JinjaException.Value($"the unit test '{test.Name}' gives no rows for '{name}', which its model reads");
            if (!used.Contains(fixture))
            {
                used.Add(fixture);
            }

            return new Relation(null, null, fixture.Name, CommonTableExpressions.NameOf(fixture.Name));
        }

        return new RenderedNode
        {
            Package = model.PackageName,
            Name = model.Name,
            UniqueId = test.UniqueId,
            Execute = true,
            Model = () => description.Value,
            Config = new RuntimeConfig(config, model.UniqueId),
            This = fixtures.Any(f => f.Id == model.UniqueId) ? Fixture(model.UniqueId, model.Name) : new Relation(model.Database, model.Schema, model.Alias),
            Database = model.Database,
            Schema = model.Schema,
            Ref = call => resolver.Resolve(model, call) is var target ? Fixture(target.UniqueId, target.Name) : null,
            Source = call => resolver.Source(model, call.RequireText(0, "source_name"), call.RequireText(1, "table_name")) is var source ? Fixture(source.UniqueId, source.SearchName) : null,
            Var = new Variables(vars, model.Name),
            CompiledCode = compiled?.Code,
            MacroOverrides = macros,
            Extra = new Dictionary<string, object?>(StringComparer.Ordinal) { ["env_var"] = new JinjaFunction("env_var", call => ContextFunctions.EnvironmentVariable(environment, call)) },
            CancellationToken = cancellationToken,
        };
    }

    static JinjaDict Copy(JinjaDict dict, JinjaDict? more)
    {
        var copy = new JinjaDict();
        foreach (var (key, value) in dict.Entries.Concat(more?.Entries ?? []))
        {
            copy.Set(key, value);
        }

        return copy;
    }
}
