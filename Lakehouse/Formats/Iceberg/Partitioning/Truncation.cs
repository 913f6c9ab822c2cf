namespace Lakehouse.Formats.Iceberg;

/// <summary>truncate[W] (specification, "Truncate Transform Details").</summary>
internal static class Truncation
{
    public static object Apply(object value, int width) => value switch
    {
        // Computed wide: the sum of remainder and width may pass the range of the type. The result may not; it wraps there as in the reference implementation.
        int number => unchecked((int)(number - Remainder(number, width))),
        long number => unchecked((long)(number - Remainder(number, width))),
        Int128 unscaled => unscaled - Remainder(unscaled, width),
        string text => Characters(text, width),
        byte[] bytes => bytes.Length <= width ? bytes : bytes[..width],
        _ => throw new ArgumentException($"No truncation of a value of {value.GetType().Name}", nameof(value)),
    };

    /// <summary>At most <paramref name="count"/> code points.</summary>
    public static string Characters(string text, int count)
    {
        if (text.Length <= count)
        {
            return text;
        }

        var index = 0;
        for (var taken = 0; taken < count && index < text.Length; taken++)
        {
            index += char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;
        }

        return index >= text.Length ? text : text[..index];
    }

    private static Int128 Remainder(Int128 value, int width)
    {
        var remainder = value % width;
        return remainder < 0 ? remainder + width : remainder;
    }
}
