using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Artifacts;

/// <summary>Resources as entries of dbt's <c>manifest.json</c>, version 12.</summary>
public static class ManifestEntries
{
    /// <summary>The entry of a node, source, exposure, unit test or semantic resource.</summary>
    public static JinjaDict Of(GraphNode node) => node switch
    {
        ManifestNode other => Node(other),
        SourceDefinition source => Source(source),
        Exposure exposure => Exposure(exposure),
        UnitTestDefinition test => UnitTest(test),
        SemanticResource semantic => Common(semantic).With(semantic.Definition.Without("name", "description", "config", "tags", "meta")).With(Dicts.Of(("group", semantic.Group))),
        _ => throw new ArgumentException($"'{node.UniqueId}' has no entry in a manifest", nameof(node)),
    };

    static JinjaDict Common(GraphNode node) => Dicts.Of(
        ("name", node.Name),
        ("resource_type", node.ResourceType.Word()),
        ("package_name", node.PackageName),
        ("path", node.Path),
        ("original_file_path", node.OriginalFilePath),
        ("unique_id", node.UniqueId),
        ("fqn", Dicts.ListOf(node.Fqn)),
        ("tags", Dicts.ListOf(node.Tags)),
        ("meta", node.Meta),
        ("description", node.Description),
        ("config", Config(node)),
        ("unrendered_config", node.UnrenderedConfig),
        ("depends_on", Dicts.Of(("macros", Dicts.ListOf(node.DependsOnMacros)), ("nodes", Dicts.ListOf(node.DependsOnNodes)))),
        ("refs", new JinjaList([.. node.Refs.Select(r => Dicts.Of(("name", r.Name), ("package", r.Package), ("version", r.Version)))])),
        ("sources", new JinjaList([.. node.Sources.Select(s => (object?)Dicts.ListOf([s.SourceName, s.Table]))])),
        ("metrics", new JinjaList([])));

    /// <summary>The config with every key that its type has; what is not set is null.</summary>
    static JinjaDict Config(GraphNode node)
    {
        var config = ConfigDefaults.Of(node.ResourceType);
        foreach (var key in config.Keys.ToArray())
        {
            config.Set(key, node.Config.Get((string)key!));
        }

        return config.With(node.Config.Values);
    }

    static JinjaDict Node(ManifestNode node)
    {
        var entry = Common(node).With(Dicts.Of(
            ("database", node.Database),
            ("schema", node.Schema),
            ("alias", node.Alias),
            ("checksum", Dicts.Of(("name", node.Checksum.Name), ("checksum", node.Checksum.Value))),
            ("columns", Columns(node.Columns)),
            ("group", node.Group),
            ("docs", Dicts.Of(("show", node.Docs.Show), ("node_color", node.Docs.NodeColor))),
            ("patch_path", node.PatchPath),
            ("build_path", null),
            ("created_at", 0.0),
            ("relation_name", node.RelationName),
            ("raw_code", node.RawCode),
            ("doc_blocks", Dicts.ListOf(node.DocBlocks)),
            ("language", node.Language),
            ("functions", new JinjaList([])),
            ("compiled_path", null),
            ("contract", Dicts.Of(("enforced", false), ("alias_types", true), ("checksum", null)))));
        return node switch
        {
            ModelNode model => entry.With(Dicts.Of(
                ("contract", Dicts.Of(("enforced", model.Contract.Enforced), ("alias_types", model.Contract.AliasTypes), ("checksum", model.Contract.Checksum))),
                ("access", model.Access),
                ("constraints", new JinjaList([.. model.Constraints.Select(NodeDescription.Constraint).Select(c => c.Has("columns") ? c : c.With("columns", new JinjaList([])))])),
                ("version", model.Version),
                ("latest_version", model.LatestVersion),
                ("deprecation_date", model.DeprecationDate?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture)),
                ("primary_key", Dicts.ListOf(model.PrimaryKey)),
                ("time_spine", model.TimeSpine))),
            SeedNode seed => entry.Without("refs", "sources", "metrics", "functions", "language", "compiled_path", "contract").With(Dicts.Of(
                ("root_path", seed.RootPath), ("depends_on", Dicts.Of(("macros", Dicts.ListOf(seed.DependsOnMacros)))))),
            TestNode { Metadata: { } metadata } test => entry.With(Dicts.Of(
                ("test_metadata", Dicts.Of(("name", metadata.Name), ("kwargs", metadata.Arguments), ("namespace", metadata.Namespace))),
                ("column_name", test.ColumnName),
                ("file_key_name", test.FileKeyName),
                ("attached_node", test.AttachedNode))),
            OperationNode operation => entry.With("index", (long)operation.Index),
            _ => entry,
        };
    }

    static JinjaDict Columns(IReadOnlyList<ColumnInfo> columns) => new(columns.Select(c => KeyValuePair.Create(c.Name, (object?)NodeDescription.Column(c).With(Dicts.Of(
        ("granularity", null), ("doc_blocks", Dicts.ListOf(c.DocBlocks)))))));

    static JinjaDict Source(SourceDefinition source) => Common(source).Without("depends_on", "refs", "sources", "metrics").With(Dicts.Of(
        ("database", source.Database),
        ("schema", source.Schema),
        ("source_name", source.SourceName),
        ("source_description", source.SourceDescription),
        ("loader", source.Loader),
        ("identifier", source.Identifier),
        ("quoting", Dicts.Of(("database", source.Quoting.Database), ("schema", source.Quoting.Schema), ("identifier", source.Quoting.Identifier), ("column", source.Quoting.Column))),
        ("loaded_at_field", source.LoadedAtField),
        ("loaded_at_query", source.LoadedAtQuery),
        ("freshness", Freshness(source.Freshness)),
        ("external", source.External),
        ("columns", Columns(source.Columns)),
        ("source_meta", source.SourceMeta),
        ("patch_path", source.PatchPath),
        ("relation_name", source.RelationName),
        ("created_at", 0.0),
        ("unrendered_database", null),
        ("unrendered_schema", null),
        ("doc_blocks", Dicts.ListOf(source.DocBlocks))));

    static JinjaDict? Freshness(FreshnessThreshold? freshness)
    {
        static JinjaDict? Age(FreshnessAge? age) => age is null ? null : Dicts.Of(("count", (long?)age.Count), ("period", age.Period));
        return freshness is null ? null : Dicts.Of(("warn_after", Age(freshness.WarnAfter)), ("error_after", Age(freshness.ErrorAfter)), ("filter", freshness.Filter));
    }

    static JinjaDict Exposure(Exposure exposure) => Common(exposure).With(Dicts.Of(
        ("type", exposure.Type),
        ("owner", Dicts.Of(("email", exposure.Owner.Get("email")), ("name", exposure.Owner.Get("name"))).With(exposure.Owner)),
        ("label", exposure.Label),
        ("maturity", exposure.Maturity),
        ("url", exposure.Url),
        ("created_at", 0.0)));

    static JinjaDict UnitTest(UnitTestDefinition test) => Common(test).Without("refs", "sources", "metrics", "tags", "meta", "unrendered_config").With(Dicts.Of(
        ("model", test.Model),
        ("given", new JinjaList([.. test.Given.Select(g => Fixture(g).With("input", g.Input))])),
        ("expect", Fixture(test.Expect)),
        ("overrides", test.Overrides is null ? null : Dicts.Of(("macros", test.Overrides.Macros), ("vars", test.Overrides.Vars), ("env_vars", test.Overrides.EnvVars))),
        ("checksum", test.Checksum),
        ("schema", test.Schema),
        ("created_at", 0.0),
        ("versions", test.Versions),
        ("version", test.Version)));

    static JinjaDict Fixture(UnitTestFixture fixture) => Dicts.Of(
        ("rows", fixture.Sql is { } sql ? sql : new JinjaList([.. fixture.Rows])), ("format", fixture.Format), ("fixture", fixture.Fixture));

    internal static JinjaDict Macro(MacroDefinition macro) => Dicts.Of(
        ("name", macro.Name),
        ("resource_type", "macro"),
        ("package_name", macro.PackageName),
        ("path", macro.OriginalFilePath),
        ("original_file_path", macro.OriginalFilePath),
        ("unique_id", macro.UniqueId),
        ("macro_sql", macro.Sql),
        ("depends_on", Dicts.Of(("macros", Dicts.ListOf(macro.DependsOnMacros)))),
        ("description", macro.Description),
        ("meta", macro.Meta),
        ("docs", Dicts.Of(("show", macro.Docs.Show), ("node_color", macro.Docs.NodeColor))),
        ("config", Dicts.Of(("meta", macro.Meta), ("docs", Dicts.Of(("show", macro.Docs.Show), ("node_color", macro.Docs.NodeColor))))),
        ("patch_path", macro.PatchPath),
        ("arguments", new JinjaList([.. macro.Arguments.Select(a => Dicts.Of(("name", a.Name), ("type", a.Type), ("description", a.Description)))])),
        ("created_at", 0.0),
        ("supported_languages", null));

    internal static JinjaDict Doc(DocBlock doc) => Dicts.Of(
        ("name", doc.Name), ("resource_type", "doc"), ("package_name", doc.PackageName), ("path", doc.Path), ("original_file_path", doc.OriginalFilePath), ("unique_id", doc.UniqueId),
        ("block_contents", doc.Contents));

    internal static JinjaDict Group(NodeGroup group) => Dicts.Of(
        ("name", group.Name), ("resource_type", "group"), ("package_name", group.PackageName), ("path", group.Path), ("original_file_path", group.OriginalFilePath), ("unique_id", group.UniqueId),
        ("owner", Dicts.Of(("email", null), ("name", null)).With(group.Owner)), ("description", group.Description), ("config", Dicts.Of(("meta", new JinjaDict())).With(group.Config)));
}
