using System.Text;
using Lakehouse.Jinja.Syntax;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Jinja.Evaluation;

internal sealed partial class Interpreter
{
    /// <summary>The value of an expression. <paramref name="caller"/> is handed to the call that the expression is, if it is one.</summary>
    public object? Evaluate(Expression expression, Scope scope, JinjaMacro? caller = null)
    {
        budget.Charge(1);
        budget.Enter();
        try
        {
            return Value(expression, scope, caller);
        }
        catch (JinjaException error) when (Located(error, scope, expression.Line))
        {
            throw;
        }
        finally
        {
            budget.Leave();
        }
    }

    object? Value(Expression expression, Scope scope, JinjaMacro? caller)
    {
        switch (expression)
        {
            case Constant constant:
                return constant.Value;
            case Name name:
                return scope.TryGet(name.Id, out var value) || environment.Globals.TryGetValue(name.Id, out value) ? value : new Undefined(name.Id) { Chains = scope.Chains };
            case ListLiteral list:
                return new JinjaList([.. list.Items.Select(i => Evaluate(i, scope))]);
            case TupleLiteral tuple:
                return new JinjaTuple([.. tuple.Items.Select(i => Evaluate(i, scope))]);
            case DictLiteral literal:
                var dict = new JinjaDict();
                foreach (var (key, item) in literal.Items)
                {
                    dict.Set(Evaluate(key, scope), Evaluate(item, scope));
                }

                return dict;
            case Unary { Op: "not" } not:
                return !Truth.Of(Evaluate(not.Operand, scope));
            case Unary unary:
                return Sign(unary.Op, Evaluate(unary.Operand, scope));
            case Binary { Op: "and" } and:
                return Evaluate(and.Left, scope) is var left && Truth.Of(left) ? Evaluate(and.Right, scope) : left;
            case Binary { Op: "or" } or:
                return Evaluate(or.Left, scope) is var first && Truth.Of(first) ? first : Evaluate(or.Right, scope);
            case Binary binary:
                return Operators.Apply(budget, binary.Op, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope));
            case Concat concat:
                return Join(concat, scope);
            case Compare compare:
                return Chain(compare, scope);
            case Conditional conditional:
                return Truth.Of(Evaluate(conditional.Test, scope)) ? Evaluate(conditional.Then, scope)
                    : conditional.Otherwise is { } otherwise ? Evaluate(otherwise, scope)
                    : new Undefined("", "the inline if-expression evaluated to false and no else section was defined.");
            case GetAttribute attribute:
                return Attributes.Get(Evaluate(attribute.Target, scope), attribute.Name, scope.Chains);
            case GetItem item:
                return Attributes.GetItem(Evaluate(item.Target, scope), Evaluate(item.Key, scope), scope.Chains);
            case SliceLiteral slice:
                return new JinjaSlice(Optional(slice.Start, scope), Optional(slice.Stop, scope), Optional(slice.Step, scope));
            case Call call:
                return Invoke(Evaluate(call.Target, scope), Arguments(CalleeName(call.Target), call.Line, call.Arguments, scope, caller));
            case FilterCall filter:
                return Filtered(filter, Evaluate(filter.Value!, scope), scope);
            case TestCall test:
                var tested = Evaluate(test.Value, scope);
                return environment.FindTest(test.Name)(tested, Arguments(test.Name, test.Line, test.Arguments, scope, null)) != test.Negated;
            default:
                throw new InvalidOperationException($"unknown expression {expression.GetType().Name}");
        }
    }

    object? Optional(Expression? expression, Scope scope) => expression is null ? null : Evaluate(expression, scope);

    object? Filtered(FilterCall filter, object? value, Scope scope)
    {
        // The chain of a filter or set block ends in a filter without a value: the captured text.
        if (filter.Value is FilterCall inner && EndsInBody(inner))
        {
            value = Filtered(inner, value, scope);
        }

        return environment.FindFilter(filter.Name)(value, Arguments(filter.Name, filter.Line, filter.Arguments, scope, null));
    }

    static bool EndsInBody(FilterCall filter) => filter.Value is null || (filter.Value is FilterCall inner && EndsInBody(inner));

    static string CalleeName(Expression target) => target switch { Name name => name.Id, GetAttribute attribute => attribute.Name, _ => "function" };

    static object Sign(string op, object? value) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        Modules.PythonTimeDelta delta => op == "-" ? delta.Negated() : delta,
        _ when Numbers.IsNumber(value) => op == "-" ? Numbers.Negate(value!) : value is bool ? Numbers.Normal(Numbers.Big(value)) : value!,
        _ => throw JinjaException.Type($"bad operand type for unary {op}: '{TypeNames.Of(value)}'"),
    };

    string Join(Concat concat, Scope scope)
    {
        var text = new StringBuilder();
        foreach (var part in concat.Parts)
        {
            var piece = Text.Of(Evaluate(part, scope));
            budget.CheckText((double)text.Length + piece.Length);
            text.Append(piece);
        }

        return text.ToString();
    }

    bool Chain(Compare compare, Scope scope)
    {
        var left = Evaluate(compare.First, scope);
        foreach (var (op, expression) in compare.Rest)
        {
            var right = Evaluate(expression, scope);
            var holds = op switch
            {
                "==" => Comparison.AreEqual(left, right),
                "!=" => !Comparison.AreEqual(left, right),
                "in" => Comparison.Contains(right, left),
                "not in" => !Comparison.Contains(right, left),
                _ => Comparison.Ordered(op, left, right),
            };
            if (!holds)
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    JinjaCall Arguments(string name, int line, CallArguments arguments, Scope scope, JinjaMacro? caller)
    {
        if (ReferenceEquals(arguments, CallArguments.None) && caller is null)
        {
            return new JinjaCall(this, name, [], []) { Template = scope.Source.Name, Line = line };
        }

        var positional = arguments.Positional.Select(a => Evaluate(a, scope)).ToList();
        var named = arguments.Named.Select(n => KeyValuePair.Create(n.Name, Evaluate(n.Value, scope))).ToList();
        if (arguments.Star is not null)
        {
            positional.AddRange(Iteration.Of(Evaluate(arguments.Star, scope)));
        }

        if (arguments.DoubleStar is not null)
        {
            var values = Evaluate(arguments.DoubleStar, scope) as JinjaDict ?? throw JinjaException.Type($"{name}() argument after ** must be a mapping");
            foreach (var (key, value) in values.Entries)
            {
                var keyword = key as string ?? throw JinjaException.Type("keywords must be strings");
                named.Add(named.Exists(n => n.Key == keyword)
                    ? throw JinjaException.Type($"{name}() got multiple values for keyword argument '{keyword}'")
                    : KeyValuePair.Create(keyword, value));
            }
        }

        if (caller is not null)
        {
            named.Add(KeyValuePair.Create("caller", (object?)caller));
        }

        return new JinjaCall(this, name, positional, named) { Template = scope.Source.Name, Line = line };
    }

    /// <summary>Calls a value.</summary>
    public object? Invoke(object? callable, JinjaCall call)
    {
        budget.Enter();
        try
        {
            return callable switch
            {
                JinjaCallable function => function.Invoke(call.Interpreter == this ? call : new JinjaCall(this, call.Name, call.Positional, call.Named) { Template = call.Template, Line = call.Line }),
                Undefined { Chains: true } => callable,
                Undefined undefined => throw undefined.Error(),
                _ => throw JinjaException.Type($"'{TypeNames.Of(callable)}' object is not callable"),
            };
        }
        finally
        {
            budget.Leave();
        }
    }
}
