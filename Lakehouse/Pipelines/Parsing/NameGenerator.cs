using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>
/// Database, schema and name of a node's relation, as <c>generate_database_name</c> and its kin give them: the package's own macro, the root project's, or dbt's rule.
/// </summary>
internal sealed class NameGenerator(ParseSession session)
{
    static readonly JinjaTemplate Call = TemplateEnvironments.Macros.Parse("generate_name", "{{ __macro(__custom, __node) }}");

    public string? Database(PackageScope scope, string? custom, Func<JinjaDict> node) =>
        Generated(scope, "database", custom, node, out var name) ? name : custom is null ? session.Target.Database : custom.Trim();

    public string? Schema(PackageScope scope, string? custom, Func<JinjaDict> node) =>
        Generated(scope, "schema", custom, node, out var name) ? name : custom is null ? session.Target.Schema : $"{session.Target.Schema}_{custom.Trim()}";

    public string Alias(PackageScope scope, string? custom, string name, object? version, Func<JinjaDict> node) =>
        Generated(scope, "alias", custom, node, out var generated) ? generated ?? name
        : !string.IsNullOrEmpty(custom) ? custom.Trim()
        : version is null ? name : $"{name}_v{Text.Of(version).Replace('.', '_')}";

    bool Generated(PackageScope scope, string component, string? custom, Func<JinjaDict> node, out string? name)
    {
        var catalog = session.Catalog;
        var macro = $"generate_{component}_name";
        var found = (scope.Package.Name != session.Root.Name ? catalog.FindQualified(scope.Package.Name, macro) : null)
            ?? catalog.FindQualified(session.Root.Name, macro)
            ?? catalog.FindQualified(session.Root.Name, $"duckdb__{macro}")
            ?? catalog.FindQualified(session.Root.Name, $"default__{macro}");
        name = null;
        if (found is null)
        {
            return false;
        }

        var described = node();
        var variables = ParseContext.For(scope, new ParseState(), found.Definition.OriginalFilePath, described.Text("name") ?? "", described.Text("name") ?? "", () => described);
        variables["__macro"] = variables.Macro(found);
        variables["__custom"] = custom;
        variables["__node"] = described;
        try
        {
            name = Call.RenderValue(variables) switch
            {
                null => null,
                var value => Text.Of(value).Trim(),
            };
            return true;
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, found.Definition.OriginalFilePath);
        }
    }
}
