using Lakehouse.Jinja.Lexing;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Methods;

/// <summary>Removal of white space, or of the given characters, at the ends of a text.</summary>
internal static class Stripping
{
    public static string Both(string text, object? characters) => End(Start(text, characters), characters);

    public static string Start(string text, object? characters)
    {
        var strip = Test(characters);
        var from = 0;
        while (from < text.Length && strip(text[from]))
        {
            from++;
        }

        return text[from..];
    }

    public static string End(string text, object? characters)
    {
        var strip = Test(characters);
        var to = text.Length;
        while (to > 0 && strip(text[to - 1]))
        {
            to--;
        }

        return text[..to];
    }

    static Func<char, bool> Test(object? characters) => characters switch
    {
        null => Whitespace.Is,
        string some => c => some.Contains(c, StringComparison.Ordinal),
        Undefined undefined => throw undefined.Error(),
        _ => throw JinjaException.Type("strip arg must be None or str"),
    };
}
