namespace Lakehouse.Jinja.Values;

/// <summary>Equality, order and text of values as templates see them, for the host.</summary>
public static class Ordering
{
    /// <summary>Whether two values are equal as <c>==</c> has it.</summary>
    public static bool AreEqual(object? a, object? b) => Comparison.AreEqual(a, b);

    /// <summary>Negative, zero or positive.</summary>
    /// <exception cref="JinjaException">The values have no order.</exception>
    public static int Compare(object? a, object? b) => Comparison.Compare("<", a, b);

    /// <summary>A value as Python's <c>repr</c> writes it.</summary>
    public static string Repr(object? value) => Values.Repr.Of(value);
}
