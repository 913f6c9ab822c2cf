using System.Text;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Cuts text (by code points) and binary (by bytes) so that a lower bound stays below and an upper bound above the value.</summary>
internal static class BoundTruncation
{
    public static object Lower(object value, int length) => value switch
    {
        string text => Truncation.Characters(text, length),
        byte[] bytes => bytes.Length <= length ? bytes : bytes[..length],
        _ => throw new ArgumentException($"No truncation of a value of {value.GetType().Name}", nameof(value)),
    };

    /// <summary>Null when no longer value can be passed: all code points or bytes are the greatest there are.</summary>
    public static object? Upper(object value, int length) => value switch
    {
        string text => UpperText(text, Truncation.Characters(text, length)),
        byte[] bytes => bytes.Length <= length ? bytes : UpperBytes(bytes[..length]),
        _ => throw new ArgumentException($"No truncation of a value of {value.GetType().Name}", nameof(value)),
    };

    private static string? UpperText(string text, string cut)
    {
        if (cut.Length == text.Length)
        {
            return text;
        }

        var runes = cut.EnumerateRunes().ToArray();
        for (var last = runes.Length - 1; last >= 0; last--)
        {
            // The code points of surrogates are no characters.
            var next = runes[last].Value + 1;
            next = next == 0xd800 ? 0xe000 : next;
            if (Rune.IsValid(next))
            {
                return string.Concat(string.Concat(runes.Take(last)), new Rune(next).ToString());
            }
        }

        return null;
    }

    private static byte[]? UpperBytes(byte[] cut)
    {
        for (var last = cut.Length - 1; last >= 0; last--)
        {
            if (cut[last] < 0xff)
            {
                cut[last]++;
                return cut[..(last + 1)];
            }
        }

        return null;
    }
}
