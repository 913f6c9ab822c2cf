using Lakehouse.Engine;

namespace Lakehouse.Rules.Expectations;

/// <summary>Rules about dates and times of a column; NULL keeps them. Times without a zone are taken as UTC.</summary>
static class TimeRules
{
    public static readonly ExpectationRule[] All =
    [
        ExpectationRule.OfValue("date_format", "the text is a date or time in a format of strptime", (column, a) => $"{column} IS NULL OR try_strptime(CAST({column} AS VARCHAR), {SqlText.Literal(a.Text("format"))}) IS NOT NULL"),
        ExpectationRule.OfValue("not_in_future", "the time is not later than now, give or take", (column, a) => $"{Utc(column)} <= {Now}{(a.IntervalOrNull("by") is { } by ? $" + {by}" : "")}"),
        ExpectationRule.OfValue("not_older_than", "the time is not longer ago than so", (column, a) => $"{Utc(column)} >= {Now} - {a.Interval("age")}"),
        ExpectationRule.OfFigure(
            "fresh_within",
            "the newest time is not longer ago than so",
            a => $"max({Utc(a.Column)})",
            (a, figure) => $"{figure} >= {Now} - {a.Interval("age")}"),
    ];

    const string Now = "(now() AT TIME ZONE 'UTC')";

    /// <summary>Times with and without a zone become comparable; dates are midnight.</summary>
    static string Utc(string column) => $"(CASE WHEN typeof({column}) = 'TIMESTAMP WITH TIME ZONE' THEN timezone('UTC', CAST({column} AS TIMESTAMPTZ)) ELSE CAST({column} AS TIMESTAMP) END)";
}
