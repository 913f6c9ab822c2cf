using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What <c>ref</c>, <c>source</c> and <c>this</c> give while a project is parsed: the node's own relation, as far as it is known.</summary>
internal sealed class ParseRelation(string? database, string? schema, string? identifier) : JinjaObject
{
    public override string TypeName => "DuckDBRelation";

    public override bool TryGetAttribute(string name, out object? value)
    {
        (var known, value) = name switch
        {
            "database" => (true, database),
            "schema" => (true, schema),
            "identifier" or "name" or "table" => (true, (object?)identifier),
            "type" => (true, null),
            "is_table" or "is_view" or "is_cte" or "is_pointer" or "is_materialized_view" => (true, (object?)false),
            "render" or "render_limited" => (true, new JinjaFunction(name, _ => ToString())),
            "include" => (true, new JinjaFunction(name, Include)),
            "quote" or "incorporate" or "replace_path" or "load_relation" or "from_config" => (true, new JinjaFunction(name, _ => this)),
            "without_identifier" => (true, new JinjaFunction(name, _ => new ParseRelation(database, schema, null))),
            "information_schema" => (true, new JinjaFunction(name, _ => new ParseRelation(database, "INFORMATION_SCHEMA", null))),
            _ => (false, null),
        };
        return known;
    }

    ParseRelation Include(JinjaCall call) => new(
        Truth.Of(call.Get(0, "database", true)) ? database : null,
        Truth.Of(call.Get(1, "schema", true)) ? schema : null,
        Truth.Of(call.Get(2, "identifier", true)) ? identifier : null);

    public override string ToString() => string.Join('.', new[] { database, schema, identifier }.OfType<string>().Select(p => $"\"{p}\""));

    public override string ToRepr() => $"<DuckDBRelation {this}>";
}
