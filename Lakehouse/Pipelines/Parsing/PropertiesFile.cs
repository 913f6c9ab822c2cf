using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>A properties file, and what is known while its entries are read.</summary>
internal sealed class PropertiesFile(ScannedFile file, YamlDocument document, PackageScope scope)
{
    static readonly string[] Sections =
        ["models", "seeds", "snapshots", "sources", "macros", "analyses", "exposures", "metrics", "semantic_models", "saved_queries", "functions"];

    static readonly string[] NotRendered = ["tests", "data_tests", "description", "loaded_at_query"];

    readonly bool hasTemplates = TemplateEnvironments.HasTemplate(file.Text ?? "{{");
    readonly bool hasOldNames = (file.Text ?? "").Replace("data_tests", "", StringComparison.Ordinal).Contains("tests", StringComparison.Ordinal);
    readonly Dictionary<string, object?> variables = scope.Yaml(new EnvReads(), scope.Package.Name);

    public ScannedFile File => file;

    public YamlDocument Document => document;

    public PackageScope Scope => scope;

    public string Path => file.OriginalFilePath;

    public JinjaDict Root => (JinjaDict)document.Root!;

    public IReadOnlyDictionary<string, object?> Variables => variables;

    /// <summary>Checks the outer form: sections are lists of mappings with names.</summary>
    /// <exception cref="PipelineException">They are not.</exception>
    public void Check()
    {
        if (document.Root is not JinjaDict root)
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"Contents of file '{Path}' are not valid. Dictionary expected.", Path);
        }

        foreach (var section in Sections)
        {
            if (!root.TryGet(section, out var value))
            {
                continue;
            }

            if (value is not JinjaList list)
            {
                throw Fail(root, $"The schema file at {Path} is invalid because the value of '{section}' is not a list");
            }

            foreach (var item in list.Items)
            {
                if (item is not JinjaDict dict)
                {
                    throw Fail(root, $"The schema file at {Path} is invalid because a list element for '{section}' is not a dictionary");
                }

                if (!dict.Has("name"))
                {
                    throw Fail(dict, $"The schema file at {Path} is invalid because a list element for '{section}' does not have a name attribute.");
                }
            }
        }
    }

    /// <summary>The entries of a section, rendered but for tests, descriptions and hooks, each with its line.</summary>
    public IEnumerable<(JinjaDict Entry, int Line)> Entries(string section)
    {
        if (!Root.TryGet(section, out var value))
        {
            yield break;
        }

        if (value is not JinjaList list)
        {
            throw Fail(Root, $"{section} must be a list, got {Text.Of(value)} instead");
        }

        foreach (var item in list.Items)
        {
            if (item is not JinjaDict dict)
            {
                throw Fail(Root, $"Invalid {section} config given in {Path} @ {section}: expected a dict with string keys");
            }

            if (!dict.Has("name"))
            {
                throw Fail(dict, "Entry did not contain a name");
            }

            yield return (Rendered(section, dict), document.LineOf(dict));
        }
    }

    /// <summary>A copy that may be changed: of a file without templates and old names only the outermost mapping ever is.</summary>
    JinjaDict Rendered(string section, JinjaDict entry) =>
        hasTemplates ? (JinjaDict)YamlRenderer.Render(entry, variables, Path, path => Keeps(section, path))!
        : hasOldNames ? (JinjaDict)Dicts.DeepCopy(entry)!
        : entry.Clone();

    public PipelineException Fail(JinjaDict? near, string message, PipelineErrorKind kind = PipelineErrorKind.InvalidProject) => new(kind, message, Path, document.LineOf(near));

    public PipelineException Fail(int line, string message, PipelineErrorKind kind = PipelineErrorKind.InvalidProject) => new(kind, message, Path, line);

    static bool Keeps(string section, IReadOnlyList<object?> path) => section switch
    {
        _ when path.Count == 0 => false,
        "sources" => path[0] is "description" or "loaded_at_query" || (path is ["config", "loaded_at_query", ..]) || (path[0] is "tables" && Kept([.. path.Skip(2)])),
        "macros" => path[0] is "arguments" ? Kept([.. path.Skip(1)]) : Kept(path),
        "metrics" => path[^1] is "filter" || (path.Count > 1 && path[^2] is "filter") || Kept(path),
        "saved_queries" => path is ["query_params", "where", ..] || Kept(path),
        "unit_tests" => path[0] is "given" or "expect" or "overrides" or "description",
        _ => Kept(path),
    };

    static bool Kept(IReadOnlyList<object?> path) =>
        path.Count > 0 && (NotRendered.Contains(path[0])
            || (path.Count == 2 && NotRendered.Contains(path[1]))
            || (path.Count >= 2 && path[0] is "config" && path[1] is "pre_hook" or "post_hook" or "pre-hook" or "post-hook" or "loaded_at_query")
            || (path.Count == 5 && path[4] is "description")
            || (path.Count >= 3 && path[0] is "columns" or "dimensions" or "measures" or "entities" && path[2] is "tests" or "data_tests" or "description")
            || (path.Count >= 3 && path[0] is "versions" && path[2] is "tests" or "data_tests"));

    /// <summary>The columns of an entry.</summary>
    public IReadOnlyList<ColumnInfo> Columns(IEnumerable<JinjaDict> columns)
    {
        var known = new OrderedDictionary<string, ColumnInfo>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            var name = column.Text("name") ?? throw Fail(column, $"Invalid column in {Path}: it has no name");
            var config = column.Dict("config");
            var meta = column.Dict("meta").Clone().With(config.Dict("meta"));
            known[name] = new ColumnInfo
            {
                Name = name,
                Description = column.Text("description") ?? "",
                DataType = column.Text("data_type"),
                Constraints = Constraints(column, $"column {name}"),
                Quote = column.Flag("quote"),
                Meta = meta,
                Tags = [.. column.Texts("tags").Concat(config.Texts("tags")).Distinct(StringComparer.Ordinal)],
                Config = config,
                Extra = column.Without("name", "description", "data_type", "constraints", "quote", "meta", "tags", "config", "tests", "data_tests", "docs", "granularity", "doc_blocks"),
            };
        }

        return [.. known.Values];
    }

    static readonly string[] ConstraintTypes = ["check", "not_null", "unique", "primary_key", "foreign_key", "custom"];

    public IReadOnlyList<NodeConstraint> Constraints(JinjaDict owner, string what) =>
        [.. owner.Mappings("constraints").Select(c => new NodeConstraint
        {
            Type = c.Text("type") is { } type && ConstraintTypes.Contains(type) ? type : throw Fail(c, $"Invalid constraint type on {what}"),
            Name = c.Text("name"),
            Expression = c.Text("expression"),
            WarnUnenforced = c.Flag("warn_unenforced") ?? true,
            WarnUnsupported = c.Flag("warn_unsupported") ?? true,
            To = c.Text("to"),
            ToColumns = [.. c.Texts("to_columns")],
            Columns = [.. c.Texts("columns")],
        })];

    /// <summary>A day or time as YAML has it, in UTC when it names no zone.</summary>
    public static DateTimeOffset? Date(object? value) =>
        value is null ? null
        : DateTimeOffset.TryParse(Text.Of(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    /// <summary>Hash of what a contract promises: columns and types in order of name, constraints where they are enforced.</summary>
    public static string ContractChecksum(ModelNode model)
    {
        var state = new StringBuilder();
        foreach (var column in model.Columns.OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            state.Append('|').Append(column.Name).Append(column.DataType ?? "None").Append(Shown("ColumnLevelConstraint", column.Constraints, withColumns: false));
        }

        if (model.Config.Materialized is "table" or "incremental")
        {
            state.Append(model.Config.Materialized).Append(Shown("ModelLevelConstraint", model.Constraints, withColumns: true));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state.ToString())));
    }

    // As Python shows dbt's objects: the checksum is made of that text.
    static string Shown(string type, IReadOnlyList<NodeConstraint> constraints, bool withColumns)
    {
        static string Quoted(string? text) => text is null ? "None" : Text.Of(new JinjaList([(object?)text]))[1..^1];
        static string Flag(bool value) => value ? "True" : "False";
        static string List(IEnumerable<string> items) => Text.Of(Dicts.ListOf(items));
        return "[" + string.Join(", ", constraints.Select(c =>
            $"{type}(type=<ConstraintType.{c.Type}: '{c.Type}'>, name={Quoted(c.Name)}, expression={Quoted(c.Expression)}, warn_unenforced={Flag(c.WarnUnenforced)}, "
            + $"warn_unsupported={Flag(c.WarnUnsupported)}, to={Quoted(c.To)}, to_columns={List(c.ToColumns)}{(withColumns ? $", columns={List(c.Columns)}" : "")})")) + "]";
    }
}
