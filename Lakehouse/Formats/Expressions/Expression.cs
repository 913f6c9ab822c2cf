namespace Lakehouse.Formats.Expressions;

/// <summary>
/// A filter over rows, in terms of columns and literals. A row passes when the filter is true of it; false and null are the same, as in SQL's WHERE. Closed: <see cref="And"/>, <see cref="Or"/>, <see cref="Not"/>,
/// <see cref="Always"/>, <see cref="Opaque"/>, <see cref="ColumnPredicate"/>.
/// </summary>
public abstract record Expression
{
    private protected Expression()
    {
    }

    /// <summary>Passes every row.</summary>
    public static Expression True { get; } = new Always(true);

    /// <summary>Passes no row.</summary>
    public static Expression False { get; } = new Always(false);

    /// <summary>All of some filters, with nested conjunctions taken apart and constants folded; none gives <see cref="True"/>.</summary>
    public static Expression AllOf(IEnumerable<Expression> operands)
    {
        var flat = operands.SelectMany(operand => operand is And and ? and.Operands : [operand]).Where(operand => operand is not Always(true)).Distinct().ToList();
        return flat.Contains(False) ? False : flat.Count switch { 0 => True, 1 => flat[0], _ => new And(flat) };
    }

    /// <summary>Any of some filters, with nested disjunctions taken apart and constants folded; none gives <see cref="False"/>.</summary>
    public static Expression AnyOf(IEnumerable<Expression> operands)
    {
        var flat = operands.SelectMany(operand => operand is Or or ? or.Operands : [operand]).Where(operand => operand is not Always(false)).Distinct().ToList();
        return flat.Contains(True) ? True : flat.Count switch { 0 => False, 1 => flat[0], _ => new Or(flat) };
    }
}

/// <summary>A constant.</summary>
/// <param name="Value">Whether every row passes, or none.</param>
public sealed record Always(bool Value) : Expression;

/// <summary>A condition that is not understood here, such as one over a function of a column: some rows may pass it, and it rules out none. Its negation is as little understood.</summary>
/// <param name="Text">The condition as its sender wrote it.</param>
public sealed record Opaque(string Text) : Expression;

/// <summary>All operands.</summary>
/// <param name="Operands">Filters.</param>
public sealed record And(IReadOnlyList<Expression> Operands) : Expression
{
    /// <inheritdoc />
    public bool Equals(And? other) => other is not null && Operands.SequenceEqual(other.Operands);

    /// <inheritdoc />
    public override int GetHashCode() => Operands.Aggregate(1, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => $"({string.Join(" AND ", Operands)})";
}

/// <summary>Any operand.</summary>
/// <param name="Operands">Filters.</param>
public sealed record Or(IReadOnlyList<Expression> Operands) : Expression
{
    /// <inheritdoc />
    public bool Equals(Or? other) => other is not null && Operands.SequenceEqual(other.Operands);

    /// <inheritdoc />
    public override int GetHashCode() => Operands.Aggregate(2, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => $"({string.Join(" OR ", Operands)})";
}

/// <summary>The negation: true where the operand is false, and null where it is null.</summary>
/// <param name="Operand">A filter.</param>
public sealed record Not(Expression Operand) : Expression;

/// <summary>A column compared with literals.</summary>
/// <param name="Column">The column.</param>
/// <param name="Operator">The question.</param>
/// <param name="Literals">None for the null and NaN questions, one for comparisons, any number for In and NotIn.</param>
public sealed record ColumnPredicate(ColumnPath Column, PredicateOperator Operator, IReadOnlyList<Literal> Literals) : Expression
{
    /// <summary>A question that needs no literal, or one, or several.</summary>
    public ColumnPredicate(string column, PredicateOperator @operator, params Literal[] literals)
        : this(ColumnPath.Of(column), @operator, literals)
    {
    }

    /// <inheritdoc />
    public bool Equals(ColumnPredicate? other) => other is not null && Column == other.Column && Operator == other.Operator && Literals.SequenceEqual(other.Literals);

    /// <inheritdoc />
    public override int GetHashCode() => Literals.Aggregate(HashCode.Combine(Column, Operator), HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => $"{Column} {Operator} {string.Join(", ", Literals)}".TrimEnd();
}
