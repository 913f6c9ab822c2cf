using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>A table's full name in templates: dbt's Relation.</summary>
/// <param name="database">Database; null when the name goes without.</param>
/// <param name="schema">Schema: the catalog's namespace.</param>
/// <param name="identifier">Name of the table.</param>
/// <param name="rendered">The text when it is not a quoted name: that of an ephemeral model.</param>
internal sealed class Relation(string? database, string? schema, string? identifier, string? rendered = null) : JinjaObject
{
    public override string TypeName => "Relation";

    public string? Identifier => identifier;

    public override bool TryGetAttribute(string name, out object? value)
    {
        (var known, value) = name switch
        {
            "database" => (true, database),
            "schema" => (true, schema),
            "identifier" or "name" or "table" => (true, (object?)identifier),
            "is_table" => (true, rendered is null),
            "is_view" => (true, false),
            "is_cte" => (true, rendered is not null),
            "render" => (true, new JinjaFunction("render", _ => ToString())),
            "include" => (true, new JinjaFunction("include", Include)),
            "without_identifier" => (true, new JinjaFunction("without_identifier", _ => new Relation(database, schema, null))),
            _ => (false, null),
        };
        return known;
    }

    Relation Include(JinjaCall call) => new(
        Truth.Of(call.Get(0, "database", true)) ? database : null,
        Truth.Of(call.Get(1, "schema", true)) ? schema : null,
        Truth.Of(call.Get(2, "identifier", true)) ? identifier : null);

    // dbt-duckdb does not escape quotes; names come from files of the project and are checked before a table is made of them.
    public override string ToString() => rendered ?? string.Join('.', new[] { database, schema, identifier }.OfType<string>().Select(p => $"\"{p}\""));

    public override string ToRepr() => $"<DuckDBRelation {this}>";
}
