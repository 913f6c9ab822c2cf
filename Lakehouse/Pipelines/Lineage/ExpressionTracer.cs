using System.Text.Json.Nodes;
using static Lakehouse.Pipelines.Lineage.QueryTracer;

namespace Lakehouse.Pipelines.Lineage;

/// <summary>Traces expressions of one SELECT.</summary>
internal sealed class ExpressionTracer(QueryTracer query, Scope scope, Names? names)
{
    static readonly HashSet<string> Masking = new(StringComparer.OrdinalIgnoreCase) { "md5", "md5_number", "sha1", "sha256", "hash" };

    readonly HashSet<string> parameters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an alias of the SELECT list comes before a column of the same name, as in ORDER BY.</summary>
    public bool PrefersAliases { get; init; }

    public Scope Scope => scope;

    /// <summary>What an expression is made of.</summary>
    public Trace Trace(JsonNode? node)
    {
        switch (Text(node, "class"))
        {
            case "COLUMN_REF":
                var path = Items(node!["column_names"]).Select(n => n!.GetValue<string>()).ToList();
                return parameters.Contains(path[0]) ? Lineage.Trace.None : scope.Resolve(path, PrefersAliases);
            case "CONSTANT" or "PARAMETER" or "DEFAULT":
                return Lineage.Trace.None;
            case "FUNCTION":
                return Function(node!);
            case "WINDOW":
                return Window(node!);
            case "CASE":
                return Lineage.Trace.Union(
                [
                    .. Items(node!["case_checks"]).SelectMany(c => (Trace[])[Trace(c!["when_expr"]).Deciding("CONDITIONAL"), Trace(c["then_expr"])]),
                    Trace(node["else_expr"]),
                ]).Computed();
            case "SUBQUERY":
                return Subquery(node!);
            case "LAMBDA":
                return Lambda(node!);
            case "STAR":
                return Lineage.Trace.NotKnown("a * or COLUMNS within an expression is not traced");
            case "POSITIONAL_REFERENCE":
                return Lineage.Trace.NotKnown("a column by its number is not traced");
            default:
                return Lineage.Trace.Union(Children(node).Select(Trace)).Computed();
        }
    }

    /// <summary>Whether an expression aggregates, so that GROUP BY ALL does not group by it.</summary>
    public bool HasAggregate(JsonNode? node) =>
        (Text(node, "class") == "FUNCTION" && query.IsAggregate(Text(node, "function_name") ?? "")) || (Text(node, "class") != "SUBQUERY" && Children(node).Any(HasAggregate));

    Trace Function(JsonNode node)
    {
        var name = Text(node, "function_name") ?? "";
        if (query.IsMacro(name))
        {
            return Lineage.Trace.NotKnown($"the macro {name} is not traced");
        }

        var arguments = Lineage.Trace.Union(Items(node["children"]).Select(Trace));
        if (!query.IsAggregate(name) || node["is_operator"]?.GetValue<bool>() == true)
        {
            return arguments.Computed(Masking.Contains(name));
        }

        return Lineage.Trace.Union(
        [
            arguments.Aggregated(),
            .. node["filter"] is { } filter ? [Trace(filter).Deciding("CONDITIONAL")] : Array.Empty<Trace>(),
            .. Items(node["order_bys"]?["orders"]).Select(o => Trace(o!["expression"]).Deciding("SORT")),
        ]);
    }

    Trace Window(JsonNode node)
    {
        var deciding = Items(node["partitions"]).Concat(Items(node["orders"]).Concat(Items(node["arg_orders"])).Select(o => o!["expression"]))
            .Concat([node["filter_expr"], node["start_expr"], node["end_expr"], node["offset_expr"]]).Where(e => e is not null);
        var values = Lineage.Trace.Union([.. Items(node["children"]).Select(Trace), .. node["default_expr"] is { } otherwise ? [Trace(otherwise)] : Array.Empty<Trace>()]);
        var isAggregate = Text(node, "type") == "WINDOW_AGGREGATE";
        return Lineage.Trace.Union([isAggregate ? values.Aggregated() : values.Computed(), .. deciding.Select(e => Trace(e).Deciding("WINDOW"))]);
    }

    Trace Subquery(JsonNode node)
    {
        var inner = query.Query(node["subquery"]!["node"]!, names, scope);
        var columns = inner.Columns is null ? Lineage.Trace.NotKnown(inner.Unknown!) : Lineage.Trace.Union(inner.Columns.Select(c => c.Trace));
        return Text(node, "subquery_type") == "SCALAR"
            ? Lineage.Trace.Union(columns.Computed(), inner.Rows)
            : Lineage.Trace.Union([columns.Deciding("CONDITIONAL"), inner.Rows, .. node["child"] is { } child ? [Trace(child)] : Array.Empty<Trace>()]).Computed();
    }

    /// <summary>The parameters stand for elements of lists that are arguments beside it.</summary>
    Trace Lambda(JsonNode node)
    {
        var own = new List<string>();
        Gather(node["lhs"]);
        own.AddRange(Items(node["named_parameters"]).Select(p => p!.GetValue<string>()));
        var added = own.Where(parameters.Add).ToList();
        var trace = Trace(node["expr"]);
        parameters.ExceptWith(added);
        return trace.Computed();

        void Gather(JsonNode? part)
        {
            own.AddRange(Items(part?["column_names"]).Select(n => n!.GetValue<string>()));
            foreach (var child in Children(part))
            {
                Gather(child);
            }
        }
    }

    /// <summary>What an expression unnests; not what subqueries in it do.</summary>
    internal static IEnumerable<JsonNode?> Unnested(JsonNode? node) => Text(node, "class") switch
    {
        "SUBQUERY" => [],
        "FUNCTION" when Text(node, "function_name")?.ToUpperInvariant() is "UNNEST" or "UNLIST" or "GENERATE_SUBSCRIPTS" => Items(node!["children"]),
        _ => Children(node).SelectMany(Unnested),
    };

    /// <summary>The expressions directly within one, of whatever kind it is.</summary>
    internal static IEnumerable<JsonNode> Children(JsonNode? node)
    {
        foreach (var (_, value) in node as JsonObject ?? [])
        {
            foreach (var child in Within(value))
            {
                yield return child;
            }
        }

        static IEnumerable<JsonNode> Within(JsonNode? value) => value switch
        {
            JsonObject part when Text(part, "class") is not null => [part],
            JsonObject part => part.SelectMany(m => Within(m.Value)),
            JsonArray parts => parts.SelectMany(Within),
            _ => [],
        };
    }
}
