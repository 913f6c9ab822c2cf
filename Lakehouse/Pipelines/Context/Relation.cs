using System.Globalization;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>A table's full name in templates: dbt's Relation.</summary>
/// <param name="database">Database; null when the name goes without.</param>
/// <param name="schema">Schema: the catalog's namespace.</param>
/// <param name="identifier">Name of the table.</param>
/// <param name="rendered">The text when it is not a quoted name: that of an ephemeral model.</param>
internal sealed class Relation(string? database, string? schema, string? identifier, string? rendered = null) : JinjaObject
{
    public override string TypeName => "DuckDBRelation";

    // dbt's relations are mappings of their own fields: packages tell them by that.
    public override bool IsMapping => true;

    public override IEnumerable<object?> Iterate() => ["metadata", "type", "path", "limit", "quote_policy", "include_policy", "quote_character"];

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public string? Database => database;

    public string? Schema => schema;

    public string? Identifier => identifier;

    /// <summary><c>table</c>, <c>view</c>, <c>cte</c> or another word; null when it is not known.</summary>
    public string? Type { get; init; } = rendered is null ? null : "cte";

    /// <summary>Which parts are in the name, and which of them are quoted: database, schema, identifier.</summary>
    public Parts Included { get; init; } = Parts.All;

    public Parts Quoted { get; init; } = Parts.All;

    /// <summary>The most rows that a query of it gives, for dry runs; null for all.</summary>
    public long? Limit { get; init; }

    /// <summary>The rows of a time window alone, for batches and samples; null for all.</summary>
    public EventTimeFilter? Window { get; init; }

    public RelationName Name => new(database ?? "", schema ?? "", identifier ?? "");

    /// <summary>The kind of what exists; a table when nothing else is known.</summary>
    public RelationKind Kind => Type == "view" ? RelationKind.View : RelationKind.Table;

    /// <summary>What is in a database, as a relation.</summary>
    public static Relation Of(AdapterRelation found) => new(found.Name.Database, found.Name.Schema, found.Name.Identifier) { Type = found.Kind == RelationKind.View ? "view" : "table" };

    /// <summary>The class that templates see as <c>api.Relation</c>.</summary>
    public static AttributeBag Class { get; } = new("Relation", new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["create"] = new JinjaFunction("create", Create),
        ["create_from"] = new JinjaFunction("create_from", call => call.Require(call.Positional.Count > 1 ? 1 : 0, "relation_config") is JinjaDict node ? FromNode(node) : throw JinjaException.Type("create_from() needs a node")),
        ["create_ephemeral_from"] = new JinjaFunction("create_ephemeral_from", call => call.Require(0, "relation_config") is JinjaDict node && node.TryGet("name", out var name)
            ? new Relation(null, null, Text.Of(name), $"__dbt__cte__{Text.Of(name)}")
            : throw JinjaException.Type("create_ephemeral_from() needs a node")),
        ["add_ephemeral_prefix"] = new JinjaFunction("add_ephemeral_prefix", call => $"__dbt__cte__{call.RequireText(0, "name")}"),
        ["get_default_quote_policy"] = new JinjaFunction("get_default_quote_policy", _ => Parts.All.ToDict()),
        ["get_default_include_policy"] = new JinjaFunction("get_default_include_policy", _ => Parts.All.ToDict()),
        ["Table"] = "table",
        ["View"] = "view",
        ["CTE"] = "cte",
    });

    static Relation FromNode(JinjaDict node)
    {
        node.TryGet("database", out var database);
        node.TryGet("schema", out var schema);
        var name = node.TryGet("alias", out var alias) || node.TryGet("identifier", out alias) || node.TryGet("name", out alias) ? alias : null;
        return new Relation(database as string, schema as string, name as string);
    }

    static object? Create(JinjaCall call) => new Relation(Word(call, 0, "database"), Word(call, 1, "schema"), Word(call, 2, "identifier"))
    {
        Type = call.Get(3, "type") is { } type and not Undefined ? Text.Of(type) : null,
        Quoted = Parts.All.With(call.Get(int.MaxValue, "quote_policy") as JinjaDict),
        Included = Parts.All.With(call.Get(int.MaxValue, "include_policy") as JinjaDict),
    };

    static string? Word(JinjaCall call, int position, string name) => call.Get(position, name) is { } value and not Undefined ? Text.Of(value) : null;

    Relation Copy(string? newDatabase, string? newSchema, string? newIdentifier) => new(newDatabase, newSchema, newIdentifier, rendered is not null && newIdentifier == identifier ? rendered : null)
    {
        Type = Type,
        Included = Included,
        Quoted = Quoted,
        Limit = Limit,
        Window = Window,
    };

    Relation With(string? type = null, Parts? included = null, Parts? quoted = null) => new(database, schema, identifier, rendered)
    {
        Type = type ?? Type,
        Included = included ?? Included,
        Quoted = quoted ?? Quoted,
        Limit = Limit,
        Window = Window,
    };

    public override bool TryGetAttribute(string name, out object? value)
    {
        (var known, value) = name switch
        {
            "database" => (true, database),
            "schema" => (true, schema),
            "identifier" or "name" or "table" => (true, (object?)identifier),
            "type" => (true, Type),
            "is_table" => (true, Type == "table"),
            "is_view" => (true, Type == "view"),
            "is_cte" => (true, Type == "cte"),
            "is_materialized_view" => (true, Type == "materialized_view"),
            "is_pointer" or "is_dynamic_table" or "is_iceberg_format" => (true, false),
            "is_external" => (true, Type == "external"),
            "can_be_renamed" => (true, Type is "table" or "view"),
            "can_be_replaced" => (true, Type is "table" or "view"),
            "limit" => (true, Limit),
            "metadata" => (true, new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal) { ["type"] = TypeName })),
            "quote_policy" => (true, Quoted.ToDict()),
            "include_policy" => (true, Included.ToDict()),
            "quote_character" => (true, "\""),
            "path" => (true, new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal) { ["database"] = database, ["schema"] = schema, ["identifier"] = identifier })),
            _ => (false, null),
        };
        if (known)
        {
            return true;
        }

        Func<JinjaCall, object?>? method = name switch
        {
            "render" => _ => Render(),
            "render_limited" => _ => Limited(Render()),
            "include" => call => With(included: Included.With(call)),
            "quote" => call => With(quoted: Quoted.With(call)),
            "quoted" => call => $"\"{Text.Of(call.Require(0, "identifier"))}\"",
            "without_identifier" => _ => With(included: Included with { Identifier = false }),
            "without_quote" => _ => With(quoted: new Parts(false, false, false)),
            "incorporate" => Incorporate,
            "replace_path" => call => Copy(Replaced(call, "database", database), Replaced(call, "schema", schema), Replaced(call, "identifier", identifier)),
            "replace" => Incorporate,
            "matches" => call => Matches(call),
            "information_schema" => call => InformationSchema(call.Get(0, "view_name")),
            "information_schema_only" => _ => InformationSchema(null),
            "get" => call => TryGetAttribute(call.RequireText(0, "key"), out var found) ? found : call.Get(1, "default"),
            "to_dict" => _ => new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal) { ["database"] = database, ["schema"] = schema, ["identifier"] = identifier, ["type"] = Type }),
            "create" => Create,
            _ => null,
        };
        value = method is null ? null : new JinjaFunction(name, method);
        return method is not null;
    }

    static string? Replaced(JinjaCall call, string name, string? now) => call.TryGet(int.MaxValue, name, out var value) ? value as string : now;

    object? Incorporate(JinjaCall call)
    {
        var path = call.Get(int.MaxValue, "path") as JinjaDict;
        var moved = path is null ? this : Copy(Part(path, "database", database), Part(path, "schema", schema), Part(path, "identifier", identifier));
        return moved.With(
            call.TryGet(int.MaxValue, "type", out var type) && type is not null ? Text.Of(type) : null,
            Included.With(call.Get(int.MaxValue, "include_policy") as JinjaDict),
            Quoted.With(call.Get(int.MaxValue, "quote_policy") as JinjaDict));
    }

    static string? Part(JinjaDict path, string name, string? now) => path.TryGet(name, out var value) ? value as string : now;

    bool Matches(JinjaCall call) => Same(call.Get(0, "database"), database) && Same(call.Get(1, "schema"), schema) && Same(call.Get(2, "identifier"), identifier);

    static bool Same(object? wanted, string? own) => wanted is null || string.Equals(wanted as string, own, StringComparison.OrdinalIgnoreCase);

    Relation InformationSchema(object? view) => new(database, "INFORMATION_SCHEMA", view is null ? null : Text.Of(view)) { Quoted = new Parts(true, false, false) };

    // dbt-duckdb does not escape quotes; names come from files of the project and are checked before a table is made of them.
    string Render() => rendered ?? string.Join('.', new[]
    {
        (database, Included.Database, Quoted.Database), (schema, Included.Schema, Quoted.Schema), (identifier, Included.Identifier, Quoted.Identifier),
    }.Where(p => p.Item2 && p.Item1 is not null).Select(p => p.Item3 ? $"\"{p.Item1}\"" : p.Item1));

    string Limited(string text) => Limit switch
    {
        null => text,
        0 => $"(select * from {text} where false limit 0)",
        var rows => string.Create(CultureInfo.InvariantCulture, $"(select * from {text} limit {rows})"),
    };

    public override string ToString() => Limited(Window is null ? Render() : $"(select * from {Render()} where {Window})");

    public override string ToRepr() => $"<DuckDBRelation {this}>";

    public override bool Equals(object? obj) => obj is Relation other && database == other.Database && schema == other.Schema && identifier == other.Identifier;

    public override int GetHashCode() => HashCode.Combine(database, schema, identifier);

    /// <summary>A choice among the parts of a name.</summary>
    internal sealed record Parts(bool Database, bool Schema, bool Identifier)
    {
        public static Parts All { get; } = new(true, true, true);

        public Parts With(JinjaCall call) => new(
            Truth.Of(call.Get(0, "database", Database)), Truth.Of(call.Get(1, "schema", Schema)), Truth.Of(call.Get(2, "identifier", Identifier)));

        public Parts With(JinjaDict? choice) => choice is null ? this : new Parts(Chosen(choice, "database", Database), Chosen(choice, "schema", Schema), Chosen(choice, "identifier", Identifier));

        static bool Chosen(JinjaDict choice, string name, bool now) => choice.TryGet(name, out var value) && value is not null ? Truth.Of(value) : now;

        public JinjaDict ToDict() => new(new Dictionary<string, object?>(StringComparer.Ordinal) { ["database"] = Database, ["schema"] = Schema, ["identifier"] = Identifier });
    }
}

/// <summary>A window over a relation's event time; at least one bound is set.</summary>
/// <param name="Field">The column or expression.</param>
/// <param name="Start">First moment in it; null without one.</param>
/// <param name="End">First moment after it; null without one.</param>
internal sealed record EventTimeFilter(string Field, DateTimeOffset? Start, DateTimeOffset? End)
{
    public override string ToString() => string.Join(" and ", new[] { Start is { } start ? $"{Field} >= '{Shown(start)}'" : null, End is { } end ? $"{Field} < '{Shown(end)}'" : null }.Where(p => p is not null));

    static string Shown(DateTimeOffset time) => new Jinja.Modules.PythonDateTime(time.ToUniversalTime()).ToString();
}
