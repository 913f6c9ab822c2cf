using Lakehouse.Engine;

namespace Lakehouse.Rules.Expectations;

/// <summary>Rules about several columns of a row.</summary>
static class RowRules
{
    static readonly Dictionary<string, string> Operators = new(StringComparer.Ordinal)
    {
        ["<"] = "<", ["<="] = "<=", ["="] = "=", [">="] = ">=", [">"] = ">", ["<>"] = "<>", ["!="] = "<>",
    };

    public static readonly ExpectationRule[] All =
    [
        ExpectationRule.OfRow("expression", "an SQL condition over the row is true", a => ($"({a.Text("sql")})", "NULL")),
        ExpectationRule.OfRow("compare", "the column compares with another as it should", a =>
        {
            var (column, other, written) = (a.Column, SqlText.Identifier(a.Text("column")), a.Text("is"));
            return Operators.TryGetValue(written, out var operation)
                ? ($"{column} {operation} {other}", $"concat(left(CAST({column} AS VARCHAR), 40), ' and ', left(CAST({other} AS VARCHAR), 40))")
                : throw a.Wrong($"is '{written}' is no comparison: write {string.Join(", ", Operators.Keys)}");
        }),
        ExpectationRule.OfRow("any_not_null", "at least one of some columns has a value", a => ($"({string.Join(" OR ", a.Columns("columns").Select(c => $"{SqlText.Identifier(c)} IS NOT NULL"))})", "NULL")),
        ExpectationRule.OfRow("exactly_one_not_null", "one of some columns has a value, and no other", a => ($"({string.Join(" + ", a.Columns("columns").Select(c => $"CAST({SqlText.Identifier(c)} IS NOT NULL AS INTEGER)"))}) = 1", "NULL")),
    ];
}
