using System.Numerics;

namespace Lakehouse.Jinja.Values;

/// <summary>Values as text, as Python's <c>str</c> makes it.</summary>
public static class Text
{
    /// <summary>The text of a value: what <c>{{ value }}</c> puts out.</summary>
    public static string Of(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        JinjaObject host => host.ToString(),
        JinjaDecimal number => number.ToString(),
        _ => Repr.Of(value),
    };

    /// <summary>Number of characters (code points) of a text.</summary>
    internal static int Length(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]))
            {
                count--;
            }
        }

        return count;
    }

    /// <summary>The characters (code points), each as a text of its own.</summary>
    internal static IEnumerable<string> Characters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                yield return text.Substring(i, 2);
                i++;
            }
            else
            {
                yield return text[i].ToString();
            }
        }
    }

    /// <summary>Place of a UTF-16 index in characters.</summary>
    internal static int CharactersBefore(string text, int index) => Length(text[..index]);
}
