namespace Lakehouse.Jinja.Lexing;

/// <summary>White space as Python's <c>str.isspace</c> and <c>\s</c> have it: Unicode's, and the four separators U+001C to U+001F.</summary>
internal static class Whitespace
{
    public static bool Is(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';
}
