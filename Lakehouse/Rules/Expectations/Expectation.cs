namespace Lakehouse.Rules.Expectations;

/// <summary>What happens when a table does not keep a rule.</summary>
public enum ExpectationAction
{
    /// <summary>It is said; the rows stay.</summary>
    Warn,

    /// <summary>Rows that break the rule are left out.</summary>
    Drop,

    /// <summary>Rows that break the rule go to the quarantine.</summary>
    Quarantine,

    /// <summary>The table is not published.</summary>
    Fail,
}

/// <summary>A rule that a table's rows, or the table as a whole, must keep.</summary>
/// <param name="Rule">Name of the rule, see <see cref="ExpectationRules"/>.</param>
/// <param name="Action">What happens when it is broken.</param>
public sealed record Expectation(string Rule, ExpectationAction Action)
{
    /// <summary>The column; null for a rule about rows or the table as a whole.</summary>
    public string? Column { get; init; }

    /// <summary>What it is called in results; null to name it by rule and column.</summary>
    public string? Label { get; init; }

    /// <summary>SQL condition that says to which rows the rule applies; null for all.</summary>
    public string? Where { get; init; }

    /// <summary>How much may break the rule before its action is taken, or (of drop and quarantine) before the table fails; null for the usual, see <see cref="Tolerances"/>.</summary>
    public Tolerance? Tolerance { get; init; }

    /// <summary>The rule's arguments: texts, numbers (<see cref="decimal"/>), booleans, lists of these, or mappings from text to these.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>What it is called in results.</summary>
    public string Name => Label ?? (Column is null ? Rule : $"{Rule}({Column})");
}

/// <summary>A wrong rule or argument, for whoever wrote it.</summary>
public sealed class ExpectationException(string message) : Exception(message);
