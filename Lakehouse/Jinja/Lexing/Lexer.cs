namespace Lakehouse.Jinja.Lexing;

/// <summary>Splits a template into tokens: text, the marks of print statements and blocks, and the tokens of the expressions in them.</summary>
internal sealed partial class Lexer
{
    readonly TemplateSource source;
    readonly string text;
    readonly List<Token> tokens = [];
    int position;
    int line = 1;
    int lineStart;
    int counted;

    Lexer(TemplateSource source)
    {
        this.source = source;
        text = source.Text;
    }

    /// <summary>All tokens of a template, the last of which is <see cref="TokenKind.Eof"/>.</summary>
    public static List<Token> Tokenize(TemplateSource source)
    {
        var lexer = new Lexer(source);
        lexer.Run();
        return lexer.tokens;
    }

    void Run()
    {
        while (position < text.Length)
        {
            var begin = NextMark(position);
            if (begin < 0)
            {
                Data(position, text.Length, trimEnd: false);
                position = text.Length;
                break;
            }

            var sign = begin + 2 < text.Length ? text[begin + 2] : '\0';
            Data(position, begin, trimEnd: sign == '-');
            position = begin + 2 + (sign is '-' or '+' ? 1 : 0);
            switch (text[begin + 1])
            {
                case '#':
                    SkipComment(begin);
                    break;
                case '{':
                    Add(TokenKind.VariableBegin, "{{", null, begin);
                    Expression(begin, isBlock: false);
                    break;
                default:
                    if (!TryRaw(begin))
                    {
                        Add(TokenKind.BlockBegin, "{%", null, begin);
                        Expression(begin, isBlock: true);
                    }

                    break;
            }
        }

        Add(TokenKind.Eof, "", null, text.Length);
    }

    int NextMark(int from)
    {
        for (var at = text.IndexOf('{', from); at >= 0 && at + 1 < text.Length; at = text.IndexOf('{', at + 1))
        {
            if (text[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    void Data(int from, int to, bool trimEnd)
    {
        var end = to;
        while (trimEnd && end > from && Whitespace.Is(text[end - 1]))
        {
            end--;
        }

        if (end > from)
        {
            Add(TokenKind.Data, text[from..end], null, from);
        }
    }

    void SkipComment(int begin)
    {
        var end = text.IndexOf("#}", position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("Missing end of comment tag", begin);
        }

        var trim = end > position && text[end - 1] == '-';
        position = end + 2;
        SkipSpace(trim);
    }

    /// <summary>A raw block is text; it ends at the first <c>endraw</c> tag.</summary>
    bool TryRaw(int begin)
    {
        var open = RawBegin().Match(text, begin);
        if (!open.Success || open.Index != begin)
        {
            return false;
        }

        var from = begin + open.Length;
        var close = RawEnd().Match(text, from);
        if (!close.Success)
        {
            throw Error("Missing end of raw directive", begin);
        }

        Data(from, close.Index, trimEnd: text[close.Index + 2] == '-');
        position = close.Index + close.Length;
        return true;
    }

    void SkipSpace(bool skip)
    {
        while (skip && position < text.Length && Whitespace.Is(text[position]))
        {
            position++;
        }
    }

    void Add(TokenKind kind, string value, object? literal, int at)
    {
        CountLines(at);
        tokens.Add(new Token(kind, value, literal, line, at - lineStart + 1, at));
    }

    void CountLines(int to)
    {
        for (; counted < to; counted++)
        {
            if (text[counted] == '\n')
            {
                line++;
                lineStart = counted + 1;
            }
        }
    }

    JinjaException Error(string message, int at)
    {
        CountLines(at);
        return JinjaException.Syntax(message, source, line);
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})", System.Text.RegularExpressions.RegexOptions.None, 5000)]
    private static partial System.Text.RegularExpressions.Regex RawBegin();

    [System.Text.RegularExpressions.GeneratedRegex(@"\{%[-+]?\s*endraw\s*(?:\+%\}|-%\}\s*|%\})", System.Text.RegularExpressions.RegexOptions.None, 5000)]
    private static partial System.Text.RegularExpressions.Regex RawEnd();
}
