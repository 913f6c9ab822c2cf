using System.Globalization;
using System.Text;

namespace Lakehouse.Jinja.Lexing;

/// <summary>Escapes of string literals, as in Python: an unknown one stays as it is.</summary>
internal static class StringEscapes
{
    /// <exception cref="FormatException">An escape is cut short.</exception>
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('\\') < 0)
        {
            return text.ToString();
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            switch (text[i])
            {
                case '\n': break;
                case '\\' or '\'' or '"': result.Append(text[i]); break;
                case 'a': result.Append('\a'); break;
                case 'b': result.Append('\b'); break;
                case 'f': result.Append('\f'); break;
                case 'n': result.Append('\n'); break;
                case 'r': result.Append('\r'); break;
                case 't': result.Append('\t'); break;
                case 'v': result.Append('\v'); break;
                case 'x': Hex(text, ref i, 2, "\\xXX", result); break;
                case 'u': Hex(text, ref i, 4, "\\uXXXX", result); break;
                case 'U': Hex(text, ref i, 8, "\\UXXXXXXXX", result); break;
                case >= '0' and <= '7': Octal(text, ref i, result); break;
                default: result.Append('\\').Append(text[i]); break;
            }
        }

        return result.ToString();
    }

    static void Hex(ReadOnlySpan<char> text, ref int i, int digits, string form, StringBuilder result)
    {
        if (text.Length - i - 1 < digits
            || !uint.TryParse(text.Slice(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw new FormatException($"truncated {form} escape");
        }

        if (code > 0x10FFFF)
        {
            throw new FormatException("illegal Unicode character");
        }

        result.Append(code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
        i += digits;
    }

    static void Octal(ReadOnlySpan<char> text, ref int i, StringBuilder result)
    {
        var value = text[i] - '0';
        for (var n = 0; n < 2 && i + 1 < text.Length && text[i + 1] is >= '0' and <= '7'; n++)
        {
            value = (value * 8) + text[++i] - '0';
        }

        result.Append((char)value);
    }
}
