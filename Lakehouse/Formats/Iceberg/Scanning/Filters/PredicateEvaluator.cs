using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Answers a question by what is known of a field over some rows: whether some row may pass (inclusive), and whether every row does (strict).</summary>
internal static class PredicateEvaluator
{
    public static bool MayPass(BoundPredicate predicate, in ColumnFacts facts) => predicate.Operator switch
    {
        PredicateOperator.IsNull => facts.MayBeNull,
        PredicateOperator.NotNull => facts.MayBeNan || facts.MayBeValue,
        PredicateOperator.IsNaN => facts.MayBeNan,
        PredicateOperator.NotNaN => facts.MayBeValue,
        PredicateOperator.Less => facts.MayBeValue && !(facts.HasLower && LowerTo(facts, predicate.Literals[0], high: true) >= 0),
        PredicateOperator.LessOrEqual => facts.MayBeValue && !(facts.HasLower && LowerTo(facts, predicate.Literals[0], high: true) > 0),
        PredicateOperator.Greater => facts.MayBeNan || (facts.MayBeValue && !(facts.HasUpper && UpperTo(facts, predicate.Literals[0], high: false) <= 0)),
        PredicateOperator.GreaterOrEqual => facts.MayBeNan || (facts.MayBeValue && !(facts.HasUpper && UpperTo(facts, predicate.Literals[0], high: false) < 0)),
        PredicateOperator.In => facts.MayBeValue && AnyWithin(facts, predicate.Literals),
        PredicateOperator.NotIn => facts.MayBeNan || (facts.MayBeValue && !IsOneOf(facts, predicate.Literals)),
        PredicateOperator.StartsWith => facts.MayBeValue && MayStartWith(facts, predicate.Literals[0].Bytes),
        PredicateOperator.NotStartsWith => facts.MayBeValue && !AllStartWith(facts, predicate.Literals[0].Bytes),
        _ => true,
    };

    public static bool AllPass(BoundPredicate predicate, in ColumnFacts facts)
    {
        if (predicate.Operator == PredicateOperator.IsNull)
        {
            return !facts.MayBeNan && !facts.MayBeValue;
        }

        if (facts.MayBeNull)
        {
            return false;
        }

        return predicate.Operator switch
        {
            PredicateOperator.NotNull => true,
            PredicateOperator.IsNaN => !facts.MayBeValue,
            PredicateOperator.NotNaN => !facts.MayBeNan,
            PredicateOperator.Less => !facts.MayBeNan && (!facts.MayBeValue || (facts.HasUpper && UpperTo(facts, predicate.Literals[0], high: false) < 0)),
            PredicateOperator.LessOrEqual => !facts.MayBeNan && (!facts.MayBeValue || (facts.HasUpper && UpperTo(facts, predicate.Literals[0], high: false) <= 0)),
            PredicateOperator.Greater => !facts.MayBeValue || (facts.HasLower && LowerTo(facts, predicate.Literals[0], high: true) > 0),
            PredicateOperator.GreaterOrEqual => !facts.MayBeValue || (facts.HasLower && LowerTo(facts, predicate.Literals[0], high: true) >= 0),
            PredicateOperator.In => !facts.MayBeNan && (!facts.MayBeValue || IsOneOf(facts, predicate.Literals)),
            PredicateOperator.NotIn => !facts.MayBeValue || !AnyWithin(facts, predicate.Literals),
            PredicateOperator.StartsWith => !facts.MayBeNan && (!facts.MayBeValue || AllStartWith(facts, predicate.Literals[0].Bytes)),
            PredicateOperator.NotStartsWith => !facts.MayBeValue || !MayStartWith(facts, predicate.Literals[0].Bytes),
            _ => false,
        };
    }

    private static int LowerTo(in ColumnFacts facts, in LiteralRange literal, bool high) =>
        literal.Bytes is { } bytes ? facts.LowerBytes.SequenceCompareTo(bytes) : facts.Lower.CompareTo(high ? literal.High : literal.Low);

    private static int UpperTo(in ColumnFacts facts, in LiteralRange literal, bool high) =>
        literal.Bytes is { } bytes ? facts.UpperBytes.SequenceCompareTo(bytes) : facts.Upper.CompareTo(high ? literal.High : literal.Low);

    /// <summary>Whether some literal lies within the bounds. Literals are in order, so only the first one that is not below the lower bound counts.</summary>
    private static bool AnyWithin(in ColumnFacts facts, LiteralRange[] literals)
    {
        var first = 0;
        if (facts.HasLower)
        {
            var end = literals.Length;
            while (first < end)
            {
                var middle = (first + end) / 2;
                if (LowerTo(facts, literals[middle], high: true) > 0)
                {
                    first = middle + 1;
                }
                else
                {
                    end = middle;
                }
            }
        }

        return first < literals.Length && !(facts.HasUpper && UpperTo(facts, literals[first], high: false) < 0);
    }

    /// <summary>Whether all values are the same one, and it is certainly among the literals.</summary>
    private static bool IsOneOf(in ColumnFacts facts, LiteralRange[] literals)
    {
        if (!facts.HasLower || !facts.HasUpper || facts.Lower != facts.Upper || !facts.LowerBytes.SequenceEqual(facts.UpperBytes))
        {
            return false;
        }

        foreach (var literal in literals)
        {
            if (literal.IsExact && LowerTo(facts, literal, high: false) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool MayStartWith(in ColumnFacts facts, ReadOnlySpan<byte> prefix) =>
        !(facts.HasLower && facts.LowerBytes[..Math.Min(prefix.Length, facts.LowerBytes.Length)].SequenceCompareTo(prefix) > 0)
        && !(facts.HasUpper && facts.UpperBytes.SequenceCompareTo(prefix) < 0);

    private static bool AllStartWith(in ColumnFacts facts, ReadOnlySpan<byte> prefix) => facts.HasLower && facts.HasUpper && facts.LowerBytes.StartsWith(prefix) && facts.UpperBytes.StartsWith(prefix);
}
