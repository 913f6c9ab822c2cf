using System.Numerics;

namespace Lakehouse.Jinja.Values;

/// <summary>A value as the key of a dictionary or set: equal and hashed as in Python.</summary>
internal readonly struct Key : IEquatable<Key>
{
    readonly int hash;

    Key(object? value, int hash)
    {
        Value = value;
        this.hash = hash;
    }

    public object? Value { get; }

    /// <exception cref="JinjaException">The value is mutable.</exception>
    public static Key Of(object? value) => new(value, HashOf(value));

    static int HashOf(object? value) => value switch
    {
        null => 0,
        string text => string.GetHashCode(text, StringComparison.Ordinal),
        bool flag => HashOf(flag ? 1L : 0L),
        long number => number.GetHashCode(),
        BigInteger number => ((double)number).GetHashCode(),
        double number => number is >= long.MinValue and < 9.2e18 && Math.Floor(number) == number ? ((long)number).GetHashCode() : number.GetHashCode(),
        JinjaDecimal number => number.IsWhole ? HashOf(Numbers.Normal(number.Truncated)) : number.ToDouble().GetHashCode(),
        JinjaTuple tuple => tuple.Items.Aggregate(17, (hash, item) => HashCode.Combine(hash, HashOf(item))),
        JinjaList or JinjaDict or JinjaSet => throw JinjaException.Type($"unhashable type: '{TypeNames.Of(value)}'"),
        _ => value.GetHashCode(),
    };

    public bool Equals(Key other) => hash == other.hash && Comparison.AreEqual(Value, other.Value);

    public override bool Equals(object? obj) => obj is Key other && Equals(other);

    public override int GetHashCode() => hash;
}
