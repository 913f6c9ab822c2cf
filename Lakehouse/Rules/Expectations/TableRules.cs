using Lakehouse.Engine;

namespace Lakehouse.Rules.Expectations;

/// <summary>Rules about the rows of a table together.</summary>
static class TableRules
{
    public static readonly ExpectationRule[] All =
    [
        new ExpectationRule("unique", "no two rows have the same values", Unique),
        ExpectationRule.OfFigure("row_count_between", "the number of rows lies between min and max", _ => "count(*)"),
        ExpectationRule.OfFigure("row_count_equals", "there are as many rows as in another table", _ => "count(*)", (a, figure) => $"{figure} = (SELECT count(*) FROM {Relation(a, "table")})"),
        new ExpectationRule("references", "every value is in a column of another table", References),
        new ExpectationRule("determines", "rows with the same value have the same values in some columns", Determines),
        new ExpectationRule("ascending", "in the order of a column, the value does not fall", Ascending),
        ExpectationRule.OfFigure("sum_equals", "the sum is that of a column of another table, give or take", a => $"coalesce(sum({a.Column}), 0)", (a, figure) =>
            $"abs({figure} - (SELECT coalesce(sum({SqlText.Identifier(a.TextOrNull("column") ?? Unquoted(a))}), 0) FROM {Relation(a, "table")})) <= {a.Literal(a.NumberOrNull("by") ?? 0m)}"),
    ];

    static TableCheck Unique(Expectation expectation, RuleArguments arguments)
    {
        var columns = expectation.Column is { } only ? [only] : arguments.Columns("columns");
        var names = string.Join(", ", columns.Select(c => SqlText.Identifier(c)));
        var filled = string.Join(" AND ", columns.Select(c => $"{SqlText.Identifier(c)} IS NOT NULL"));
        return new TableCheck(expectation, relation =>
            $"SELECT count(*) = 0 AS holds, concat(count(*), ' values more than once, such as ', any_value(shown)) AS observed FROM (SELECT left(CAST(({names}) AS VARCHAR), 80) AS shown FROM {relation} AS t WHERE {filled}{And(expectation)} GROUP BY {names} HAVING count(*) > 1)");
    }

    static TableCheck References(Expectation expectation, RuleArguments arguments)
    {
        var (column, other, field) = (arguments.Column, Relation(arguments, "table"), SqlText.Identifier(arguments.TextOrNull("column") ?? expectation.Column!));
        return new TableCheck(expectation, relation =>
            $"SELECT count(*) = 0 AS holds, concat(count(*), ' values are not there, such as ', any_value(shown)) AS observed FROM (SELECT DISTINCT {column} AS v, left(CAST({column} AS VARCHAR), 80) AS shown FROM {relation} AS t WHERE {column} IS NOT NULL{And(expectation)}) AS l WHERE NOT EXISTS (SELECT 1 FROM {other} AS r WHERE r.{field} = l.v)");
    }

    static TableCheck Determines(Expectation expectation, RuleArguments arguments)
    {
        var (column, others) = (arguments.Column, string.Join(", ", arguments.Columns("columns").Select(c => SqlText.Identifier(c))));
        return new TableCheck(expectation, relation =>
            $"SELECT count(*) = 0 AS holds, concat(count(*), ' values with several, such as ', any_value(shown)) AS observed FROM (SELECT left(CAST({column} AS VARCHAR), 80) AS shown FROM {relation} AS t WHERE {column} IS NOT NULL{And(expectation)} GROUP BY {column} HAVING count(DISTINCT ({others})) > 1)");
    }

    static TableCheck Ascending(Expectation expectation, RuleArguments arguments)
    {
        var (column, by, strictly) = (arguments.Column, SqlText.Identifier(arguments.Text("by")), arguments.Flag("strict") ? "<=" : "<");
        return new TableCheck(expectation, relation =>
            $"SELECT count(*) = 0 AS holds, concat(count(*), ' times it does') AS observed FROM (SELECT {column} AS v, lag({column}) OVER (ORDER BY {by}) AS before FROM {relation} AS t WHERE {column} IS NOT NULL{And(expectation)}) WHERE v {strictly} before");
    }

    static string And(Expectation expectation) => expectation.Where is { } where ? $" AND ({where})" : "";

    /// <summary>A table's name: <c>schema.table</c> or <c>database.schema.table</c>, each part quoted unless it is already.</summary>
    internal static string Relation(RuleArguments arguments, string name)
    {
        var text = arguments.Text(name);
        return text.Contains('"', StringComparison.Ordinal) ? text : SqlText.Identifier([.. text.Split('.')]);
    }

    static string Unquoted(RuleArguments arguments) => arguments.Column[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
}
