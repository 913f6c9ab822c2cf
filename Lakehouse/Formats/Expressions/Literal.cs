namespace Lakehouse.Formats.Expressions;

/// <summary>A value that a filter compares a column with, typed as the SQL engine types it; never null. Closed.</summary>
public abstract record Literal
{
    private protected Literal()
    {
    }
}

/// <summary>A truth value.</summary>
/// <param name="Value">The value.</param>
public sealed record BooleanLiteral(bool Value) : Literal;

/// <summary>An integer of any width.</summary>
/// <param name="Value">The value.</param>
public sealed record IntegerLiteral(Int128 Value) : Literal;

/// <summary>A decimal number: <paramref name="Unscaled"/> × 10 to the power of −<paramref name="Scale"/>.</summary>
/// <param name="Unscaled">Digits.</param>
/// <param name="Scale">0 to 38.</param>
public sealed record DecimalLiteral(Int128 Unscaled, int Scale) : Literal;

/// <summary>A 32-bit floating-point number. An engine compares integers and decimals with it as 32-bit numbers.</summary>
/// <param name="Value">The value.</param>
public sealed record FloatLiteral(float Value) : Literal;

/// <summary>A 64-bit floating-point number. An engine compares integers and decimals with it as 64-bit numbers.</summary>
/// <param name="Value">The value.</param>
public sealed record DoubleLiteral(double Value) : Literal;

/// <summary>A text.</summary>
/// <param name="Value">The value.</param>
public sealed record StringLiteral(string Value) : Literal;

/// <summary>A date.</summary>
/// <param name="Days">Days since 1970-01-01.</param>
public sealed record DateLiteral(int Days) : Literal;

/// <summary>A time of day.</summary>
/// <param name="Microseconds">Microseconds since midnight.</param>
public sealed record TimeLiteral(long Microseconds) : Literal;

/// <summary>A timestamp.</summary>
/// <param name="Value">Microseconds, or nanoseconds, since 1970-01-01 00:00 (UTC when it has a zone).</param>
/// <param name="IsNanoseconds">Whether <paramref name="Value"/> counts nanoseconds.</param>
/// <param name="HasZone">Whether it is an instant; else it is what a clock on some wall shows.</param>
public sealed record TimestampLiteral(long Value, bool IsNanoseconds, bool HasZone) : Literal;

/// <summary>A UUID.</summary>
/// <param name="Value">The value.</param>
public sealed record UuidLiteral(Guid Value) : Literal;

/// <summary>Bytes.</summary>
/// <param name="Value">The value.</param>
public sealed record BinaryLiteral(byte[] Value) : Literal
{
    /// <inheritdoc />
    public bool Equals(BinaryLiteral? other) => other is not null && Value.AsSpan().SequenceEqual(other.Value);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Value);
        return hash.ToHashCode();
    }
}
