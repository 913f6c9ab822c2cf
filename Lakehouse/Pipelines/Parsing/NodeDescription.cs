using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>A node as templates see it: <c>model</c>, <c>node</c>, and the entries of <c>graph.nodes</c>.</summary>
public static class NodeDescription
{
    /// <summary>The mapping that dbt gives: the node's entry of the manifest.</summary>
    public static JinjaDict Of(ManifestNode node)
    {
        var dict = Dicts.Of(
            ("database", node.Database),
            ("schema", node.Schema),
            ("name", node.Name),
            ("resource_type", node.ResourceType.Word()),
            ("package_name", node.PackageName),
            ("path", node.Path),
            ("original_file_path", node.OriginalFilePath),
            ("unique_id", node.UniqueId),
            ("fqn", Dicts.ListOf(node.Fqn)),
            ("alias", node.Alias),
            ("checksum", Dicts.Of(("name", node.Checksum.Name), ("checksum", node.Checksum.Value))),
            ("config", Config(node)),
            ("tags", Dicts.ListOf(node.Tags)),
            ("description", node.Description),
            ("columns", Columns(node.Columns)),
            ("meta", node.Meta),
            ("group", node.Group),
            ("docs", Dicts.Of(("show", node.Docs.Show), ("node_color", node.Docs.NodeColor))),
            ("patch_path", node.PatchPath),
            ("relation_name", node.RelationName),
            ("raw_code", node.RawCode),
            ("language", node.Language),
            ("refs", new JinjaList([.. node.Refs.Select(r => Dicts.Of(("name", r.Name), ("package", r.Package), ("version", r.Version)))])),
            ("sources", new JinjaList([.. node.Sources.Select(s => (object?)Dicts.ListOf([s.SourceName, s.Table]))])),
            ("depends_on", Dicts.Of(("nodes", Dicts.ListOf(node.DependsOnNodes)), ("macros", Dicts.ListOf(node.DependsOnMacros)))));
        switch (node)
        {
            case ModelNode model:
                dict.Set("access", model.Access);
                dict.Set("version", model.Version);
                dict.Set("latest_version", model.LatestVersion);
                dict.Set("constraints", new JinjaList([.. model.Constraints.Select(Constraint)]));
                dict.Set("contract", Dicts.Of(("enforced", model.Contract.Enforced), ("alias_types", model.Contract.AliasTypes), ("checksum", model.Contract.Checksum)));
                break;
            case TestNode { Metadata: { } metadata } test:
                dict.Set("test_metadata", Dicts.Of(("name", metadata.Name), ("kwargs", metadata.Arguments), ("namespace", metadata.Namespace)));
                dict.Set("column_name", test.ColumnName);
                dict.Set("file_key_name", test.FileKeyName);
                dict.Set("attached_node", test.AttachedNode);
                break;
            case SeedNode seed:
                dict.Set("root_path", seed.RootPath);
                break;
        }

        return dict;
    }

    static JinjaDict Config(ManifestNode node) => node.Config.Values.Clone();

    static JinjaDict Columns(IReadOnlyList<ColumnInfo> columns) => new(columns.Select(c => KeyValuePair.Create(c.Name, (object?)Column(c))));

    internal static JinjaDict Column(ColumnInfo column) => Dicts.Of(
        ("name", column.Name),
        ("description", column.Description),
        ("meta", column.Meta),
        ("data_type", column.DataType),
        ("constraints", new JinjaList([.. column.Constraints.Select(Constraint)])),
        ("quote", column.Quote),
        ("config", Dicts.Of(("meta", column.Meta), ("tags", Dicts.ListOf(column.Tags)))),
        ("tags", Dicts.ListOf(column.Tags))).With(column.Extra);

    internal static JinjaDict Constraint(NodeConstraint constraint)
    {
        var dict = Dicts.Of(
            ("type", constraint.Type),
            ("name", constraint.Name),
            ("expression", constraint.Expression),
            ("warn_unenforced", constraint.WarnUnenforced),
            ("warn_unsupported", constraint.WarnUnsupported),
            ("to", constraint.To),
            ("to_columns", Dicts.ListOf(constraint.ToColumns)));
        return constraint.Columns.Count > 0 ? dict.With("columns", Dicts.ListOf(constraint.Columns)) : dict;
    }
}
