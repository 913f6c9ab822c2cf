using Lakehouse.Jinja.Lexing;

namespace Lakehouse.Jinja.Syntax;

internal sealed partial class Parser
{
    IEnumerable<Statement> Statement()
    {
        var token = Current;
        if (token.Kind != TokenKind.Name)
        {
            throw Fail("tag name expected");
        }

        Func<int, IEnumerable<Statement>>? parse = token.Value switch
        {
            "if" => line => [IfStatement(line)],
            "for" => line => [ForStatement(line)],
            "set" => line => [SetStatement(line)],
            "with" => line => [WithStatement(line)],
            "macro" => line => [MacroStatement(line)],
            "call" => line => [CallStatement(line)],
            "filter" => line => [FilterStatement(line)],
            "print" => PrintStatements,
            "do" => line => [new Do(line, Tuple(withCondition: true))],
            "break" => line => [new Break(line)],
            "continue" => line => [new Continue(line)],
            "include" => line => [IncludeStatement(line)],
            "import" => line => [ImportStatement(line)],
            "extends" => line => [new Extends(line, Expression())],
            "block" => line => [BlockStatement(line)],
            "from" => line => [FromStatement(line)],
            "docs" when environment.DbtTags => line => [DocsStatement(line)],
            "test" or "data_test" when environment.DbtTags => line => [TestStatement(line)],
            "materialization" when environment.DbtTags => line => [MaterializationStatement(line)],
            _ => null,
        };
        if (parse is null)
        {
            throw UnknownEnd(token.Value);
        }

        Next();
        open.Add((token.Value, token.Line));
        var result = parse(token.Line);
        open.RemoveAt(open.Count - 1);
        return result;
    }

    If IfStatement(int line)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        while (true)
        {
            var test = Tuple(withCondition: false);
            branches.Add((test, Block(dropEnd: false, "elif", "else", "endif")));
            var end = Next();
            if (end.Value == "elif")
            {
                continue;
            }

            var otherwise = end.Value == "else" ? Block(dropEnd: true, "endif") : [];
            return new If(line, branches, otherwise);
        }
    }

    For ForStatement(int line)
    {
        var target = AssignTarget(withTuple: true, inLoop: true);
        ExpectName("in");
        var iterable = Tuple(withCondition: false, endName: "recursive");
        var filter = SkipIfName("if") ? Expression() : null;
        var recursive = SkipIfName("recursive");
        var body = Block(dropEnd: false, "endfor", "else");
        var otherwise = Next().Value == "else" ? Block(dropEnd: true, "endfor") : [];
        return new For(line, target, iterable, filter, recursive, body, otherwise);
    }

    Statement SetStatement(int line)
    {
        var target = Current.Kind == TokenKind.Name && Look.Is(".") ? NamespaceTarget() : AssignTarget(withTuple: true);
        if (SkipIf("="))
        {
            return new Assign(line, target, Tuple(withCondition: true));
        }

        var filter = Filters(null, once: false);
        return new AssignBlock(line, target, filter as FilterCall, Block(dropEnd: true, "endset"));
    }

    GetAttribute NamespaceTarget()
    {
        var name = Next();
        Expect(".");
        Mention(name.Value);
        return new GetAttribute(name.Line, new Name(name.Line, name.Value), ExpectName().Value);
    }

    With WithStatement(int line)
    {
        var values = new List<(Expression, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0)
            {
                Expect(",");
            }

            var target = AssignTarget(withTuple: false);
            Expect("=");
            values.Add((target, Expression()));
        }

        return new With(line, values, Block(dropEnd: true, "endwith"));
    }

    MacroDefinition MacroStatement(int line)
    {
        var name = ExpectName().Value;
        return new MacroDefinition(line, environment.MacroPrefix + name, Macro(Signature, "endmacro"));
    }

    MacroDefinition TestStatement(int line)
    {
        var name = ExpectName().Value;
        return new MacroDefinition(line, $"{environment.MacroPrefix}test_{name}", Macro(Signature, "endtest", "enddata_test"));
    }

    MacroDefinition MaterializationStatement(int line)
    {
        var name = ExpectName().Value;
        var adapter = "default";
        var languages = new List<string>();
        while (SkipIf(","))
        {
            var option = ExpectName().Value;
            if (option == "default")
            {
                continue;
            }

            Expect("=");
            var value = Expression();
            if (option == "adapter")
            {
                adapter = value is Constant { Value: string text } ? text : throw Fail("Expected a string for 'adapter'", line);
            }
            else if (option == "supported_languages" && value is ListLiteral list)
            {
                languages.AddRange(list.Items.OfType<Constant>().Select(c => c.Value).OfType<string>());
            }
        }

        return new MacroDefinition(line, $"{environment.MacroPrefix}materialization_{name}_{adapter}", Macro(() => [], "endmaterialization"))
        {
            SupportedLanguages = languages.Count > 0 ? languages : ["sql"],
        };
    }

    DocsBlock DocsStatement(int line) => new(line, ExpectName().Value, Block(dropEnd: true, "enddocs"));

    MacroBody Macro(Func<List<(string, Expression?)>> signature, params string[] endTags)
    {
        mentions.Push(new HashSet<string>(StringComparer.Ordinal));
        calls.Push([]);
        var parameters = signature();
        var body = Block(dropEnd: true, endTags);
        var names = mentions.Pop();
        if (mentions.TryPeek(out var outer))
        {
            outer.UnionWith(names);
        }

        var made = calls.Pop();
        calls.Peek().AddRange(made);
        return new MacroBody(parameters, body) { Mentions = names, Calls = made };
    }

    List<(string, Expression?)> Signature()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        Expect("(");
        while (!Current.Is(")"))
        {
            if (parameters.Count > 0)
            {
                Expect(",");
                if (Current.Is(")"))
                {
                    break;
                }
            }

            var name = ExpectName().Value;
            Expression? value = null;
            if (SkipIf("="))
            {
                value = Expression();
            }
            else if (parameters.Exists(p => p.Default is not null))
            {
                throw Fail("non-default argument follows default argument");
            }

            parameters.Add((name, value));
        }

        Expect(")");
        return parameters;
    }

    CallBlock CallStatement(int line)
    {
        Call? call = null;
        var caller = Macro(
            () =>
            {
                var parameters = Current.Is("(") ? Signature() : [];
                call = Expression() as Call ?? throw Fail("expected call", line);
                return parameters;
            },
            "endcall");
        return new CallBlock(line, call!, caller);
    }

    Block BlockStatement(int line)
    {
        var name = ExpectName().Value;
        while (Current.IsName("scoped") || Current.IsName("required"))
        {
            Next();
        }

        var body = Block(dropEnd: true, "endblock");
        if (Current.IsName(name))
        {
            Next();
        }

        return new Block(line, name, body);
    }

    FilterBlock FilterStatement(int line)
    {
        var filter = (FilterCall)Filters(null, once: true)!;
        return new FilterBlock(line, filter, Block(dropEnd: true, "endfilter"));
    }

    List<Statement> PrintStatements(int line)
    {
        var result = new List<Statement>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (result.Count > 0)
            {
                Expect(",");
            }

            result.Add(new Print(line, Expression()));
        }

        return result;
    }

    Include IncludeStatement(int line)
    {
        var template = Expression();
        var ignoreMissing = Current.IsName("ignore") && Look.IsName("missing");
        if (ignoreMissing)
        {
            Next();
            Next();
        }

        return new Include(line, template, ignoreMissing, ContextClause(byDefault: true));
    }

    Import ImportStatement(int line)
    {
        var template = Expression();
        ExpectName("as");
        var target = ExpectName().Value;
        return new Import(line, template, target, null, ContextClause(byDefault: false));
    }

    Import FromStatement(int line)
    {
        var template = Expression();
        ExpectName("import");
        var names = new List<(string, string)>();
        while (Current.Kind == TokenKind.Name && !(Current.Value is "with" or "without" && Look.IsName("context")))
        {
            var name = Next().Value;
            if (name.StartsWith('_'))
            {
                throw Fail("names starting with an underline can not be imported");
            }

            names.Add((name, SkipIfName("as") ? ExpectName().Value : name));
            if (!SkipIf(","))
            {
                break;
            }
        }

        return names.Count == 0 ? throw Unexpected("name") : new Import(line, template, null, names, ContextClause(byDefault: false));
    }

    bool ContextClause(bool byDefault)
    {
        if (Current is not { Kind: TokenKind.Name, Value: "with" or "without" } || !Look.IsName("context"))
        {
            return byDefault;
        }

        var with = Next().Value == "with";
        Next();
        return with;
    }
}
