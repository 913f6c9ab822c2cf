namespace Lakehouse.Formats.Expressions;

/// <summary>Brings filters into the form that evaluators take.</summary>
public static class ExpressionRewriting
{
    /// <summary>The same filter without <see cref="Not"/>: negations are pushed down into the operators, nested conjunctions and disjunctions are taken apart, constants folded.</summary>
    public static Expression WithoutNot(this Expression expression) => Rewrite(expression, negate: false);

    private static Expression Rewrite(Expression expression, bool negate) => expression switch
    {
        Always(var value) => new Always(value != negate),
        Not(var operand) => Rewrite(operand, !negate),
        Opaque opaque => opaque,
        And(var operands) => negate ? Expression.AnyOf(operands.Select(operand => Rewrite(operand, true))) : Expression.AllOf(operands.Select(operand => Rewrite(operand, false))),
        Or(var operands) => negate ? Expression.AllOf(operands.Select(operand => Rewrite(operand, true))) : Expression.AnyOf(operands.Select(operand => Rewrite(operand, false))),
        ColumnPredicate predicate => negate ? predicate with { Operator = Negated(predicate.Operator) } : predicate,
        _ => throw new ArgumentException($"No rule for {expression.GetType().Name}", nameof(expression)),
    };

    // Null answers none of them but the question for null, so both a question and its opposite leave nulls out. The order is total, so that the opposite of less is greater or equal.
    private static PredicateOperator Negated(PredicateOperator @operator) => @operator switch
    {
        PredicateOperator.IsNull => PredicateOperator.NotNull,
        PredicateOperator.NotNull => PredicateOperator.IsNull,
        PredicateOperator.IsNaN => PredicateOperator.NotNaN,
        PredicateOperator.NotNaN => PredicateOperator.IsNaN,
        PredicateOperator.Less => PredicateOperator.GreaterOrEqual,
        PredicateOperator.LessOrEqual => PredicateOperator.Greater,
        PredicateOperator.Greater => PredicateOperator.LessOrEqual,
        PredicateOperator.GreaterOrEqual => PredicateOperator.Less,
        PredicateOperator.Equal => PredicateOperator.NotEqual,
        PredicateOperator.NotEqual => PredicateOperator.Equal,
        PredicateOperator.In => PredicateOperator.NotIn,
        PredicateOperator.NotIn => PredicateOperator.In,
        PredicateOperator.StartsWith => PredicateOperator.NotStartsWith,
        PredicateOperator.NotStartsWith => PredicateOperator.StartsWith,
        _ => throw new ArgumentOutOfRangeException(nameof(@operator), @operator, null),
    };
}
