using System.Text;

namespace Lakehouse.Jinja.Methods;

/// <summary>Upper and lower case with Unicode's full mappings (SpecialCasing.txt, those without conditions), which the framework's do not have.</summary>
internal static class Casing
{
    static readonly Dictionary<char, string> LongUpper = new()
    {
        ['ß'] = "SS", ['ŉ'] = "ʼN", ['ǰ'] = "J̌", ['ΐ'] = "Ϊ́", ['ΰ'] = "Ϋ́", ['և'] = "ԵՒ", ['ẖ'] = "H̱", ['ẗ'] = "T̈", ['ẘ'] = "W̊", ['ẙ'] = "Y̊", ['ẚ'] = "Aʾ",
        ['ﬀ'] = "FF", ['ﬁ'] = "FI", ['ﬂ'] = "FL", ['ﬃ'] = "FFI", ['ﬄ'] = "FFL", ['ﬅ'] = "ST", ['ﬆ'] = "ST",
    };

    public static string Upper(string text)
    {
        var upper = text.ToUpperInvariant();
        if (!upper.Any(LongUpper.ContainsKey))
        {
            return upper;
        }

        var result = new StringBuilder();
        foreach (var c in upper)
        {
            result.Append(LongUpper.TryGetValue(c, out var several) ? several : c.ToString());
        }

        return result.ToString();
    }

    // The only full lower-case mapping without a condition is that of the dotted capital I.
    public static string Lower(string text) => text.Replace("İ", "i̇", StringComparison.Ordinal).ToLowerInvariant();

    public static string Capitalize(string text)
    {
        var characters = Values.Text.Characters(text).ToArray();
        return characters.Length == 0 ? text : Upper(characters[0]) + Lower(string.Concat(characters[1..]));
    }

    /// <summary>Each run of letters starts upper case.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder();
        var inWord = false;
        foreach (var c in text)
        {
            result.Append(inWord ? Lower(c.ToString()) : Upper(c.ToString()));
            inWord = char.IsLetter(c);
        }

        return result.ToString();
    }

    public static bool IsUpper(string text) => text.Any(char.IsUpper) && !text.Any(char.IsLower);

    public static bool IsLower(string text) => text.Any(char.IsLower) && !text.Any(char.IsUpper);
}
