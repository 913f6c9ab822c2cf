namespace Lakehouse.Formats.Iceberg;

/// <summary>Where a literal lies among the values of a type.</summary>
internal enum LiteralPlace
{
    /// <summary>It is one of them.</summary>
    Value,

    /// <summary>Strictly between a value and the one that follows it.</summary>
    Between,

    /// <summary>Greater than every value but NaN.</summary>
    Above,

    /// <summary>Less than every value.</summary>
    Below,

    /// <summary>NaN.</summary>
    Nan,
}

/// <summary>A literal in the type of a field.</summary>
/// <param name="Place">Where it lies.</param>
/// <param name="Range">The value; for <see cref="LiteralPlace.Between"/> the value before it.</param>
internal readonly record struct ConvertedLiteral(LiteralPlace Place, LiteralRange Range = default)
{
    public static ConvertedLiteral Above { get; } = new(LiteralPlace.Above);

    public static ConvertedLiteral Below { get; } = new(LiteralPlace.Below);

    public static ConvertedLiteral Nan { get; } = new(LiteralPlace.Nan);

    public static ConvertedLiteral Of(Int128 value) => new(LiteralPlace.Value, LiteralRange.Of(value));

    public static ConvertedLiteral Of(byte[] value) => new(LiteralPlace.Value, LiteralRange.Of(value));

    public static ConvertedLiteral Between(Int128 before) => new(LiteralPlace.Between, LiteralRange.Of(before));
}
