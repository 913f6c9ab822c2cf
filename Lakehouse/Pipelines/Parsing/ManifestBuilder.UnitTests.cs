using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

internal sealed partial class ManifestBuilder
{
    readonly Dictionary<(string Package, string Name), ScannedFile> fixtures = [];

    public void AddFixture(ScannedFile file) => fixtures[(file.Package.Name, file.Name)] = file;

    void AddUnitTests(PropertiesFile file)
    {
        foreach (var (entry, line) in file.Entries("unit_tests"))
        {
            var name = entry.Text("name")!;
            var package = file.Scope.Package;
            foreach (var key in new[] { "model", "given", "expect" })
            {
                Require(file, entry, line, "unit_tests", key);
            }

            var model = entry.Text("model")!;
            string[] fqn = [package.Name, .. file.Path.Split('/')[1..^1], model, name];
            var config = ConfigBuilder.Build(session, ResourceType.UnitTest, package, fqn, entry.Dict("config"), new JinjaDict(), file.Path, line);
            var overrides = entry.Get("overrides") as JinjaDict;
            var test = new UnitTestDefinition
            {
                UniqueId = $"unit_test.{package.Name}.{model}.{name}",
                Name = name,
                Model = model,
                PackageName = package.Name,
                Path = file.File.RelativePath,
                OriginalFilePath = file.Path,
                Fqn = fqn,
                Config = config,
                Tags = config.Tags,
                Meta = config.Meta,
                Description = entry.Text("description") ?? "",
                Given = [.. entry.Mappings("given").Select(g => Fixture(file, name, g, "input", line))],
                Expect = Fixture(file, name, entry.Dict("expect"), "expected", line),
                Overrides = overrides is null ? null : new UnitTestOverrides(overrides.Dict("macros"), overrides.Dict("vars"), overrides.Dict("env_vars")),
                Versions = entry.Get("versions") as JinjaDict,
            };
            test = test with { Checksum = Checksums.Of(Text.Of(entry.Without("description", "config")) + string.Concat(test.Given.Append(test.Expect).Select(f => f.Sql ?? Text.Of(new JinjaList([.. f.Rows])))) ) };
            if (!test.Enabled)
            {
                AddDisabled(test);
            }
            else if (!unitTests.TryAdd(test.UniqueId, test))
            {
                throw Duplicates.Node(unitTests[test.UniqueId], test);
            }
        }
    }

    UnitTestFixture Fixture(PropertiesFile file, string test, JinjaDict declared, string what, int line)
    {
        var input = what == "input" ? declared.Text("input") ?? throw file.Fail(line, $"Unit test {test} has a 'given' without 'input'") : null;
        var format = declared.Text("format") ?? "dict";
        var fixture = declared.Text("fixture");
        var rows = declared.Get("rows");
        switch (format)
        {
            case "dict":
                if (rows is null && fixture is null && input is not null)
                {
                    rows = new JinjaList([.. SeedRows(file, test, input, line)]);
                }

                return rows is JinjaList list && list.Items.All(r => r is JinjaDict)
                    ? new UnitTestFixture(input, format, FirstWithoutNulls([.. list.Items.OfType<JinjaDict>()]), null, fixture)
                    : throw file.Fail(line, $"Unit test {test} has {what} rows which do not match format dict");
            case "csv":
            case "sql":
                var text = fixture is not null ? FixtureText(file, fixture, line) : rows as string
                    ?? throw file.Fail(line, $"Unit test {test} has {what} rows or fixtures which do not match format {format}.  Expected string.");
                return format == "sql" ? new UnitTestFixture(input, format, [], text.Trim(), fixture) : new UnitTestFixture(input, format, FirstWithoutNulls(CsvRows.Read(text)), null, fixture);
            default:
                throw file.Fail(line, $"Unit test {test} has {what} rows of the unknown format '{format}': it must be dict, csv or sql");
        }
    }

    string FixtureText(PropertiesFile file, string name, int line) => fixtures.TryGetValue((file.Scope.Package.Name, name), out var found)
        ? found.Text ?? ""
        : throw file.Fail(line, $"File not found for fixture '{name}' in unit tests in {file.Path}");

    IEnumerable<object?> SeedRows(PropertiesFile file, string test, string input, int line)
    {
        var reference = StaticCall.Read(input) as NodeRef;
        var seed = reference is null ? null : lookup.Find(reference.Name, reference.Package ?? file.Scope.Package.Name) as SeedNode;
        if (seed is null)
        {
            throw file.Fail(
                line, $"Unable to find seed '{file.Scope.Package.Name}.{reference?.Name ?? input}' for unit tests in directories: {Text.Of(Dicts.ListOf(file.Scope.Package.SeedPaths))} (unit test '{test}')");
        }

        return CsvRows.Read(File.ReadAllText(System.IO.Path.Combine(seed.RootPath, seed.OriginalFilePath)), emptyIsNull: false);
    }

    /// <summary>The first row without nulls stands first: some engines take the types from it.</summary>
    static List<JinjaDict> FirstWithoutNulls(List<JinjaDict> rows)
    {
        var at = rows.FindIndex(r => r.Values.All(v => v is not null));
        if (at > 0)
        {
            (rows[0], rows[at]) = (rows[at], rows[0]);
        }

        return rows;
    }

    /// <summary>Finds the models of unit tests; those of versioned models become one test for each version.</summary>
    void ResolveUnitTests()
    {
        foreach (var test in unitTests.Values.ToArray())
        {
            unitTests.Remove(test.UniqueId);
            var parts = test.Model.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var model = lookup.Find(parts[0], test.PackageName, parts.Length > 1 ? parts[1] : null) as ModelNode
                ?? AnyVersion(parts[0], test.PackageName);
            if (model is null)
            {
                if (lookup.FindDisabled(parts[0], test.PackageName, null, ResourceType.Model).Count > 0)
                {
                    var off = test.Config.Values.Clone().With("enabled", false);
                    AddDisabled(test with { Config = new NodeConfig(off) });
                    continue;
                }

                throw new PipelineException(
                    PipelineErrorKind.MissingDependency, $"Unable to find model '{test.PackageName}.{test.Model}' for unit test '{test.Name}' in {test.OriginalFilePath}", test.OriginalFilePath);
            }

            CheckIncremental(test, model);
            foreach (var version in VersionsOf(test, model))
            {
                var id = version.Version is null ? test.UniqueId : $"{test.UniqueId}_v{VersionText(version.Version)}";
                unitTests[id] = test with { UniqueId = id, Version = version.Version, Schema = version.Schema, DependsOnNodes = [version.UniqueId] };
            }
        }
    }

    ModelNode? AnyVersion(string name, string package) => nodes.Values.OfType<ModelNode>().FirstOrDefault(m => m.Name == name && m.PackageName == package);

    void CheckIncremental(UnitTestDefinition test, ModelNode model)
    {
        if (!model.DependsOnMacros.Contains("macro.dbt.is_incremental"))
        {
            return;
        }

        var given = test.Overrides?.Macros.Get("is_incremental");
        if (given is not bool isIncremental)
        {
            throw Fail($"Boolean override for 'is_incremental' must be provided for unit test '{test.Name}' in model '{model.Name}'");
        }

        if (isIncremental && test.Given.All(g => g.Input != "this"))
        {
            throw Fail($"Unit test '{test.Name}' for incremental model '{model.Name}' must have a 'this' input");
        }

        PipelineException Fail(string message) => new(PipelineErrorKind.InvalidProject, message, test.OriginalFilePath);
    }

    IReadOnlyList<ModelNode> VersionsOf(UnitTestDefinition test, ModelNode model)
    {
        var include = test.Versions?.List("include") ?? [];
        var exclude = test.Versions?.List("exclude") ?? [];
        if (model.Version is null)
        {
            return include.Count + exclude.Count == 0 ? [model] : throw new PipelineException(
                PipelineErrorKind.InvalidProject,
                $"Unit test '{test.Name}' should not have a versions include or exclude when referencing non-versioned model '{model.Name}'",
                test.OriginalFilePath);
        }

        bool In(IReadOnlyList<object?> list, ModelNode m) => list.Any(v => Text.Of(v) == Text.Of(m.Version));
        ModelNode[] tested = [.. nodes.Values.OfType<ModelNode>().Where(m => m.Name == model.Name && m.PackageName == model.PackageName)
            .Where(m => test.Versions is null || (exclude.Count > 0 ? !In(exclude, m) : In(include, m)))];
        return tested.Length > 0 ? tested : throw new PipelineException(
            PipelineErrorKind.MissingDependency, $"Unit test '{test.Name}' referenced a version of '{model.Name}' which was not found.", test.OriginalFilePath);
    }
}
