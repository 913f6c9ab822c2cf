using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>A filter whose columns are fields of a schema and whose literals are values of their types. Without negation. Closed.</summary>
internal abstract record BoundExpression;

internal sealed record BoundAlways(bool Value) : BoundExpression;

/// <summary>A filter that can't be judged by statistics: any row may pass it, and none must.</summary>
internal sealed record BoundUnknown : BoundExpression;

internal sealed record BoundAnd(IReadOnlyList<BoundExpression> Operands) : BoundExpression;

internal sealed record BoundOr(IReadOnlyList<BoundExpression> Operands) : BoundExpression;

/// <summary>A question to a field.</summary>
/// <param name="Field">The field.</param>
/// <param name="Operator">The question. <see cref="PredicateOperator.NotNaN"/> is asked of every type: is there a value other than null and NaN.</param>
/// <param name="Literals">Values in ascending order.</param>
internal sealed record BoundPredicate(BoundField Field, PredicateOperator Operator, LiteralRange[] Literals) : BoundExpression;

/// <summary>A primitive field of a schema that lies in no list or map.</summary>
/// <param name="Id">Field id.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsNested">Whether it lies in a struct, which may be null itself.</param>
internal sealed record BoundField(int Id, PrimitiveType Type, bool IsNested)
{
    public bool IsFloating { get; } = Type == IcebergType.Float || Type == IcebergType.Double;

    public bool IsBytes { get; } = ValueKey.IsBytes(Type);
}

/// <summary>
/// What a literal is in the type of its field: <paramref name="Bytes"/> for types that are ordered by bytes, else a number of <see cref="ValueKey"/>. Where the engine may round before it compares, the number lies somewhere from
/// <paramref name="Low"/> to <paramref name="High"/>.
/// </summary>
internal readonly record struct LiteralRange(Int128 Low, Int128 High, byte[]? Bytes)
{
    public bool IsExact => Low == High;

    public static LiteralRange Of(Int128 value) => new(value, value, null);

    public static LiteralRange Of(byte[] value) => new(0, 0, value);

    public static int Compare(LiteralRange left, LiteralRange right) => left.Bytes is { } bytes ? bytes.AsSpan().SequenceCompareTo(right.Bytes) : left.Low.CompareTo(right.Low);
}
