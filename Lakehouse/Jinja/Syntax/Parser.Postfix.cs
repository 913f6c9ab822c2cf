using Lakehouse.Jinja.Lexing;

namespace Lakehouse.Jinja.Syntax;

/// <summary>What follows a primary expression: attributes, subscripts, calls, filters and tests.</summary>
internal sealed partial class Parser
{
    Expression Postfix(Expression node)
    {
        while (true)
        {
            if (Current.Is(".") || Current.Is("["))
            {
                node = Subscript(node);
            }
            else if (Current.Is("("))
            {
                node = CallOf(node);
            }
            else
            {
                return node;
            }
        }
    }

    Call CallOf(Expression target)
    {
        var line = Current.Line;
        var arguments = Arguments();
        NoteCall(target, arguments);
        return new Call(line, target, arguments);
    }

    Expression FiltersAndTests(Expression node)
    {
        while (true)
        {
            if (Current.Is("|"))
            {
                node = Filters(node, once: true)!;
            }
            else if (Current.IsName("is"))
            {
                node = Test(node);
            }
            else if (Current.Is("("))
            {
                node = CallOf(node);
            }
            else
            {
                return node;
            }
        }
    }

    Expression Subscript(Expression node)
    {
        var token = Next();
        if (token.Value == ".")
        {
            var attribute = Next();
            return attribute.Kind switch
            {
                TokenKind.Name => new GetAttribute(token.Line, node, attribute.Value),
                TokenKind.Integer => new GetItem(token.Line, node, new Constant(token.Line, attribute.Literal)),
                _ => throw Fail("expected name or number", attribute.Line),
            };
        }

        var keys = new List<Expression>();
        while (!Current.Is("]"))
        {
            if (keys.Count > 0)
            {
                Expect(",");
            }

            keys.Add(SliceOrIndex());
        }

        Expect("]");
        return keys.Count switch
        {
            0 => throw Fail("expected subscript expression", token.Line),
            1 => new GetItem(token.Line, node, keys[0]),
            _ => new GetItem(token.Line, node, new TupleLiteral(token.Line, keys)),
        };
    }

    Expression SliceOrIndex()
    {
        var line = Current.Line;
        Expression? start = null;
        if (!Current.Is(":"))
        {
            start = Expression();
            if (!Current.Is(":"))
            {
                return start;
            }
        }

        Expect(":");
        var stop = Current.Is(":") || Current.Is("]") || Current.Is(",") ? null : Expression();
        var step = SkipIf(":") && !Current.Is("]") && !Current.Is(",") ? Expression() : null;
        return new SliceLiteral(line, start, stop, step);
    }

    CallArguments Arguments()
    {
        Expect("(");
        var positional = new List<Expression>();
        var named = new List<(string Name, Expression Value)>();
        Expression? star = null;
        Expression? doubleStar = null;
        var any = false;
        while (!Current.Is(")"))
        {
            if (any)
            {
                Expect(",");
                if (Current.Is(")"))
                {
                    break;
                }
            }

            any = true;
            if (Current.Is("*"))
            {
                Ensure(star is null && doubleStar is null);
                Next();
                star = Expression();
            }
            else if (Current.Is("**"))
            {
                Ensure(doubleStar is null);
                Next();
                doubleStar = Expression();
            }
            else if (Current.Kind == TokenKind.Name && Look.Is("="))
            {
                Ensure(doubleStar is null);
                var name = Next().Value;
                Next();
                if (named.Exists(n => n.Name == name))
                {
                    throw Fail($"keyword argument repeated: {name}");
                }

                named.Add((name, Expression()));
            }
            else
            {
                Ensure(star is null && doubleStar is null && named.Count == 0);
                positional.Add(Expression());
            }
        }

        Expect(")");
        return new CallArguments(positional, named, star, doubleStar);

        void Ensure(bool valid)
        {
            if (!valid)
            {
                throw Fail("invalid syntax for function call expression");
            }
        }
    }

    /// <summary>Filters on a value; without one, those of a filter or set block, whose head starts with a name.</summary>
    Expression? Filters(Expression? node, bool once)
    {
        while (Current.Is("|") || (once && node is null))
        {
            SkipIf("|");
            var token = ExpectName();
            var name = token.Value;
            while (SkipIf("."))
            {
                name += "." + ExpectName().Value;
            }

            if (!environment.HasFilter(name))
            {
                throw Fail($"No filter named '{name}'.", token.Line);
            }

            node = new FilterCall(token.Line, node, name, Current.Is("(") ? Arguments() : CallArguments.None);
        }

        return node;
    }

    Expression Test(Expression node)
    {
        Next();
        var negated = SkipIfName("not");
        var token = ExpectName();
        var name = token.Value;
        while (SkipIf("."))
        {
            name += "." + ExpectName().Value;
        }

        var arguments = CallArguments.None;
        if (Current.Is("("))
        {
            arguments = Arguments();
        }
        else if (StartsArgument())
        {
            if (Current.IsName("is"))
            {
                throw Fail("You cannot chain multiple tests with is");
            }

            arguments = new CallArguments([Postfix(Primary())], [], null, null);
        }

        return environment.HasTest(name) ? new TestCall(token.Line, node, name, arguments, negated) : throw Fail($"No test named '{name}'.", token.Line);
    }

    bool StartsArgument() => Current.Kind switch
    {
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Operator => Current.Value is "(" or "[" or "{",
        TokenKind.Name => Current.Value is not ("else" or "or" or "and"),
        _ => false,
    };
}
