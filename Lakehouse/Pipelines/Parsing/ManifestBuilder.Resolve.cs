using System.Text.RegularExpressions;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

internal sealed partial class ManifestBuilder
{
    /// <summary>All SQL is in: names can be looked up.</summary>
    public void SqlIsComplete() => RebuildLookup();

    /// <summary>Resolves references and descriptions, checks the whole, and gives the manifest.</summary>
    public Manifest Finish(IReadOnlyDictionary<string, JinjaDict> selectors)
    {
        MoveByEnabled();
        RebuildLookup();
        FinishSources();
        MoveByEnabled();
        RebuildLookup();
        foreach (var node in nodes.Values.ToArray())
        {
            nodes[node.UniqueId] = (ManifestNode)Resolve(node);
        }

        foreach (var exposure in exposures.Values.ToArray())
        {
            exposures[exposure.UniqueId] = (Exposure)Resolve(exposure);
        }

        foreach (var resource in semantics.Values.ToArray())
        {
            semantics[resource.UniqueId] = (SemanticResource)Resolve(resource);
        }

        MoveUnresolvedTests();
        ResolveUnitTests();
        DescribeAll();
        InferPrimaryKeys();
        new ManifestChecks(session, nodes, groups).Run();
        UnusedConfigs.Warn(session, nodes.Values.Cast<GraphNode>().Concat(sources.Values).Concat(exposures.Values).Concat(semantics.Values).Concat(unitTests.Values), disabled.Values.SelectMany(d => d));
        var macros = session.Catalog.Definitions().Select(WithPatch).ToDictionary(m => m.UniqueId, StringComparer.Ordinal);
        var all = sources.Values.Cast<GraphNode>().Concat(nodes.Values).Concat(exposures.Values).Concat(semantics.Values).Concat(unitTests.Values);
        return new Manifest
        {
            ProjectName = session.Root.Name,
            Nodes = nodes,
            Sources = sources,
            Exposures = exposures,
            UnitTests = unitTests,
            Macros = macros,
            Docs = docs,
            Groups = groups,
            Semantics = semantics,
            Disabled = disabled.ToDictionary(d => d.Key, d => (IReadOnlyList<GraphNode>)d.Value, StringComparer.Ordinal),
            Selectors = selectors,
            Warnings = [.. session.Warnings],
            Graph = new ManifestGraph(all.Select(n => (n.UniqueId, n.DependsOnNodes))),
        };
    }

    readonly HashSet<string> unresolvedTests = new(StringComparer.Ordinal);

    GraphNode Resolve(GraphNode node)
    {
        if (node is SeedNode)
        {
            return node;
        }

        var found = new List<string>();
        foreach (var source in node.Sources)
        {
            var id = NodeLookup.PackagesToSearch(null, session.Root.Name, node.PackageName)
                .Select(p => p is null ? sources.Keys.FirstOrDefault(k => k.EndsWith($".{source.SourceName}.{source.Table}", StringComparison.Ordinal)) : $"source.{p}.{source.SourceName}.{source.Table}")
                .FirstOrDefault(k => k is not null && sources.ContainsKey(k));
            if (id is not null)
            {
                Add(id);
            }
            else
            {
                Missing("source", $"{source.SourceName}.{source.Table}", null, null, IsDisabledSource(source), source.File, source.Line);
            }
        }

        foreach (var reference in node.Refs)
        {
            var (target, isDisabled) = lookup.Resolve(reference, session.Root.Name, node.PackageName);
            if (target is null)
            {
                Missing("node", reference.Name, reference.Package, reference.Version, isDisabled, reference.File, reference.Line);
                continue;
            }

            target = nodes[target.UniqueId];
            CheckAccess(node, target, reference);
            Add(target.UniqueId);
        }

        return node with { DependsOnNodes = found };

        void Add(string id)
        {
            if (!found.Contains(id))
            {
                found.Add(id);
            }
        }

        void Missing(string kind, string name, string? package, object? version, bool isDisabled, string? file, int line)
        {
            var title = char.ToUpperInvariant(node.ResourceType.Word()[0]) + node.ResourceType.Word()[1..];
            var reason = isDisabled ? "which is disabled" : "which was not found";
            if (node.ResourceType == ResourceType.Test)
            {
                unresolvedTests.Add(node.UniqueId);
                if (!isDisabled)
                {
                    session.Warn("NodeNotFoundOrDisabled", $"[WARNING]: {title} '{node.UniqueId}' ({node.OriginalFilePath}) depends on a {kind} named '{name}' in package '{package ?? ""}' {reason}", file ?? node.OriginalFilePath, line);
                }

                return;
            }

            throw new PipelineException(
                PipelineErrorKind.MissingDependency,
                $"{title} '{node.UniqueId}' ({node.OriginalFilePath}) depends on a {kind} named '{name}' {(version is null ? "" : $"with version '{VersionText(version)}' ")}{(package is null ? "" : $"in package '{package}' ")}{reason}",
                file ?? node.OriginalFilePath,
                line);
        }
    }

    bool IsDisabledSource(SourceRef source) => disabled.Values.SelectMany(d => d).OfType<SourceDefinition>().Any(s => s.SourceName == source.SourceName && s.Name == source.Table);

    void CheckAccess(GraphNode node, ManifestNode target, NodeRef reference)
    {
        if (target is not ModelNode model)
        {
            return;
        }

        var group = node switch { ManifestNode other => other.Group, SemanticResource semantic => semantic.Group, _ => null };
        var restricted = node.PackageName != model.PackageName && session.Projects[model.PackageName].RestrictAccess;
        var why = model.Access == "private" && (restricted || node is SemanticResource { Kind: ResourceType.SemanticModel } || model.Group != group) ? $"private to the '{model.Group}' group."
            : model.Access == "protected" && restricted ? $"protected to the '{model.PackageName}' package."
            : null;
        if (why is not null)
        {
            throw new PipelineException(
                PipelineErrorKind.Access,
                $"Node {node.UniqueId} attempted to reference node {model.UniqueId}, which is not allowed because the referenced node is {why}",
                reference.File ?? node.OriginalFilePath,
                reference.Line);
        }
    }

    /// <summary>Tests of what does not exist are disabled, as dbt does.</summary>
    void MoveUnresolvedTests()
    {
        foreach (var id in unresolvedTests)
        {
            var test = nodes[id];
            nodes.Remove(id);
            AddDisabled(test with { Config = new NodeConfig(test.Config.Values.Clone().With("enabled", false)) });
        }
    }

    MacroDefinition WithPatch(MacroDefinition macro) => macroPatches.TryGetValue(macro.UniqueId, out var patch)
        ? macro with
        {
            Description = Filled(patch.Description ?? "", macro.UniqueId, macro.PackageName, macro.OriginalFilePath).Text,
            Meta = patch.Meta,
            Docs = patch.Docs,
            Arguments = patch.Arguments,
            PatchPath = patch.PatchPath,
        }
        : macro;

    /// <summary>Fills doc blocks into descriptions.</summary>
    void DescribeAll()
    {
        foreach (var node in nodes.Values.Where(n => n.Description.Length > 0 || n.Columns.Any(c => c.Description.Length > 0)).ToArray())
        {
            var (text, blocks) = Filled(node.Description, node.UniqueId, node.PackageName, node.OriginalFilePath);
            nodes[node.UniqueId] = node with { Description = text, DocBlocks = blocks, Columns = Columns(node.Columns, node) };
        }

        foreach (var source in sources.Values.ToArray())
        {
            var (text, blocks) = Filled(source.Description, source.UniqueId, source.PackageName, source.OriginalFilePath);
            sources[source.UniqueId] = source with
            {
                Description = text,
                DocBlocks = blocks,
                SourceDescription = Filled(source.SourceDescription, source.UniqueId, source.PackageName, source.OriginalFilePath).Text,
                Columns = Columns(source.Columns, source),
            };
        }

        foreach (var exposure in exposures.Values.ToArray())
        {
            exposures[exposure.UniqueId] = exposure with { Description = Filled(exposure.Description, exposure.UniqueId, exposure.PackageName, exposure.OriginalFilePath).Text };
        }

        IReadOnlyList<ColumnInfo> Columns(IReadOnlyList<ColumnInfo> columns, GraphNode owner) => [.. columns.Select(c =>
        {
            var (text, blocks) = Filled(c.Description, owner.UniqueId, owner.PackageName, owner.OriginalFilePath);
            return c with { Description = text, DocBlocks = blocks };
        })];
    }

    (string Text, IReadOnlyList<string> Blocks) Filled(string text, string owner, string package, string file)
    {
        if (!TemplateEnvironments.HasTemplate(text))
        {
            return (text, []);
        }

        var used = new List<string>();
        var variables = new Dictionary<string, object?>(ScopeOf(package).Shared, StringComparer.Ordinal)
        {
            ["var"] = ScopeOf(package).Vars,
            ["env_var"] = new EnvReads().Function(session.Options.Environment),
            ["doc"] = new JinjaFunction("doc", call =>
            {
                var (wanted, name) = call.Positional switch
                {
                    [var single] => ((string?)null, Text.Of(single)),
                    [var other, var single] => (Text.Of(other), Text.Of(single)),
                    _ => throw JinjaException.Value($"doc() takes at most two arguments ({call.Positional.Count} given)"),
                };
                var doc = NodeLookup.PackagesToSearch(wanted, session.Root.Name, package)
                    .Select(p => p is null ? docs.Values.FirstOrDefault(d => d.Name == name) : docs.GetValueOrDefault($"doc.{p}.{name}")).FirstOrDefault(d => d is not null)
                    ?? throw JinjaException.Value($"Documentation for '{owner}' depends on doc '{name}' {(wanted is null ? "" : $"in package '{wanted}'")} which was not found");
                used.Add(doc.UniqueId);
                return doc.Contents;
            }),
        };
        try
        {
            return (TemplateEnvironments.Parsing.Parse(file, text).Render(variables), used);
        }
        catch (JinjaException error)
        {
            throw new PipelineException(PipelineErrorKind.Template, error.Message, file, inner: error);
        }
    }

    /// <summary>The columns that constraints, or else tests, make the primary key.</summary>
    void InferPrimaryKeys()
    {
        var tests = nodes.Values.Concat(disabled.Values.SelectMany(d => d).OfType<ManifestNode>()).OfType<TestNode>().Where(t => t.AttachedNode is not null).ToLookup(t => t.AttachedNode!, StringComparer.Ordinal);
        foreach (var model in nodes.Values.OfType<ModelNode>().ToArray())
        {
            string[] keys = [.. PrimaryKeyOf(model, [.. tests[model.UniqueId]]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (keys.Length > 0)
            {
                nodes[model.UniqueId] = model with { PrimaryKey = keys };
            }
        }
    }

    static IEnumerable<string> PrimaryKeyOf(ModelNode model, IReadOnlyList<TestNode> tests)
    {
        if (model.Constraints.FirstOrDefault(c => c.Type == "primary_key") is { } constraint)
        {
            return constraint.Columns;
        }

        if (model.Columns.FirstOrDefault(c => c.Constraints.Any(k => k.Type == "primary_key")) is { } column)
        {
            return [column.Name];
        }

        IReadOnlyList<string> Columns(string name, bool enabled) => [.. tests.Where(t => t.Metadata?.Name == name && t.Enabled == enabled).SelectMany(t =>
            name == "unique_combination_of_columns" ? t.Metadata!.Arguments.Texts("combination_of_columns") : t.Metadata!.Arguments.Texts("column_name"))];
        foreach (var enabled in new[] { true, false })
        {
            var unique = Columns("unique", enabled);
            var notNull = Columns("not_null", enabled);
            if (unique.Intersect(notNull, StringComparer.Ordinal).ToArray() is { Length: > 0 } both)
            {
                return both;
            }

            if (unique.Count > 0)
            {
                return unique;
            }

            if (Columns("unique_combination_of_columns", enabled) is { Count: > 0 } combination)
            {
                return combination;
            }
        }

        return [];
    }
}
