using System.Text.Json.Nodes;

namespace Lakehouse.Pipelines.Lineage;

/// <summary>Traces the nodes of a query: SELECT, set operations, recursive WITH, and what stands in FROM.</summary>
/// <param name="tables">Columns of the database's tables.</param>
/// <param name="aggregates">Names of aggregate functions.</param>
/// <param name="macros">Names of macros that are not DuckDB's own: what they read is not seen where they are called.</param>
internal sealed class QueryTracer(IReadOnlyDictionary<(string Schema, string Table), TableColumns> tables, IReadOnlySet<string> aggregates, IReadOnlySet<string> macros)
{
    /// <summary>A recursive query adds columns to what it is made of at most as often as there are columns to add.</summary>
    const int MaxRounds = 1000;

    readonly HashSet<LineageTable> read = [];

    /// <summary>The tables that were met.</summary>
    public IReadOnlyCollection<LineageTable> Tables => read;

    public bool IsMacro(string function) => macros.Contains(function);

    public bool IsAggregate(string function) => aggregates.Contains(function);

    public Relation Query(JsonNode node, Names? names, Scope? outer)
    {
        names = With(node, names, outer);
        var relation = Text(node, "type") switch
        {
            "SELECT_NODE" => Select(node, names, outer),
            "SET_OPERATION_NODE" => SetOperation(node, names, outer),
            "RECURSIVE_CTE_NODE" => Recursive(node, names, outer),
            "CTE_NODE" => Cte(node, names, outer),
            var other => Relation.NotKnown($"a query of the kind {other} is not traced"),
        };
        return relation;
    }

    Names? With(JsonNode node, Names? names, Scope? outer)
    {
        foreach (var entry in Items(node["cte_map"]?["map"]))
        {
            var value = entry!["value"]!;
            var relation = Query(value["query"]!["node"]!, names, outer).Named(Texts(value["aliases"]));
            names = new Names(Text(entry, "key")!, relation, names);
        }

        return names;
    }

    Relation Cte(JsonNode node, Names? names, Scope? outer)
    {
        var relation = Query(node["query"]!, names, outer).Named(Texts(node["aliases"]));
        return Query(node["child"]!, new Names(Text(node, "cte_name")!, relation, names), outer);
    }

    /// <summary>What a round of the recursion adds is added until a round adds nothing.</summary>
    Relation Recursive(JsonNode node, Names? names, Scope? outer)
    {
        var name = Text(node, "cte_name")!;
        var aliases = Texts(node["aliases"]);
        if (Items(node["key_targets"]).Any())
        {
            return Relation.NotKnown("a recursive query with keys is not traced");
        }

        var isDistinct = node["union_all"]?.GetValue<bool>() != true;
        var sum = Query(node["left"]!, names, outer).Named(aliases);
        for (var round = 0; sum.Columns is not null; round++)
        {
            var next = Merged(sum, Query(node["right"]!, new Names(name, sum, names), outer), keepLeftNames: true);
            if (isDistinct)
            {
                next = next with { Rows = Trace.Union(next.Rows, AllOf(next).Deciding("GROUP_BY")) };
            }

            if (round == MaxRounds)
            {
                return Relation.NotKnown("a recursive query adds columns without an end", next.Rows);
            }

            if (next.Columns is null || (next.Rows.SameAs(sum.Rows) && next.Columns.Zip(sum.Columns).All(c => c.First.Trace.SameAs(c.Second.Trace))))
            {
                return next;
            }

            sum = next;
        }

        return sum;
    }

    Relation SetOperation(JsonNode node, Names? names, Scope? outer)
    {
        var type = Text(node, "setop_type") ?? "UNION";
        var children = (node["children"] as JsonArray)?.Select(c => Query(c!, names, outer)).ToList() ?? [Query(node["left"]!, names, outer), Query(node["right"]!, names, outer)];
        var sum = children[0];
        foreach (var next in children.Skip(1))
        {
            sum = type switch
            {
                "UNION" => Merged(sum, next, keepLeftNames: true),
                "UNION_BY_NAME" => ByName(sum, next),

                // Which rows of the left one stay is decided by all of their columns, and by those of the right one. (Below for those that are one where they are the same.)
                _ => sum with { Rows = Trace.Union(sum.Rows, next.Rows, node["setop_all"]?.GetValue<bool>() == true ? AllOf(sum).Deciding("FILTER") : Trace.None, AllOf(next).Deciding("FILTER")) },
            };
        }

        if (node["setop_all"]?.GetValue<bool>() != true)
        {
            // Rows that are the same in all columns are one.
            sum = sum with { Rows = Trace.Union(sum.Rows, AllOf(sum).Deciding("GROUP_BY")) };
        }

        var scope = new Scope([new ScopeItem("", null, sum)], outer);
        return sum with { Rows = Trace.Union(sum.Rows, Modifiers(node, scope, names, sum.Columns)) };
    }

    static Trace AllOf(Relation relation) => relation.Columns is { } columns ? Trace.Union(columns.Select(c => c.Trace)) : Trace.NotKnown(relation.Unknown!);

    static Relation Merged(Relation left, Relation right, bool keepLeftNames)
    {
        var rows = Trace.Union(left.Rows, right.Rows);
        return left.Columns is null || right.Columns is null || left.Columns.Count != right.Columns.Count
            ? Relation.NotKnown(left.Unknown ?? right.Unknown ?? "the sides of a UNION have different numbers of columns", rows)
            : new Relation([.. left.Columns.Zip(right.Columns, (l, r) => new TracedColumn(keepLeftNames ? l.Name : r.Name, Trace.Union(l.Trace, r.Trace)))], rows);
    }

    static Relation ByName(Relation left, Relation right)
    {
        var rows = Trace.Union(left.Rows, right.Rows);
        if (left.Columns is null || right.Columns is null || left.Columns.Concat(right.Columns).Any(c => c.Name is null))
        {
            return Relation.NotKnown(left.Unknown ?? right.Unknown ?? "a UNION BY NAME has columns without a name", rows);
        }

        return new Relation(
            [
                .. left.Columns.Select(c => c with { Trace = Trace.Union(((TracedColumn?[])[c, right.Find(c.Name!)]).OfType<TracedColumn>().Select(x => x.Trace)) }),
                .. right.Columns.Where(c => left.Find(c.Name!) is null),
            ],
            rows);
    }

    Relation Select(JsonNode node, Names? names, Scope? outer)
    {
        var from = From(node["from_table"], names, outer);
        var scope = from.Scope(outer);
        var expressions = new ExpressionTracer(this, scope, names);
        var columns = new SelectList(expressions).Expand(Items(node["select_list"]), out var unknown);
        List<Trace> rows =
        [
            from.Rows,
            .. from.Items.Select(i => i.Relation.Rows),
            Deciding(node["where_clause"], "FILTER"),
            .. Items(node["group_expressions"]).Select(e => Ordinal(e!, columns) ?? expressions.Trace(e)).Select(t => t.Deciding("GROUP_BY")),
            Deciding(node["having"], "FILTER"),
            Deciding(node["qualify"], "FILTER"),
            Modifiers(node, scope, names, columns),
        ];
        // What is unnested in the SELECT list makes as many rows as it has elements.
        rows.AddRange(Items(node["select_list"]).SelectMany(ExpressionTracer.Unnested).Select(e => expressions.Trace(e).Deciding("FILTER")));
        if (Text(node, "aggregate_handling") == "FORCE_AGGREGATES" && columns is not null)
        {
            // GROUP BY ALL: by what is no aggregate.
            rows.AddRange(Items(node["select_list"]).Where(e => !expressions.HasAggregate(e)).Select(e => expressions.Trace(e).Deciding("GROUP_BY")));
        }

        var all = Trace.Union(rows);
        return columns is null ? Relation.NotKnown(unknown!, all) : new Relation(columns, all);

        Trace Deciding(JsonNode? expression, string subtype) => expression is null ? Trace.None : expressions.Trace(expression).Deciding(subtype);
    }

    Trace Modifiers(JsonNode node, Scope scope, Names? names, IReadOnlyList<TracedColumn>? columns)
    {
        var expressions = new ExpressionTracer(this, scope, names) { PrefersAliases = true };
        var traces = new List<Trace>();
        foreach (var modifier in Items(node["modifiers"]))
        {
            traces.AddRange(Items(modifier!["orders"]).Select(o => (Ordinal(o!["expression"]!, columns) ?? All(o["expression"]!, columns) ?? expressions.Trace(o["expression"])).Deciding("SORT")));
            if (Text(modifier, "type") == "DISTINCT_MODIFIER" && !Items(modifier["distinct_on_targets"]).Any())
            {
                traces.AddRange((columns ?? []).Select(c => c.Trace.Deciding("GROUP_BY")));
            }

            traces.AddRange(Items(modifier["distinct_on_targets"]).Select(t => (Ordinal(t!, columns) ?? expressions.Trace(t)).Deciding("FILTER")));
            traces.AddRange(((JsonNode?[])[modifier["limit"], modifier["offset"]]).Where(l => l is not null).Select(l => expressions.Trace(l).Deciding("FILTER")));
        }

        return Trace.Union(traces);
    }

    /// <summary>ORDER BY ALL.</summary>
    static Trace? All(JsonNode expression, IReadOnlyList<TracedColumn>? columns) =>
        Text(expression, "class") == "STAR" && Text(expression, "relation_name") is null or "" && expression["expr"] is null && columns is not null ? Trace.Union(columns.Select(c => c.Trace)) : null;

    /// <summary>A number in GROUP BY and ORDER BY is a column of the SELECT list.</summary>
    static Trace? Ordinal(JsonNode expression, IReadOnlyList<TracedColumn>? columns) =>
        Text(expression, "class") == "CONSTANT" && expression["value"]?["value"] is JsonValue value && value.TryGetValue<int>(out var n) && columns is not null && n >= 1 && n <= columns.Count ? columns[n - 1].Trace : null;

    FromClause From(JsonNode? node, Names? names, Scope? outer)
    {
        switch (Text(node, "type"))
        {
            case null or "EMPTY":
                return FromClause.Empty;
            case "BASE_TABLE":
                return FromClause.Of(Item(node!, BaseTable(node!, names)));
            case "SUBQUERY":
                return FromClause.Of(Item(node!, Query(node!["subquery"]!["node"]!, names, outer)));
            case "JOIN":
                return Join(node!, names, outer);
            case "EXPRESSION_LIST":
                return FromClause.Of(Item(node!, Values(node!, names, outer)));
            case "TABLE_FUNCTION":
                return FromClause.Of(Item(node!, TableFunction(node!, names, outer)));
            case "PIVOT":
                // Its tables are read all the same.
                var source = From(node!["source"], names, outer);
                return FromClause.Of(Item(node, Relation.NotKnown("columns of PIVOT and UNPIVOT are not traced", Trace.Union([source.Rows, .. source.Items.Select(i => i.Relation.Rows)]))));
            case var other:
                return FromClause.Of(Item(node!, Relation.NotKnown($"columns of a {other} are not traced")));
        }
    }

    static ScopeItem Item(JsonNode node, Relation relation)
    {
        var alias = Text(node, "alias");
        var table = Text(node, "table_name");
        return new ScopeItem(
            alias is { Length: > 0 } ? alias : table ?? Text(node["function"], "function_name") ?? "", alias is { Length: > 0 } ? null : Text(node, "schema_name"), relation.Named(Texts(node["column_name_alias"])));
    }

    Relation BaseTable(JsonNode node, Names? names)
    {
        var (schema, table) = (Text(node, "schema_name") ?? "", Text(node, "table_name")!);
        if (schema.Length == 0 && Names.Find(names, table) is { } known)
        {
            return known;
        }

        if (!tables.TryGetValue((schema.ToUpperInvariant(), table.ToUpperInvariant()), out var found))
        {
            return Relation.NotKnown($"the table {(schema.Length == 0 ? table : $"{schema}.{table}")} is not known");
        }

        read.Add(found.Table);
        return new Relation([.. found.Columns.Select(c => new TracedColumn(c, Trace.Of(new LineageColumn(found.Table, c))))], Trace.None);
    }

    Relation Values(JsonNode node, Names? names, Scope? outer)
    {
        var expressions = new ExpressionTracer(this, new Scope([], outer), names);
        var rows = Items(node["values"]).Select(row => Items(row).Select(expressions.Trace).ToList()).ToList();
        return rows.Count == 0
            ? new Relation([], Trace.None)
            : new Relation([.. Enumerable.Range(0, rows[0].Count).Select(i => new TracedColumn($"col{i}", Trace.Union(rows.Where(r => i < r.Count).Select(r => r[i]))))], Trace.None);
    }

    /// <summary>What a table function gives is made of its arguments; which columns it has is known of few.</summary>
    Relation TableFunction(JsonNode node, Names? names, Scope? outer)
    {
        var function = node["function"]!;
        var name = Text(function, "function_name") ?? "";
        var arguments = Trace.Union(Items(function["children"]).Select(new ExpressionTracer(this, new Scope([], outer), names).Trace));
        return name.ToUpperInvariant() switch
        {
            "UNNEST" or "GENERATE_SERIES" or "RANGE" => new Relation([new TracedColumn(name.ToLowerInvariant(), arguments.Computed())], arguments.Deciding("FILTER")),
            _ => Relation.NotKnown($"columns of the table function {name} are not traced", arguments.Deciding("FILTER")),
        };
    }

    FromClause Join(JsonNode node, Names? names, Scope? outer)
    {
        var left = From(node["left"], names, outer);

        // What stands right may refer to what stands left.
        var right = From(node["right"], names, left.Scope(outer));
        var type = Text(node, "join_type");
        var shared = Text(node, "ref_type") == "NATURAL" ? left.Names().Where(right.Names().Contains).ToList() : Texts(node["using_columns"]);
        var joined = left.With(right, shared, type);
        var expressions = new ExpressionTracer(this, joined.All.Scope(outer), names);
        var condition = node["condition"] is { } on ? expressions.Trace(on).Deciding("JOIN") : Trace.None;
        return joined.Seen with { Rows = Trace.Union([left.Rows, right.Rows, condition, .. joined.Keys.Select(k => k.Deciding("JOIN")), .. joined.Hidden.Select(i => i.Relation.Rows)]) };
    }

    internal static string? Text(JsonNode? node, string name) => node is JsonObject parent && parent[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal static IEnumerable<JsonNode?> Items(JsonNode? node) => node as JsonArray ?? [];

    static IReadOnlyList<string> Texts(JsonNode? node) => [.. Items(node).Select(i => i is JsonValue value && value.TryGetValue<string>(out var text) ? text : "")];
}
