using Lakehouse.Jinja.Lexing;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Methods;

/// <summary>Parts of texts.</summary>
internal static class Splitting
{
    public static IEnumerable<object?> Split(string text, object? separator, object? limit)
    {
        var most = Limit(limit);
        if (separator is null)
        {
            return Words(text, most, fromEnd: false);
        }

        return text.Split(Separator(separator), most == int.MaxValue ? int.MaxValue : most + 1);
    }

    public static IEnumerable<object?> SplitFromEnd(string text, object? separator, object? limit)
    {
        var most = Limit(limit);
        if (separator is null)
        {
            return Words(text, most, fromEnd: true);
        }

        var by = Separator(separator);
        var parts = new List<object?>();
        for (var at = text.LastIndexOf(by, StringComparison.Ordinal); at >= 0 && parts.Count < most; at = text.LastIndexOf(by, StringComparison.Ordinal))
        {
            parts.Insert(0, text[(at + by.Length)..]);
            text = text[..at];
        }

        parts.Insert(0, text);
        return parts;
    }

    static int Limit(object? limit) => Numbers.Index(limit ?? -1L, "maxsplit") is var most && most < 0 || most > int.MaxValue - 1 ? int.MaxValue : (int)most;

    static string Separator(object? value) => value switch
    {
        string { Length: > 0 } text => text,
        string => throw JinjaException.Value("empty separator"),
        Undefined undefined => throw undefined.Error(),
        _ => throw JinjaException.Type($"must be str or None, not {TypeNames.Of(value)}"),
    };

    /// <summary>Parts between runs of white space; after the limit the rest stays whole.</summary>
    static List<object?> Words(string text, int most, bool fromEnd)
    {
        var words = new List<object?>();
        var rest = text.AsSpan();
        while (true)
        {
            rest = fromEnd ? TrimEnd(rest) : TrimStart(rest);
            if (rest.IsEmpty)
            {
                return words;
            }

            var end = words.Count == most ? -1 : fromEnd ? LastSpace(rest) : FirstSpace(rest);
            var word = end < 0 ? rest : fromEnd ? rest[(end + 1)..] : rest[..end];
            words.Insert(fromEnd ? 0 : words.Count, word.ToString());
            if (end < 0)
            {
                return words;
            }

            rest = fromEnd ? rest[..end] : rest[end..];
        }
    }

    static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && Whitespace.Is(text[0]))
        {
            text = text[1..];
        }

        return text;
    }

    static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && Whitespace.Is(text[^1]))
        {
            text = text[..^1];
        }

        return text;
    }

    static int FirstSpace(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (Whitespace.Is(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    static int LastSpace(ReadOnlySpan<char> text)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (Whitespace.Is(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    public static IEnumerable<object?> Lines(string text, bool keepEnds)
    {
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\r' or '\v' or '\f' or '\u001c' or '\u001d' or '\u001e' or '\u0085' or '\u2028' or '\u2029')
            {
                var end = i;
                i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                yield return keepEnds ? text[from..(i + 1)] : text[from..end];
                from = i + 1;
            }
        }

        if (from < text.Length)
        {
            yield return text[from..];
        }
    }

    public static JinjaTuple Partition(string text, string separator, bool last)
    {
        if (separator.Length == 0)
        {
            throw JinjaException.Value("empty separator");
        }

        var at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0 ? new JinjaTuple([text[..at], separator, text[(at + separator.Length)..]])
            : last ? new JinjaTuple(["", "", text])
            : new JinjaTuple([text, "", ""]);
    }
}
