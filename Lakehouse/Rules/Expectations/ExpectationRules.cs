namespace Lakehouse.Rules.Expectations;

/// <summary>The built-in rules by name.</summary>
public static class ExpectationRules
{
    static readonly Dictionary<string, ExpectationRule> ByName =
        ValueRules.All.Concat(TextRules.All).Concat(TimeRules.All).Concat(RowRules.All).Concat(TableRules.All).Concat(StatisticRules.All).Concat(SchemaRules.All).ToDictionary(rule => rule.Name, StringComparer.Ordinal);

    /// <summary>All rules by name.</summary>
    public static IReadOnlyList<ExpectationRule> All { get; } = [.. ByName.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal)];

    /// <summary>Compiles an expectation.</summary>
    /// <exception cref="ExpectationException">There is no such rule, or its arguments are wrong; the message says which and what would be right.</exception>
    public static ExpectationCheck Compile(Expectation expectation)
    {
        ArgumentNullException.ThrowIfNull(expectation);
        if (!ByName.TryGetValue(expectation.Rule, out var rule))
        {
            throw new ExpectationException($"there is no rule '{expectation.Rule}'{Suggestion(expectation.Rule)}; the rules are {string.Join(", ", All.Select(r => r.Name))}");
        }

        var arguments = new RuleArguments(expectation);
        var check = rule.Compile(expectation, arguments);
        arguments.DemandAllKnown();
        if (check is not RowCheck && expectation.Action is ExpectationAction.Drop or ExpectationAction.Quarantine)
        {
            throw arguments.Wrong($"is about the table as a whole: it cannot {expectation.Action.ToString().ToLowerInvariant()} rows; its action is warn or fail");
        }

        return check is SchemaCheck && expectation.Where is not null ? throw arguments.Wrong("is about columns: it has no where") : check;
    }

    static string Suggestion(string name) =>
        All.Select(rule => rule.Name).FirstOrDefault(known => known.Replace("_", "", StringComparison.Ordinal) == name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant()) is { } near ? $" (is it {near}?)" : "";
}

/// <summary>A built-in rule.</summary>
public sealed class ExpectationRule
{
    internal ExpectationRule(string name, string summary, Func<Expectation, RuleArguments, ExpectationCheck> compile) => (Name, Summary, Compile) = (name, summary, compile);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it demands, in a few words.</summary>
    public string Summary { get; }

    internal Func<Expectation, RuleArguments, ExpectationCheck> Compile { get; }

    /// <summary>A rule about the value of a column, which is shown where it breaks the rule.</summary>
    internal static ExpectationRule OfValue(string name, string summary, Func<string, RuleArguments, string> holds) =>
        new(name, summary, (expectation, arguments) => new RowCheck(expectation, holds(arguments.Column, arguments), $"left(CAST({arguments.Column} AS VARCHAR), 80)"));

    /// <summary>A rule about a row.</summary>
    internal static ExpectationRule OfRow(string name, string summary, Func<RuleArguments, (string Holds, string Observed)> check) => new(name, summary, (expectation, arguments) =>
    {
        var (holds, observed) = check(arguments);
        return new RowCheck(expectation, holds, observed);
    });

    /// <summary>A rule about one figure of the rows that it applies to; NULL is no figure, and nothing to judge.</summary>
    internal static ExpectationRule OfFigure(string name, string summary, Func<RuleArguments, string> figure, Func<RuleArguments, string, string>? holds = null) => new(name, summary, (expectation, arguments) =>
    {
        var (sql, condition) = (figure(arguments), holds?.Invoke(arguments, "f.figure") ?? arguments.Range("f.figure", ofNumbers: true));
        var where = expectation.Where is { } only ? $" WHERE ({only})" : "";
        return new TableCheck(expectation, relation => $"SELECT {condition} AS holds, CAST(f.figure AS VARCHAR) AS observed FROM (SELECT {sql} AS figure FROM {relation} AS t{where}) AS f");
    });
}
