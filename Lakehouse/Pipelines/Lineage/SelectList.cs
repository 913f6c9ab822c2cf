using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Lakehouse.Pipelines.Lineage.QueryTracer;

namespace Lakehouse.Pipelines.Lineage;

/// <summary>The columns that a SELECT list gives: each expression is one, <c>*</c> and <c>COLUMNS</c> are as many as there are.</summary>
internal sealed class SelectList(ExpressionTracer expressions)
{
    static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The columns; null, and why, when their number is not known.</summary>
    public List<TracedColumn>? Expand(IEnumerable<JsonNode?> list, out string? unknown)
    {
        var columns = new List<TracedColumn>();
        unknown = null;
        foreach (var expression in list)
        {
            var stars = Stars(expression!).ToList();
            if (stars.Count == 0)
            {
                var trace = expressions.Trace(expression);
                var name = Name(expression!);
                columns.Add(new TracedColumn(name, trace));
                if (Text(expression, "alias") is { Length: > 0 } alias)
                {
                    expressions.Scope.Aliases.TryAdd(alias, trace);
                }

                continue;
            }

            if (Expanded(expression!, stars, out unknown) is not { } expanded)
            {
                return null;
            }

            columns.AddRange(expanded);
        }

        return columns;
    }

    List<TracedColumn>? Expanded(JsonNode expression, List<JsonNode> stars, out string? unknown)
    {
        if (stars.Count > 1 && stars.Select(s => s.ToJsonString()).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            unknown = "an expression with two different COLUMNS is not traced";
            return null;
        }

        if (Of(stars[0], out unknown) is not { } columns)
        {
            return null;
        }

        if (ReferenceEquals(stars[0], expression))
        {
            return columns;
        }

        // An expression over COLUMNS is there once for each of them; its other parts are the same in all.
        var rest = Trace.Union(Rest(expression).Select(expressions.Trace));
        return [.. columns.Select(c => new TracedColumn(null, Trace.Union(expressions.HasAggregate(expression) ? c.Trace.Aggregated() : c.Trace.Computed(), rest).Computed()))];
    }

    List<TracedColumn>? Of(JsonNode star, out string? unknown)
    {
        unknown = null;
        var relation = Text(star, "relation_name") is { Length: > 0 } name ? name : null;
        var items = expressions.Scope.Items.Where(i => relation is null || i.Alias.Equals(relation, StringComparison.OrdinalIgnoreCase)).ToList();
        if (items.FirstOrDefault(i => i.Relation.Columns is null) is { } hidden)
        {
            unknown = hidden.Relation.Unknown;
            return null;
        }

        if (items.Count == 0)
        {
            unknown = $"it is not known what {relation}.* is";
            return null;
        }

        if (Excluded(star) is not { } excluded || Chosen(star) is not { } chosen)
        {
            unknown = "columns are chosen in a way that is not traced";
            return null;
        }

        // Columns of USING stand where the first of their relations has them.
        var shared = relation is null ? expressions.Scope.Using : [];
        var placed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var columns = new List<TracedColumn>();
        foreach (var item in items)
        {
            foreach (var column in item.Relation.Columns!)
            {
                if (relation is null && column.Name is { } merged && item.Merged.Contains(merged))
                {
                    if (placed.Add(merged))
                    {
                        columns.Add(shared.FirstOrDefault(c => merged.Equals(c.Name, StringComparison.OrdinalIgnoreCase)) ?? column);
                    }

                    continue;
                }

                columns.Add(column);
            }
        }

        var replaced = Items(star["replace_list"]).ToDictionary(r => Text(r, "key")!, r => r!["value"], StringComparer.OrdinalIgnoreCase);
        var renamed = Items(star["rename_list"]).ToDictionary(r => Text(r!["key"], "column")!, r => Text(r, "value")!, StringComparer.OrdinalIgnoreCase);
        return [.. columns.Where(c => c.Name is null || (!excluded.Contains(c.Name) && chosen(c.Name))).Select(c => c.Name is null ? c : new TracedColumn(
            renamed.GetValueOrDefault(c.Name, c.Name), replaced.TryGetValue(c.Name, out var expression) ? expressions.Trace(expression) : c.Trace))];
    }

    static HashSet<string>? Excluded(JsonNode star)
    {
        var excluded = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in Items(star["exclude_list"]).Concat(Items(star["qualified_exclude_list"])))
        {
            if (item is JsonValue value && value.TryGetValue<string>(out var name))
            {
                excluded.Add(name);
            }
            else if (Text(item, "relation") is null or "" && Text(item, "column") is { } column)
            {
                excluded.Add(column);
            }
            else
            {
                return null;
            }
        }

        return excluded;
    }

    /// <summary>Which columns COLUMNS means: all, those that match a pattern, or those of a list.</summary>
    static Func<string, bool>? Chosen(JsonNode star)
    {
        switch (star["expr"])
        {
            case null:
                return _ => true;
            case var pattern when Text(pattern, "class") == "CONSTANT" && Text(pattern["value"], "value") is { } text:
                try
                {
                    var regex = new Regex(text, RegexOptions.CultureInvariant, MatchTimeout);
                    return name => regex.IsMatch(name);
                }
                catch (ArgumentException)
                {
                    return null;
                }

            case var list when Text(list, "function_name") == "list_value" && Items(list["children"]).All(c => Text(c!["value"], "value") is not null):
                var names = Items(list["children"]).Select(c => Text(c!["value"], "value")!).ToHashSet(StringComparer.OrdinalIgnoreCase);
                return names.Contains;
            default:
                return null;
        }
    }

    static string? Name(JsonNode expression) => Text(expression, "alias") is { Length: > 0 } alias ? alias
        : Text(expression, "class") == "COLUMN_REF" ? Items(expression["column_names"]).Last()!.GetValue<string>()
        : null;

    /// <summary>The stars of an expression; within a subquery they are that one's.</summary>
    static IEnumerable<JsonNode> Stars(JsonNode node) => Text(node, "class") switch
    {
        "STAR" => [node],
        "SUBQUERY" => [],
        _ => ExpressionTracer.Children(node).SelectMany(Stars),
    };

    static IEnumerable<JsonNode> Rest(JsonNode node) => ExpressionTracer.Children(node).SelectMany(child => Text(child, "class") == "STAR" ? [] : Stars(child).Any() ? Rest(child) : [child]);
}
