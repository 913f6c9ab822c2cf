using System.Globalization;
using System.Text.RegularExpressions;
using Lakehouse.Engine;

namespace Lakehouse.Rules.Expectations;

/// <summary>The arguments of a rule, read by name; what nobody asked for is an error.</summary>
internal sealed partial class RuleArguments(Expectation expectation)
{
    readonly HashSet<string> known = new(StringComparer.Ordinal);

    /// <summary>The column as SQL.</summary>
    public string Column => SqlText.Identifier(expectation.Column ?? throw Wrong("stands under a column"));

    /// <summary>An optional text.</summary>
    public string? TextOrNull(string name) => Value(name) switch
    {
        null => null,
        string text => text,
        bool or decimal => Convert.ToString(Value(name), CultureInfo.InvariantCulture),
        _ => throw Wrong($"{name} must be a text"),
    };

    /// <summary>A text.</summary>
    public string Text(string name) => TextOrNull(name) is { Length: > 0 } text ? text : throw Wrong($"needs {name}");

    /// <summary>An optional number.</summary>
    public decimal? NumberOrNull(string name) => Value(name) switch
    {
        null => null,
        decimal number => number,
        _ => throw Wrong($"{name} must be a number"),
    };

    /// <summary>A number.</summary>
    public decimal Number(string name) => NumberOrNull(name) ?? throw Wrong($"needs {name}");

    /// <summary>An optional truth value; false without one.</summary>
    public bool Flag(string name) => Value(name) switch
    {
        null => false,
        bool flag => flag,
        _ => throw Wrong($"{name} must be true or false"),
    };

    /// <summary>A list, or a single value as a list of one.</summary>
    public IReadOnlyList<object?> List(string name) => Value(name) switch
    {
        null => throw Wrong($"needs {name}"),
        IReadOnlyList<object?> { Count: > 0 } list => list,
        IReadOnlyList<object?> => throw Wrong($"{name} must not be empty"),
        var one => [one],
    };

    /// <summary>Names of columns.</summary>
    public IReadOnlyList<string> Columns(string name) => [.. List(name).Select(item => item as string ?? throw Wrong($"{name} must name columns"))];

    /// <summary>A mapping from text to numbers.</summary>
    public IReadOnlyDictionary<string, decimal> Numbers(string name) => Value(name) is IReadOnlyDictionary<string, object?> { Count: > 0 } map
        ? map.ToDictionary(item => item.Key, item => item.Value as decimal? ?? throw Wrong($"{name}: {item.Key} must be a number"), StringComparer.Ordinal)
        : throw Wrong($"{name} must be a mapping from values to numbers");

    /// <summary>A value as an SQL literal: a number, a truth value, or a text that takes the type of what it is compared with.</summary>
    public string Literal(object? value) => value switch
    {
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        string text => SqlText.Literal(text),
        null => throw Wrong("a value is null: use not_null"),
        _ => throw Wrong("values are texts, numbers or truth values"),
    };

    /// <summary>An optional bound as an SQL literal.</summary>
    public string? BoundOrNull(string name) => Value(name) is { } value ? Literal(value) : null;

    /// <summary>A length of time such as <c>2 days</c>, as an SQL interval.</summary>
    public string Interval(string name) => IntervalOrNull(name) ?? throw Wrong($"needs {name}, such as '2 days'");

    /// <summary>An optional length of time.</summary>
    public string? IntervalOrNull(string name) => TextOrNull(name) is not { } text ? null
        : Duration().IsMatch(text.Trim()) ? $"INTERVAL {SqlText.Literal(text.Trim())}"
        : throw Wrong($"{name} '{text}' is no length of time: write a number and minutes, hours, days, weeks, months or years");

    /// <summary>Least and greatest, at least one of them: a condition on an expression.</summary>
    public string Range(string expression, bool ofNumbers = false)
    {
        var (least, greatest) = ofNumbers ? (NumberText("min"), NumberText("max")) : (BoundOrNull("min"), BoundOrNull("max"));
        var strictly = Flag("strict") ? "" : "=";
        return (least, greatest) switch
        {
            (null, null) => throw Wrong("needs min, max or both"),
            ({ }, null) => $"{expression} >{strictly} {least}",
            (null, { }) => $"{expression} <{strictly} {greatest}",
            _ => $"({expression} >{strictly} {least} AND {expression} <{strictly} {greatest})",
        };
    }

    /// <summary>A wrong use of the rule.</summary>
    public ExpectationException Wrong(string what) => new($"{expectation.Name}: {what}");

    /// <summary>Refuses arguments that the rule does not have.</summary>
    public void DemandAllKnown()
    {
        if (expectation.Arguments.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw Wrong($"has no argument '{unknown}'{(known.Count > 0 ? $"; it has {string.Join(", ", known.Order(StringComparer.Ordinal))}" : "")}");
        }
    }

    string? NumberText(string name) => NumberOrNull(name)?.ToString(CultureInfo.InvariantCulture);

    object? Value(string name)
    {
        known.Add(name);
        return expectation.Arguments.GetValueOrDefault(name);
    }

    [GeneratedRegex(@"^\d+(\.\d+)? ?(second|minute|hour|day|week|month|year)s?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();
}
