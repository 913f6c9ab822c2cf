namespace Lakehouse.Formats.Expressions;

/// <summary>
/// What a <see cref="ColumnPredicate"/> asks. Order and equality are those of SQL engines that keep floating point in a total order: NaN is greater than every number and equal to itself, −0.0 equals 0.0, text is compared by
/// code points and binary by unsigned bytes. As in SQL's WHERE, a null value matches <see cref="IsNull"/> and nothing else.
/// </summary>
public enum PredicateOperator
{
    /// <summary>Is null.</summary>
    IsNull,

    /// <summary>Is not null.</summary>
    NotNull,

    /// <summary>Is NaN.</summary>
    IsNaN,

    /// <summary>Is neither NaN nor null.</summary>
    NotNaN,

    /// <summary>Is less than the literal.</summary>
    Less,

    /// <summary>Is the literal or less.</summary>
    LessOrEqual,

    /// <summary>Is greater than the literal.</summary>
    Greater,

    /// <summary>Is the literal or greater.</summary>
    GreaterOrEqual,

    /// <summary>Is the literal.</summary>
    Equal,

    /// <summary>Is another value than the literal.</summary>
    NotEqual,

    /// <summary>Is one of the literals.</summary>
    In,

    /// <summary>Is none of the literals.</summary>
    NotIn,

    /// <summary>Begins with the literal, a text.</summary>
    StartsWith,

    /// <summary>Does not begin with the literal, a text.</summary>
    NotStartsWith,
}
