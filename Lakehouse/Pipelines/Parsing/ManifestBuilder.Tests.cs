using System.Text.RegularExpressions;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

internal sealed partial class ManifestBuilder
{
    /// <summary>Adds the generic tests of a node's or source's columns, then its own.</summary>
    void AddTests(PropertiesFile file, TestTarget target, IReadOnlyList<object?> own, IReadOnlyList<JinjaDict> columns, bool? quoteColumns, int line, IReadOnlyList<string>? tags = null)
    {
        // A source's own tests come first, a node's last: as dbt has it.
        if (target.IsSource)
        {
            AddOwn();
        }

        foreach (var column in columns)
        {
            var name = column.Text("name") ?? "";
            var quoted = column.Flag("quote") ?? quoteColumns ?? false ? $"\"{name}\"" : name;
            var columnTags = column.Texts("tags").Concat(column.Dict("config").Texts("tags"));
            foreach (var test in column.List("data_tests"))
            {
                AddTest(file, target, test, quoted, [.. tags ?? [], .. columnTags], line);
            }
        }

        if (!target.IsSource)
        {
            AddOwn();
        }

        void AddOwn()
        {
            foreach (var test in own)
            {
                AddTest(file, target, test, null, tags ?? [], line);
            }
        }
    }

    void AddTest(PropertiesFile file, TestTarget target, object? declared, string? columnName, IReadOnlyList<string> tags, int line)
    {
        var test = GenericTest.Read(session, file, target, declared, columnName, line);
        var scope = file.Scope;
        var package = scope.Package.Name;
        var folders = file.Path.Split('/')[1..^1];
        var fqn = new[] { package }.Concat(folders).Append(test.FullName).ToArray();
        var macro = test.Namespace is { } ns ? session.Catalog.FindQualified(ns, $"test_{test.Name}") : session.Catalog.FindAnywhere(package, $"test_{test.Name}");
        var attached = target.IsSource ? null
            : (GraphNode?)lookup.Find(target.Name, package, target.Version) ?? lookup.FindDisabled(target.Name, null, target.Version).FirstOrDefault();
        ManifestNode node = new TestNode
        {
            UniqueId = $"test.{package}.{test.FullName}.{test.Hash}",
            Name = test.FullName,
            PackageName = package,
            Path = $"{test.FileName}.sql",
            OriginalFilePath = file.Path,
            Fqn = fqn,
            Database = session.Target.Database,
            Schema = session.Target.Schema,
            Alias = test.FullName,
            RawCode = test.RawCode,
            Tags = [.. tags.Concat(test.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Description = test.Description,
            Metadata = new TestMetadata(test.Name, test.Namespace, test.Arguments),
            ColumnName = columnName,
            FileKeyName = target.FileKeyName,
            AttachedNode = attached?.UniqueId,
        };
        var state = RenderTest(node, test, target, macro, scope, file, line);
        node = Configure(
            node with { ConfigCall = state.ConfigCall, Refs = state.Refs, Sources = state.Sources, DependsOnMacros = state.Macros }, scope, null, file.Path, line);
        node = node with { Group = (attached as ManifestNode)?.Group ?? node.Group };
        Add(node);
    }

    /// <summary>The first rendering of a generic test: its arguments refer to nodes, and its macro may set config.</summary>
    ParseState RenderTest(ManifestNode node, GenericTest test, TestTarget target, CatalogMacro? macro, PackageScope scope, PropertiesFile file, int line)
    {
        var state = new ParseState();
        foreach (var (key, value) in test.Config.Entries)
        {
            ConfigMerge.Merge(state.ConfigCall, Text.Of(key), value);
        }

        if (macro is not null)
        {
            state.Macros.Add(macro.Definition.UniqueId);
        }

        var builtIn = macro is not null && MacroCatalog.Internal.Contains(macro.Definition.PackageName);
        if (builtIn && test.Name is "not_null" or "unique")
        {
            Target();
            return state;
        }

        var variables = ParseContext.For(scope, state, file.Path, test.FullName, test.FullName, () => NodeDescription.Of(node));
        try
        {
            var arguments = new JinjaDict();
            foreach (var (key, value) in test.Arguments.Entries)
            {
                if (key is "model" && builtIn)
                {
                    Target();
                    continue;
                }

                arguments.Set(key, key is "column_name" ? value : Rendered(value, variables, file.Path));
            }

            variables["_dbt_generic_test_kwargs"] = arguments;
            if (!builtIn)
            {
                TemplateEnvironments.Parsing.Parse(file.Path, test.RawCode).Render(variables);
            }
            else
            {
                // The call of config() at the end of the text says once more what is known: what adds up is there twice, as in dbt.
                foreach (var (key, value) in test.Config.Entries)
                {
                    ConfigMerge.Merge(state.ConfigCall, Text.Of(key), value);
                }
            }

            return state;
        }
        catch (JinjaException error)
        {
            throw new PipelineException(PipelineErrorKind.Template, $"the test '{test.FullName}': {error.Message}", error.Template ?? file.Path, error.Line > 0 ? error.Line : line, error.LineText, error);
        }

        void Target()
        {
            if (target.SourceName is { } source)
            {
                state.Read(new SourceRef(source, target.Name, file.Path, line));
            }
            else
            {
                state.Refer(new NodeRef(target.Name, null, target.Version, file.Path, line));
            }
        }
    }

    static object? Rendered(object? value, NodeVariables variables, string file) => value switch
    {
        string text when LooksLikeCall().IsMatch(text) => TemplateEnvironments.NativeParsing.Parse(file, $"{{{{ {text} }}}}").RenderValue(variables),
        string text when TemplateEnvironments.HasTemplate(text) => TemplateEnvironments.NativeParsing.Parse(file, text).RenderValue(variables),
        JinjaList list => new JinjaList([.. list.Items.Select(i => Rendered(i, variables, file))]),
        JinjaDict dict => new JinjaDict(dict.Entries.Select(e => KeyValuePair.Create(Text.Of(e.Key), Rendered(e.Value, variables, file)))),
        _ => value,
    };

    [GeneratedRegex(@"^\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*$", RegexOptions.None, 1000)]
    private static partial Regex LooksLikeCall();
}
