using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Finds the fields of a filter's columns and brings its literals to their types. What cannot be bound becomes <see cref="BoundUnknown"/>.</summary>
internal static class FilterBinder
{
    public static BoundExpression Bind(Expression filter, Schema schema) => BindAny(filter.WithoutNot(), schema);

    private static BoundExpression BindAny(Expression expression, Schema schema) => expression switch
    {
        Always(var value) => new BoundAlways(value),
        And(var operands) => new BoundAnd([.. operands.Select(operand => BindAny(operand, schema))]),
        Or(var operands) => new BoundOr([.. operands.Select(operand => BindAny(operand, schema))]),
        ColumnPredicate predicate when FieldOf(predicate.Column, schema) is { } field => BindPredicate(field, predicate.Operator, predicate.Literals),
        _ => new BoundUnknown(),
    };

    /// <summary>The field of a path through structs: by its exact names, else by names in any case as SQL has them. Null when there is none, or not one alone, or when it is no primitive.</summary>
    private static BoundField? FieldOf(ColumnPath path, Schema schema)
    {
        var fields = schema.Fields;
        NestedField? found = null;
        foreach (var name in path.Names)
        {
            found = fields.FirstOrDefault(field => field.Name == name);
            if (found is null)
            {
                var alike = fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
                found = alike.Count == 1 ? alike[0] : null;
            }

            if (found is null)
            {
                return null;
            }

            fields = (found.Type as StructType)?.Fields ?? [];
        }

        return found?.Type is PrimitiveType type ? new BoundField(found.Id, type, path.Names.Count > 1) : null;
    }

    private static BoundExpression BindPredicate(BoundField field, PredicateOperator @operator, IReadOnlyList<Literal> literals)
    {
        switch (@operator)
        {
            case PredicateOperator.IsNull or PredicateOperator.NotNull or PredicateOperator.IsNaN or PredicateOperator.NotNaN:
                return Ask(field, @operator);
            case PredicateOperator.StartsWith or PredicateOperator.NotStartsWith:
                return field.Type == IcebergType.String && literals is [StringLiteral] && LiteralConversion.To(field.Type, literals[0]) is { } prefix ? Ask(field, @operator, prefix.Range) : new BoundUnknown();
        }

        var converted = new List<ConvertedLiteral>();
        foreach (var literal in literals)
        {
            if (LiteralConversion.To(field.Type, literal) is not { } value)
            {
                return new BoundUnknown();
            }

            converted.Add(value);
        }

        return @operator switch
        {
            PredicateOperator.In => BindIn(field, converted),
            PredicateOperator.NotIn => BindNotIn(field, converted),
            _ when converted.Count == 1 => Compare(field, @operator, converted[0]),
            _ => new BoundUnknown(),
        };
    }

    private static BoundExpression Compare(BoundField field, PredicateOperator @operator, ConvertedLiteral literal)
    {
        if (@operator == PredicateOperator.Equal)
        {
            return BindIn(field, [literal]);
        }

        if (@operator == PredicateOperator.NotEqual)
        {
            return BindNotIn(field, [literal]);
        }

        var isLess = @operator is PredicateOperator.Less or PredicateOperator.LessOrEqual;
        return literal.Place switch
        {
            LiteralPlace.Value => Ask(field, @operator, literal.Range),
            LiteralPlace.Between when isLess => Ask(field, PredicateOperator.LessOrEqual, literal.Range),
            LiteralPlace.Between => Ask(field, PredicateOperator.GreaterOrEqual, LiteralRange.Of(literal.Range.Low + 1)),
            LiteralPlace.Below => isLess ? new BoundAlways(false) : Ask(field, PredicateOperator.NotNull),
            LiteralPlace.Above => Ask(field, isLess ? PredicateOperator.NotNaN : PredicateOperator.IsNaN),
            _ => @operator switch
            {
                PredicateOperator.Less => Ask(field, PredicateOperator.NotNaN),
                PredicateOperator.LessOrEqual => Ask(field, PredicateOperator.NotNull),
                PredicateOperator.GreaterOrEqual => Ask(field, PredicateOperator.IsNaN),
                _ => new BoundAlways(false),
            },
        };
    }

    private static BoundExpression BindIn(BoundField field, List<ConvertedLiteral> literals)
    {
        var parts = new List<BoundExpression>();
        if (Values(literals) is { Length: > 0 } values)
        {
            parts.Add(Ask(field, PredicateOperator.In, values));
        }

        if (literals.Exists(literal => literal.Place == LiteralPlace.Nan))
        {
            parts.Add(Ask(field, PredicateOperator.IsNaN));
        }

        return parts.Count switch { 0 => new BoundAlways(false), 1 => parts[0], _ => new BoundOr(parts) };
    }

    private static BoundExpression BindNotIn(BoundField field, List<ConvertedLiteral> literals)
    {
        var parts = new List<BoundExpression>();
        if (Values(literals) is { Length: > 0 } values)
        {
            parts.Add(Ask(field, PredicateOperator.NotIn, values));
        }

        if (literals.Exists(literal => literal.Place == LiteralPlace.Nan))
        {
            parts.Add(Ask(field, PredicateOperator.NotNaN));
        }

        return parts.Count switch { 0 => Ask(field, PredicateOperator.NotNull), 1 => parts[0], _ => new BoundAnd(parts) };
    }

    /// <summary>Those that are values, in order; a literal that lies elsewhere equals nothing.</summary>
    private static LiteralRange[] Values(List<ConvertedLiteral> literals)
    {
        var values = literals.Where(literal => literal.Place == LiteralPlace.Value).Select(literal => literal.Range).ToArray();
        Array.Sort(values, LiteralRange.Compare);
        return values;
    }

    private static BoundPredicate Ask(BoundField field, PredicateOperator @operator, params LiteralRange[] literals) => new(field, @operator, literals);
}
