using System.Globalization;
using Lakehouse.Engine;

namespace Lakehouse.Rules.Expectations;

/// <summary>Rules about figures of a column.</summary>
static class StatisticRules
{
    public static readonly ExpectationRule[] All =
    [
        ExpectationRule.OfFigure("null_share_between", "the share of rows without a value lies between min and max", a => $"count_if({a.Column} IS NULL) / nullif(count(*), 0)"),
        ExpectationRule.OfFigure("distinct_between", "the number of different values lies between min and max", a => $"count(DISTINCT {a.Column})"),
        ExpectationRule.OfFigure("distinct_share_between", "the share of different values among all lies between min and max", a => $"count(DISTINCT {a.Column}) / nullif(count({a.Column}), 0)"),
        ExpectationRule.OfFigure("sum_between", "the sum lies between min and max", a => $"sum({a.Column})"),
        ExpectationRule.OfFigure("mean_between", "the mean lies between min and max", a => $"avg({a.Column})"),
        ExpectationRule.OfFigure("median_between", "the median lies between min and max", a => $"median({a.Column})"),
        ExpectationRule.OfFigure("quantile_between", "a quantile lies between min and max", a => $"quantile_cont({a.Column}, {a.Literal(Share(a, "quantile"))})"),
        ExpectationRule.OfFigure("stddev_between", "the standard deviation lies between min and max", a => $"stddev_samp({a.Column})"),
        ExpectationRule.OfFigure("min_between", "the least value lies between min and max", a => $"min({a.Column})", (a, figure) => a.Range(figure)),
        ExpectationRule.OfFigure("max_between", "the greatest value lies between min and max", a => $"max({a.Column})", (a, figure) => a.Range(figure)),
        new ExpectationRule("distribution", "the shares of values are those expected (population stability index)", Distribution),
    ];

    /// <summary>
    /// The population stability index: the sum over all values of (actual − expected) × ln(actual / expected). Values that are not expected count together as one with a share of almost nothing.
    /// </summary>
    static TableCheck Distribution(Expectation expectation, RuleArguments arguments)
    {
        var shares = arguments.Numbers("expected");
        if (shares.Values.Any(share => share is < 0 or > 1) || shares.Values.Sum() is < 0.999m or > 1.001m)
        {
            throw arguments.Wrong($"the shares of expected must lie between 0 and 1 and add up to 1; they add up to {shares.Values.Sum().ToString(CultureInfo.InvariantCulture)}");
        }

        var greatest = arguments.Literal(arguments.NumberOrNull("max_index") ?? 0.2m);
        var expected = string.Join(", ", shares.Select(share => $"({SqlText.Literal(share.Key)}, {arguments.Literal(share.Value)})"));
        const string Least = "1e-4";
        return new TableCheck(expectation, relation => $"""
            SELECT d.stability <= {greatest} AS holds, concat('index ', round(d.stability, 4)) AS observed FROM (
                SELECT CASE WHEN count(a.share) > 0 THEN sum((greatest(coalesce(a.share, 0), {Least}) - greatest(e.share, {Least})) * ln(greatest(coalesce(a.share, 0), {Least}) / greatest(e.share, {Least}))) END AS stability
                FROM (SELECT v, CAST(share AS DOUBLE) AS share FROM (VALUES {expected}) AS x (v, share) UNION ALL SELECT NULL, 0) AS e
                LEFT JOIN (
                    SELECT CASE WHEN list_contains({SqlText.Literal(shares.Keys)}, CAST({arguments.Column} AS VARCHAR)) THEN CAST({arguments.Column} AS VARCHAR) END AS v, count(*) / sum(count(*)) OVER () AS share
                    FROM {relation} AS t WHERE {arguments.Column} IS NOT NULL{(expectation.Where is { } where ? $" AND ({where})" : "")} GROUP BY 1) AS a ON a.v IS NOT DISTINCT FROM e.v) AS d
            """);
    }

    static decimal Share(RuleArguments a, string name) => a.Number(name) is >= 0 and <= 1 and var share ? share : throw a.Wrong($"{name} must lie between 0 and 1");
}
