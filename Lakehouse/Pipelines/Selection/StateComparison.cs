using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Artifacts;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Selection;

/// <summary>What changed since an earlier manifest, by dbt's rules: both are compared as entries of <c>manifest.json</c>.</summary>
internal sealed class StateComparison(Manifest manifest, PreviousState previous)
{
    /// <summary>Config that is no part of a comparison: it is compared as the relation's name, or is of no consequence.</summary>
    static readonly string[] NotCompared = ["alias", "schema", "database", "tags", "group"];
    static readonly string[] TestConfig = ["severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as"];

    readonly IReadOnlyDictionary<string, JinjaDict> before = previous.Nodes ?? throw SelectionParser.Fail("Got a state selector method, but no comparison manifest");
    readonly Lazy<HashSet<string>> modifiedMacros = new(() => ModifiedMacros(manifest, previous));

    public IEnumerable<string> Search(string value)
    {
        Func<GraphNode, JinjaDict?, bool> matches = value switch
        {
            "new" => (_, old) => old is null,
            "old" => (_, old) => old is not null,
            "modified" => Modified,
            "unmodified" => (node, old) => !Modified(node, old),
            "modified.body" => (node, old) => node is ManifestNode && (old is null || !SameBody(Entry(node), old, node)),
            "modified.configs" => (node, old) => old is null || !SameConfig(Entry(node), old, node),
            "modified.persisted_descriptions" => (node, old) => node is ManifestNode && (old is null || !SameDescriptions(Entry(node), old)),
            "modified.relation" => (node, old) => node is ManifestNode or SourceDefinition && (old is null || !SameRelation(Entry(node), old, node)),
            "modified.macros" => (node, _) => UsesModifiedMacro(node),
            "modified.contract" => (node, old) => node is ModelNode && (old is null || !SameContract(Entry(node), old)),
            _ => throw SelectionParser.Fail(
                $"Got an invalid selector \"{value}\", expected one of \"['new', 'old', 'modified', 'unmodified', 'modified.body', 'modified.configs', 'modified.persisted_descriptions', 'modified.relation', 'modified.macros', 'modified.contract']\""),
        };
        return manifest.All.Where(n => matches(n, before.GetValueOrDefault(n.UniqueId))).Select(n => n.UniqueId);
    }

    bool Modified(GraphNode node, JinjaDict? old) => !SameContents(node, old) || UsesModifiedMacro(node);

    static JinjaDict Entry(GraphNode node) => ManifestEntries.Of(node);

    static bool SameContents(GraphNode node, JinjaDict? old)
    {
        if (old is null)
        {
            // For dbt a source or an exposure that is new has not changed.
            return node is SourceDefinition or Exposure or SemanticResource;
        }

        var now = Entry(node);
        return node switch
        {
            SourceDefinition => SameRelation(now, old, node) && Same(now, old, "fqn", "quoting", "freshness", "loaded_at_field", "loaded_at_query", "external") && SameConfig(now, old, node),
            Exposure => Same(now, old, "fqn", "type", "owner", "maturity", "url", "description", "label", "config")
                && Same(now.Dict("depends_on"), old.Dict("depends_on"), "nodes"),
            UnitTestDefinition => Same(now, old, "checksum"),
            SemanticResource => Equal(Normal(now.Without("created_at")), Normal(old.Without("created_at"))),
            TestNode { IsGeneric: true } => SameConfig(now, old, node) && Same(now, old, "fqn"),
            ModelNode => SameNode(now, old, node) && Same(now, old, "latest_version", "access", "deprecation_date") && SameContract(now, old),
            _ => SameNode(now, old, node),
        };
    }

    static bool SameNode(JinjaDict now, JinjaDict old, GraphNode node) =>
        SameBody(now, old, node) && SameConfig(now, old, node) && SameDescriptions(now, old) && Same(now, old, "fqn") && SameRelation(now, old, node);

    static bool SameBody(JinjaDict now, JinjaDict old, GraphNode node) => node is SeedNode ? Same(now, old, "checksum") : Same(now, old, "raw_code");

    static bool SameConfig(JinjaDict now, JinjaDict old, GraphNode node)
    {
        var (mine, other) = (now.Dict("unrendered_config"), old.Dict("unrendered_config"));
        return node is TestNode
            ? Same(mine, other, TestConfig)
            : Equal(Normal(mine.Without(NotCompared)), Normal(other.Without(NotCompared)));
    }

    static bool SameRelation(JinjaDict now, JinjaDict old, GraphNode node) => node is SourceDefinition
        ? Same(now, old, "database", "schema", "identifier")
        : Same(now.Dict("unrendered_config"), old.Dict("unrendered_config"), "database", "schema", "alias");

    static bool SameDescriptions(JinjaDict now, JinjaDict old)
    {
        var persisted = now.Dict("config").Dict("persist_docs");
        return (persisted.Get("relation") is not true || Same(now, old, "description"))
            && (persisted.Get("columns") is not true || Equal(Descriptions(now), Descriptions(old)));

        static JinjaDict Descriptions(JinjaDict entry) =>
            new(entry.Dict("columns").Entries.Select(c => KeyValuePair.Create(Text.Of(c.Key), (object?)((c.Value as JinjaDict)?.Text("description") ?? ""))));
    }

    static bool SameContract(JinjaDict now, JinjaDict old)
    {
        var (mine, other) = (now.Dict("contract"), old.Dict("contract"));
        return (mine.Get("enforced") is true, other.Get("enforced") is true) switch
        {
            (false, false) => true,
            (true, true) => Equals(mine.Get("checksum"), other.Get("checksum")),
            _ => false,
        };
    }

    bool UsesModifiedMacro(GraphNode node)
    {
        if (modifiedMacros.Value.Count == 0)
        {
            return false;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(node.DependsOnMacros);
        while (open.TryDequeue(out var id))
        {
            if (!seen.Add(id))
            {
                continue;
            }

            if (modifiedMacros.Value.Contains(id))
            {
                return true;
            }

            foreach (var called in manifest.Macros.TryGetValue(id, out var macro) ? macro.DependsOnMacros : [])
            {
                open.Enqueue(called);
            }
        }

        return false;
    }

    static HashSet<string> ModifiedMacros(Manifest manifest, PreviousState previous)
    {
        // The engine's own macros differ from dbt's; they are no part of the project.
        var own = manifest.Macros.Values.Where(m => !MacroCatalog.Internal.Contains(m.PackageName)).ToArray();
        return [.. own.Where(m => !previous.Macros.TryGetValue(m.UniqueId, out var old) || old != m.Sql).Select(m => m.UniqueId),
            .. previous.Macros.Keys.Where(id => !MacroCatalog.Internal.Any(p => id.StartsWith($"macro.{p}.", StringComparison.Ordinal)) && !manifest.Macros.ContainsKey(id))];
    }

    static bool Same(JinjaDict a, JinjaDict b, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (!Equal(Normal(a.Get(key)), Normal(b.Get(key))))
            {
                return false;
            }
        }

        return true;
    }

    static bool Equal(object? a, object? b) => Text.Of(a) == Text.Of(b);

    /// <summary>A value in which the order of keys does not matter, and what is not set is not there.</summary>
    static object? Normal(object? value) => value switch
    {
        JinjaDict dict => new JinjaDict(dict.Entries.Where(e => e.Value is not null).Select(e => KeyValuePair.Create(Text.Of(e.Key), Normal(e.Value))).OrderBy(e => e.Key, StringComparer.Ordinal)),
        JinjaList or JinjaTuple => new JinjaList([.. Dicts.Items(value).Select(Normal)]),
        _ => value,
    };
}
