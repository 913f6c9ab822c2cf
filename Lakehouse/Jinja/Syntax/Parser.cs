using Lakehouse.Jinja.Lexing;

namespace Lakehouse.Jinja.Syntax;

/// <summary>Builds the tree of a template. Follows Jinja's own grammar and words its errors as Jinja does.</summary>
internal sealed partial class Parser
{
    readonly TemplateSource source;
    readonly JinjaEnvironment environment;
    readonly List<Token> tokens;
    readonly List<(string Tag, int Line)> open = [];
    readonly Stack<string[]> ends = new();
    readonly Stack<HashSet<string>> mentions = new();
    readonly Stack<List<JinjaCallSite>> calls = new([[]]);
    int index;
    int depth;

    Parser(TemplateSource source, JinjaEnvironment environment)
    {
        this.source = source;
        this.environment = environment;
        tokens = Lexer.Tokenize(source);
    }

    Token Current => tokens[index];

    Token Look => tokens[Math.Min(index + 1, tokens.Count - 1)];

    /// <summary>The statements of a template.</summary>
    public static (IReadOnlyList<Statement> Body, IReadOnlyList<JinjaCallSite> Calls) Parse(TemplateSource source, JinjaEnvironment environment)
    {
        var parser = new Parser(source, environment);
        return (parser.Body([]), parser.calls.Peek());
    }

    Token Next()
    {
        var token = tokens[index];
        if (index < tokens.Count - 1)
        {
            index++;
        }

        return token;
    }

    bool SkipIf(string op)
    {
        var found = Current.Is(op);
        if (found)
        {
            Next();
        }

        return found;
    }

    bool SkipIfName(string name)
    {
        var found = Current.IsName(name);
        if (found)
        {
            Next();
        }

        return found;
    }

    Token Expect(string op) => Current.Is(op) ? Next() : throw Unexpected(op);

    Token ExpectName(string name) => Current.IsName(name) ? Next() : throw Unexpected(name);

    Token ExpectName() => Current.Kind == TokenKind.Name ? Next() : throw Unexpected("name");

    Token Expect(TokenKind kind) => Current.Kind == kind ? Next() : throw Unexpected(new Token(kind, "", null, 0, 0).Describe());

    JinjaException Unexpected(string expected) => Current.Kind == TokenKind.Eof
        ? Fail($"unexpected end of template, expected '{expected}'.")
        : Fail($"expected token '{expected}', got '{Current.Describe()}'");

    JinjaException Fail(string message, int? line = null) => JinjaException.Syntax(message, source, line ?? Current.Line);

    T Nested<T>(Func<T> parse)
    {
        if (++depth > JinjaLimits.ParseDepth)
        {
            throw Fail("the template is nested too deeply");
        }

        var result = parse();
        depth--;
        return result;
    }

    /// <summary>Statements up to one of the end tags, which is the current token then (its block begin is consumed); up to the end of the template without end tags.</summary>
    List<Statement> Body(string[] endTags)
    {
        var result = new List<Statement>();
        if (endTags.Length > 0)
        {
            ends.Push(endTags);
        }

        while (true)
        {
            var token = Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    Next();
                    result.Add(new TemplateText(token.Line, token.Value));
                    break;
                case TokenKind.VariableBegin:
                    Next();
                    result.Add(new Print(token.Line, Tuple(withCondition: true)));
                    Expect(TokenKind.VariableEnd);
                    break;
                case TokenKind.BlockBegin:
                    Next();
                    if (endTags.Length > 0 && Current.Kind == TokenKind.Name && endTags.Contains(Current.Value))
                    {
                        ends.Pop();
                        return result;
                    }

                    result.AddRange(Placed(token));
                    break;
                case TokenKind.Eof when endTags.Length == 0:
                    return result;
                case TokenKind.Eof:
                    throw UnknownEnd(null);
                default:
                    throw Fail($"unexpected '{token.Describe()}'");
            }
        }
    }

    /// <summary>The statements of a block, which ends after them; a macro learns where it stands in the text.</summary>
    IEnumerable<Statement> Placed(Token begin)
    {
        var statements = Nested(() => Statement().ToList());
        var end = Expect(TokenKind.BlockEnd).At;
        foreach (var macro in statements.OfType<MacroDefinition>())
        {
            (macro.Start, macro.End) = (begin.At, end + (source.Text[end] is '-' or '+' ? 3 : 2));
        }

        return statements;
    }

    /// <summary>Notes a call of a name, or of a name's attribute.</summary>
    void NoteCall(Expression target, CallArguments arguments)
    {
        var name = target switch
        {
            Name plain => plain.Id,
            GetAttribute { Target: Name owner } attribute => $"{owner.Id}.{attribute.Name}",
            _ => null,
        };
        if (name is not null)
        {
            calls.Peek().Add(new JinjaCallSite(name, [.. arguments.Positional.Select(a => (a as Constant)?.Value as string)]));
        }
    }

    /// <summary>A body after the block's own head: the head's end is consumed, and so is the end tag's name if <paramref name="dropEnd"/>.</summary>
    List<Statement> Block(bool dropEnd, params string[] endTags)
    {
        SkipIf(":");
        Expect(TokenKind.BlockEnd);
        var body = Body(endTags);
        if (dropEnd)
        {
            Next();
        }

        return body;
    }

    JinjaException UnknownEnd(string? tag)
    {
        var expected = ends.SelectMany(e => e).ToHashSet(StringComparer.Ordinal);
        var current = ends.Count > 0 ? string.Join(" or ", ends.Peek().Select(e => $"'{e}'")) : null;
        var message = tag is null ? "Unexpected end of template." : $"Encountered unknown tag '{tag}'.";
        if (current is not null)
        {
            message += tag is not null && expected.Contains(tag)
                ? $" You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {current}."
                : $" Jinja was looking for the following tags: {current}.";
        }

        if (open.Count > 0)
        {
            message += $" The innermost block that needs to be closed is '{open[^1].Tag}'.";
        }

        return Fail(message);
    }
}
