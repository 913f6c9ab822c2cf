using Lakehouse.Engine;

namespace Lakehouse.Rules.Expectations;

/// <summary>Rules about values of a column. NULL keeps all of them but <c>not_null</c>.</summary>
static class ValueRules
{
    public static readonly ExpectationRule[] All =
    [
        ExpectationRule.OfValue("not_null", "there is a value", (column, _) => $"{column} IS NOT NULL"),
        ExpectationRule.OfValue("is_null", "there is no value", (column, _) => $"{column} IS NULL"),
        ExpectationRule.OfValue("accepted_values", "the value is one of some", (column, a) => $"{column} IN ({string.Join(", ", a.List("values").Select(a.Literal))})"),
        ExpectationRule.OfValue("rejected_values", "the value is none of some", (column, a) => $"{column} NOT IN ({string.Join(", ", a.List("values").Select(a.Literal))})"),
        ExpectationRule.OfValue("between", "the value lies between min and max", (column, a) => a.Range(column)),
        ExpectationRule.OfValue("positive", "the number is greater than 0", (column, _) => $"{column} > 0"),
        ExpectationRule.OfValue("not_negative", "the number is not less than 0", (column, _) => $"{column} >= 0"),
        ExpectationRule.OfValue("finite", "the number is neither infinite nor not a number", (column, _) => $"isfinite(CAST({column} AS DOUBLE))"),
        ExpectationRule.OfValue("multiple_of", "the number is a multiple of another", (column, a) => $"{column} % {Divisor(a)} = 0"),
        ExpectationRule.OfValue("decimal_places", "the number has at most so many digits after the point", (column, a) => $"round(CAST({column} AS DECIMAL(38, 12)), {Count(a, "max")}) = CAST({column} AS DECIMAL(38, 12))"),
        ExpectationRule.OfValue("of_type", "the value can be read as a type", (column, a) => $"{column} IS NULL OR TRY_CAST({column} AS {Engine.Scans.SqlTypes.Of(Contracts.TypeText.Parse(a.Text("type")))}) IS NOT NULL"),
        ExpectationRule.OfValue("size_between", "the list or map has between min and max entries", (column, a) => a.Range($"len({column})", ofNumbers: true)),
        ExpectationRule.OfValue("json_valid", "the text is valid JSON", (column, _) => $"json_valid(CAST({column} AS VARCHAR))"),
    ];

    static string Divisor(RuleArguments a) => a.Number("of") is not 0 and var of ? a.Literal(of) : throw a.Wrong("of must not be 0");

    internal static string Count(RuleArguments a, string name) =>
        a.Number(name) is >= 0 and <= 1_000_000_000 and var count && count == decimal.Truncate(count) ? SqlText.Literal((long)count) : throw a.Wrong($"{name} must be a whole number, not less than 0");
}
