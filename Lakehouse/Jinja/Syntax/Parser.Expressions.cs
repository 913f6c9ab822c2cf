using Lakehouse.Jinja.Lexing;

namespace Lakehouse.Jinja.Syntax;

internal sealed partial class Parser
{
    static readonly HashSet<string> Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    void Mention(string name)
    {
        if (mentions.TryPeek(out var names))
        {
            names.Add(name);
        }
    }

    Expression Expression(bool withCondition = true) => Nested(() => withCondition ? Condition() : Or());

    Expression Condition()
    {
        var line = Current.Line;
        var value = Or();
        while (SkipIfName("if"))
        {
            var test = Or();
            var otherwise = SkipIfName("else") ? Nested(Condition) : null;
            value = new Conditional(line, test, value, otherwise);
            line = Current.Line;
        }

        return value;
    }

    Expression Or()
    {
        var line = Current.Line;
        var left = And();
        while (SkipIfName("or"))
        {
            left = new Binary(line, "or", left, And());
        }

        return left;
    }

    Expression And()
    {
        var line = Current.Line;
        var left = Not();
        while (SkipIfName("and"))
        {
            left = new Binary(line, "and", left, Not());
        }

        return left;
    }

    Expression Not()
    {
        var line = Current.Line;
        return SkipIfName("not") ? new Unary(line, "not", Nested(Not)) : Comparison();
    }

    Expression Comparison()
    {
        var line = Current.Line;
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (Current.Kind == TokenKind.Operator && Comparisons.Contains(Current.Value))
            {
                var op = Next().Value;
                rest.Add((op, Sum()));
            }
            else if (SkipIfName("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (Current.IsName("not") && Look.IsName("in"))
            {
                Next();
                Next();
                rest.Add(("not in", Sum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Compare(line, first, rest);
            }
        }
    }

    Expression Sum() => LeftAssociative(Concatenation, "+", "-");

    Expression Concatenation()
    {
        var line = Current.Line;
        var parts = new List<Expression> { Product() };
        while (SkipIf("~"))
        {
            parts.Add(Product());
        }

        return parts.Count == 1 ? parts[0] : new Concat(line, parts);
    }

    Expression Product() => LeftAssociative(Power, "*", "/", "//", "%");

    // Left-associative too: 2**3**2 is 64 in Jinja.
    Expression Power() => LeftAssociative(() => UnaryOperator(withFilter: true), "**");

    Expression LeftAssociative(Func<Expression> operand, params ReadOnlySpan<string> operators)
    {
        var line = Current.Line;
        var left = operand();
        while (Current.Kind == TokenKind.Operator && operators.Contains(Current.Value))
        {
            var op = Next().Value;
            left = new Binary(line, op, left, operand());
        }

        return left;
    }

    Expression UnaryOperator(bool withFilter)
    {
        var token = Current;
        Expression node;
        if (token.Is("-") || token.Is("+"))
        {
            Next();
            node = new Unary(token.Line, token.Value, Nested(() => UnaryOperator(withFilter: false)));
        }
        else
        {
            node = Primary();
        }

        node = Postfix(node);
        return withFilter ? FiltersAndTests(node) : node;
    }

    Expression Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Next();
                switch (token.Value)
                {
                    case "true" or "True":
                        return new Constant(token.Line, true);
                    case "false" or "False":
                        return new Constant(token.Line, false);
                    case "none" or "None":
                        return new Constant(token.Line, null);
                    default:
                        Mention(token.Value);
                        return new Name(token.Line, token.Value);
                }

            case TokenKind.String:
                Next();
                var text = token.Value;
                while (Current.Kind == TokenKind.String)
                {
                    text += Next().Value;
                }

                return new Constant(token.Line, text);
            case TokenKind.Integer or TokenKind.Float:
                Next();
                return new Constant(token.Line, token.Literal);
            case TokenKind.Operator when token.Value == "(":
                Next();
                var inner = Tuple(withCondition: true, parentheses: true);
                Expect(")");
                return inner;
            case TokenKind.Operator when token.Value == "[":
                return ListItems();
            case TokenKind.Operator when token.Value == "{":
                return DictItems();
            default:
                throw Fail($"unexpected '{token.Describe()}'");
        }
    }

    ListLiteral ListItems()
    {
        var line = Expect("[").Line;
        var items = new List<Expression>();
        while (!Current.Is("]"))
        {
            if (items.Count > 0)
            {
                Expect(",");
            }

            if (Current.Is("]"))
            {
                break;
            }

            items.Add(Expression());
        }

        Expect("]");
        return new ListLiteral(line, items);
    }

    DictLiteral DictItems()
    {
        var line = Expect("{").Line;
        var items = new List<(Expression, Expression)>();
        while (!Current.Is("}"))
        {
            if (items.Count > 0)
            {
                Expect(",");
            }

            if (Current.Is("}"))
            {
                break;
            }

            var key = Expression();
            Expect(":");
            items.Add((key, Expression()));
        }

        Expect("}");
        return new DictLiteral(line, items);
    }

    /// <summary>One expression, or several with commas between them: a tuple.</summary>
    Expression Tuple(bool withCondition, bool parentheses = false, string? endName = null)
    {
        var line = Current.Line;
        var items = new List<Expression>();
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                Expect(",");
            }

            if (Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || Current.Is(")") || (endName is not null && Current.IsName(endName)))
            {
                break;
            }

            items.Add(Expression(withCondition));
            if (!Current.Is(","))
            {
                break;
            }

            isTuple = true;
        }

        if (isTuple)
        {
            return new TupleLiteral(line, items);
        }

        return items.Count == 1 ? items[0] : parentheses ? new TupleLiteral(line, []) : throw Fail(ExpectedExpression());
    }

    string ExpectedExpression() => Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
        ? $"Expected an expression, got '{Current.Describe()}'"
        : $"unexpected '{Current.Describe()}'";

    Expression AssignTarget(bool withTuple, bool inLoop = false)
    {
        var line = Current.Line;
        var names = new List<Expression>();
        var isTuple = false;
        while (true)
        {
            if (names.Count > 0)
            {
                Expect(",");
            }

            if (names.Count > 0 && (Current.Kind == TokenKind.BlockEnd || Current.Is("=") || (inLoop && Current.IsName("in"))))
            {
                break;
            }

            names.Add(TargetItem(inLoop));
            if (!withTuple || !Current.Is(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple ? new TupleLiteral(line, names) : names[0];
    }

    Expression TargetItem(bool inLoop)
    {
        if (Current.Is("("))
        {
            Next();
            var inner = Nested(() => AssignTarget(withTuple: true, inLoop));
            Expect(")");
            return inner;
        }

        var token = Current;
        return Primary() switch
        {
            Name name => name,
            Constant { Value: null or bool } => throw Fail("can't assign to 'const'", token.Line),
            _ => throw Fail($"can't assign to '{token.Describe()}'", token.Line),
        };
    }
}
