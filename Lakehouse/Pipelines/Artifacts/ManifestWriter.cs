using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Artifacts;

/// <summary>Writes a manifest as dbt's <c>manifest.json</c>, version 12.</summary>
public static class ManifestWriter
{
    /// <summary>Address of the schema.</summary>
    public const string Schema = "https://schemas.getdbt.com/dbt/manifest/v12.json";

    /// <summary>The manifest as a value.</summary>
    /// <param name="project">The parsed project.</param>
    /// <param name="invocationId">Id of the invocation.</param>
    /// <param name="at">When it was made.</param>
    public static JinjaDict Of(ParsedProject project, string invocationId, DateTimeOffset at)
    {
        var manifest = project.Manifest;
        var all = manifest.All.Select(n => n.UniqueId).ToArray();
        return Dicts.Of(
            ("metadata", Dicts.Of(
                ("dbt_schema_version", Schema),
                ("dbt_version", ProjectParser.DbtVersion),
                ("generated_at", ArtifactJson.Time(at)),
                ("invocation_id", invocationId),
                ("invocation_started_at", ArtifactJson.Time(at)),
                ("env", new JinjaDict()),
                ("project_name", manifest.ProjectName),
                ("project_id", Checksums.Md5(manifest.ProjectName)),
                ("user_id", null),
                ("send_anonymous_usage_stats", false),
                ("adapter_type", project.Target.Type),
                ("quoting", Dicts.Of(("database", true), ("schema", true), ("identifier", true), ("column", null)).With(project.Root.Quoting)))),
            ("nodes", Section(manifest.Nodes.Values)),
            ("sources", Section(manifest.Sources.Values)),
            ("macros", new JinjaDict(manifest.Macros.Values.Select(m => KeyValuePair.Create(m.UniqueId, (object?)ManifestEntries.Macro(m))))),
            ("docs", new JinjaDict(manifest.Docs.Values.Select(d => KeyValuePair.Create(d.UniqueId, (object?)ManifestEntries.Doc(d))))),
            ("exposures", Section(manifest.Exposures.Values)),
            ("metrics", Section(manifest.Semantics.Values.Where(s => s.Kind == ResourceType.Metric))),
            ("groups", new JinjaDict(manifest.Groups.Values.Select(g => KeyValuePair.Create(g.UniqueId, (object?)ManifestEntries.Group(g))))),
            ("selectors", new JinjaDict(manifest.Selectors.Select(s => KeyValuePair.Create(s.Key, (object?)s.Value)))),
            ("disabled", new JinjaDict(manifest.Disabled.Select(d => KeyValuePair.Create(d.Key, (object?)new JinjaList([.. d.Value.Select(ManifestEntries.Of)]))))),
            ("parent_map", new JinjaDict(all.Select(id => KeyValuePair.Create(id, (object?)Dicts.ListOf(manifest.Graph.ParentsOf(id).Order(StringComparer.Ordinal)))))),
            ("child_map", new JinjaDict(all.Select(id => KeyValuePair.Create(id, (object?)Dicts.ListOf(manifest.Graph.ChildrenOf(id).Order(StringComparer.Ordinal)))))),
            ("group_map", new JinjaDict(manifest.Groups.Values.Select(g => KeyValuePair.Create(
                g.Name, (object?)Dicts.ListOf(manifest.Nodes.Values.Where(n => n.Group == g.Name).Select(n => n.UniqueId)))))),
            ("saved_queries", Section(manifest.Semantics.Values.Where(s => s.Kind == ResourceType.SavedQuery))),
            ("semantic_models", Section(manifest.Semantics.Values.Where(s => s.Kind == ResourceType.SemanticModel))),
            ("unit_tests", Section(manifest.UnitTests.Values)),
            ("functions", new JinjaDict()));
    }

    /// <summary>Writes the file; a reader sees the old one or the new one, never half of it.</summary>
    public static void Write(string path, ParsedProject project, string invocationId, DateTimeOffset at)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, Json.Write(Of(project, invocationId, at)));
        File.Move(temporary, path, overwrite: true);
    }

    static JinjaDict Section(IEnumerable<GraphNode> nodes) => new(nodes.Select(n => KeyValuePair.Create(n.UniqueId, (object?)ManifestEntries.Of(n))));
}
