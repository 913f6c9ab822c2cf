using System.Text.Json;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Engine.Filters;

/// <summary>
/// Converts DuckDB's tree of a condition. Each part gives a filter that every row passes of which the part is true (or, negated, of which its negation is true); null when none is known.
/// </summary>
/// <param name="find">Finds a column by its names; null when there is none.</param>
/// <param name="isComplete">
/// Whether every name must be a known column and no constant may stand for a condition. DuckDB's plans print some names unquoted: a text whose meaning a name has changed then shows something that the optimizer leaves nowhere, and is
/// given up as a whole.
/// </param>
internal sealed class SqlPredicates(Func<IReadOnlyList<string>, FilterColumn?> find, bool isComplete)
{
    readonly SqlOperands operands = new(find);
    bool doubtful;

    public Expression? Read(JsonElement condition)
    {
        doubtful = false;
        var read = Read(condition, negate: false);
        return doubtful || (isComplete && HasUnknownNames(condition)) ? null : read;
    }

    Expression? Read(JsonElement node, bool negate)
    {
        switch (node.GetProperty("class").GetString())
        {
            case "CONJUNCTION":
                var parts = Children(node).Select(child => Read(child, negate)).ToList();
                var isAll = node.GetProperty("type").GetString() == "CONJUNCTION_AND" != negate;
                return isAll ? AllKnown(parts) : parts.Contains(null) ? null : Expression.AnyOf(parts!);
            case "COMPARISON":
                return Comparison(node.GetProperty("type").GetString()!, node.GetProperty("left"), node.GetProperty("right"), negate);
            case "BETWEEN":
                var (least, greatest) = (Comparison("COMPARE_GREATERTHANOREQUALTO", node.GetProperty("input"), node.GetProperty("lower"), negate), Comparison("COMPARE_LESSTHANOREQUALTO", node.GetProperty("input"), node.GetProperty("upper"), negate));
                return !negate ? AllKnown([least, greatest]) : least is null || greatest is null ? null : Expression.AnyOf([least, greatest]);
            case "OPERATOR":
                return Operator(node, negate);
            case "FUNCTION":
                return Function(node, negate);
            case "COLUMN_REF":
                return operands.Column(node) is { } flag ? new ColumnPredicate(flag.Path, PredicateOperator.Equal, [new BooleanLiteral(!negate)]) : null;
            case "CAST" or "CONSTANT":
                doubtful |= isComplete;
                return operands.Constant(node) switch
                {
                    { Value: BooleanLiteral(var value) } => value != negate ? Expression.True : Expression.False,
                    { Value: null } => Expression.False,
                    _ => null,
                };
            default:
                return null;
        }
    }

    static Expression? AllKnown(IEnumerable<Expression?> parts) => parts.OfType<Expression>().ToList() is { Count: > 0 } known ? Expression.AllOf(known) : null;

    Expression? Comparison(string type, JsonElement left, JsonElement right, bool negate)
    {
        var (column, constant) = (operands.Column(left), operands.Constant(right));
        if (column is null || constant is null)
        {
            (column, constant) = (operands.Column(right), operands.Constant(left));
            type = Flipped(type);
        }

        doubtful |= isComplete && operands.Constant(left) is not null && operands.Constant(right) is not null;
        if (column is null || constant is null)
        {
            return null;
        }

        var isDistinct = type is "COMPARE_DISTINCT_FROM" or "COMPARE_NOT_DISTINCT_FROM";
        if (constant.Value is not { } value)
        {
            // A comparison with null is true of nothing, nor is its negation.
            return !isDistinct ? Expression.False : new ColumnPredicate(column.Path, type == "COMPARE_DISTINCT_FROM" != negate ? PredicateOperator.NotNull : PredicateOperator.IsNull, []);
        }

        if (column.Compared(value) is not { } literal)
        {
            return null;
        }

        if (isDistinct)
        {
            return type == "COMPARE_DISTINCT_FROM" != negate
                ? Expression.AnyOf([new ColumnPredicate(column.Path, PredicateOperator.NotEqual, [literal]), new ColumnPredicate(column.Path, PredicateOperator.IsNull, [])])
                : new ColumnPredicate(column.Path, PredicateOperator.Equal, [literal]);
        }

        return OperatorOf(type) is { } @operator ? Signed(new ColumnPredicate(column.Path, @operator, [literal]), negate) : null;
    }

    Expression? Operator(JsonElement node, bool negate)
    {
        var children = Children(node).ToList();
        switch (node.GetProperty("type").GetString())
        {
            case "OPERATOR_NOT":
                return Read(children[0], !negate);
            case "OPERATOR_IS_NULL":
                return NullCheck(children[0], !negate);
            case "OPERATOR_IS_NOT_NULL":
                return NullCheck(children[0], negate);
            case "COMPARE_IN":
                return In(children, negate);
            case "COMPARE_NOT_IN":
                return In(children, !negate);
            default:
                return null;
        }
    }

    // A cast may turn no value into null and null into no value, so it makes no difference here.
    Expression? NullCheck(JsonElement child, bool isNull)
    {
        doubtful |= isComplete && operands.Constant(child) is not null;
        return operands.AnyColumn(child) is { } path ? new ColumnPredicate(path, isNull ? PredicateOperator.IsNull : PredicateOperator.NotNull, []) : null;
    }

    Expression? In(List<JsonElement> children, bool negate)
    {
        if (operands.Column(children[0]) is not { } column)
        {
            doubtful |= isComplete && operands.Constant(children[0]) is not null;
            return null;
        }

        var literals = new List<Literal>();
        foreach (var child in children.Skip(1))
        {
            if (operands.Constant(child) is not { } constant)
            {
                return null;
            }

            if (constant.Value is null)
            {
                // NOT IN a list that holds null is never true; IN finds the others.
                if (negate)
                {
                    return Expression.False;
                }
            }
            else if (column.Compared(constant.Value) is { } literal)
            {
                literals.Add(literal);
            }
            else
            {
                return null;
            }
        }

        return literals.Count == 0 ? Expression.False : new ColumnPredicate(column.Path, negate ? PredicateOperator.NotIn : PredicateOperator.In, literals);
    }

    Expression? Function(JsonElement node, bool negate)
    {
        var children = Children(node).ToList();
        var name = node.GetProperty("function_name").GetString();
        if (name == "isnan" && children.Count == 1)
        {
            return operands.Column(children[0]) is { IsPlain: true } number ? Signed(new ColumnPredicate(number.Path, PredicateOperator.IsNaN, []), negate) : null;
        }

        if (children.Count != 2 || operands.Column(children[0]) is not { IsPlain: true } column || operands.Constant(children[1])?.Value is not StringLiteral(var text))
        {
            return null;
        }

        return name switch
        {
            "prefix" or "starts_with" or "^@" => Signed(new ColumnPredicate(column.Path, PredicateOperator.StartsWith, [new StringLiteral(text)]), negate),
            "~~" => Like(column.Path, text, negate),
            "!~~" => Like(column.Path, text, !negate),
            _ => null,
        };
    }

    static Expression? Like(Formats.Expressions.ColumnPath column, string pattern, bool negate)
    {
        var end = pattern.AsSpan().IndexOfAny('%', '_', '\\');
        if (end < 0)
        {
            return Signed(new ColumnPredicate(column, PredicateOperator.Equal, [new StringLiteral(pattern)]), negate);
        }

        // Only a pattern that is a prefix and nothing else can be negated.
        var isPrefix = pattern[end..] == "%";
        return end == 0 || (negate && !isPrefix) ? null : Signed(new ColumnPredicate(column, PredicateOperator.StartsWith, [new StringLiteral(pattern[..end])]), negate);
    }

    static Expression Signed(ColumnPredicate predicate, bool negate) => negate ? new Not(predicate).WithoutNot() : predicate;

    static IEnumerable<JsonElement> Children(JsonElement node) => node.TryGetProperty("children", out var children) ? children.EnumerateArray() : [];

    bool HasUnknownNames(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Any(HasUnknownNames),
        JsonValueKind.Object when element.TryGetProperty("class", out var kind) && kind.GetString() == "COLUMN_REF" => operands.AnyColumn(element) is null,
        JsonValueKind.Object when element.TryGetProperty("class", out var kind) && kind.GetString() is "POSITIONAL_REFERENCE" or "PARAMETER" or "SUBQUERY" or "STAR" => true,
        JsonValueKind.Object => element.EnumerateObject().Any(member => HasUnknownNames(member.Value)),
        _ => false,
    };

    static string Flipped(string type) => type switch
    {
        "COMPARE_LESSTHAN" => "COMPARE_GREATERTHAN",
        "COMPARE_LESSTHANOREQUALTO" => "COMPARE_GREATERTHANOREQUALTO",
        "COMPARE_GREATERTHAN" => "COMPARE_LESSTHAN",
        "COMPARE_GREATERTHANOREQUALTO" => "COMPARE_LESSTHANOREQUALTO",
        _ => type,
    };

    static PredicateOperator? OperatorOf(string type) => type switch
    {
        "COMPARE_EQUAL" => PredicateOperator.Equal,
        "COMPARE_NOTEQUAL" => PredicateOperator.NotEqual,
        "COMPARE_LESSTHAN" => PredicateOperator.Less,
        "COMPARE_LESSTHANOREQUALTO" => PredicateOperator.LessOrEqual,
        "COMPARE_GREATERTHAN" => PredicateOperator.Greater,
        "COMPARE_GREATERTHANOREQUALTO" => PredicateOperator.GreaterOrEqual,
        _ => null,
    };
}
