using Lakehouse.Jinja.Syntax;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Evaluation;

/// <summary>Walks through the tree of a template. One for each rendering; what templates call during it shares its limits.</summary>
internal sealed partial class Interpreter(JinjaEnvironment environment, Budget budget)
{
    enum Flow
    {
        Next,
        Break,
        Continue,
    }

    public JinjaEnvironment Environment => environment;

    public Budget Budget => budget;

    /// <summary>The text that statements put out.</summary>
    public string Capture(IReadOnlyList<Statement> body, Scope scope)
    {
        var output = new Output(budget);
        Run(body, scope, output);
        return output.ToString();
    }

    Flow Run(IReadOnlyList<Statement> body, Scope scope, Output output)
    {
        foreach (var statement in body)
        {
            budget.Charge(1);
            budget.Enter();
            Flow flow;
            try
            {
                flow = Run(statement, scope, output);
            }
            catch (JinjaException error) when (Located(error, scope, statement.Line))
            {
                throw;
            }
            finally
            {
                budget.Leave();
            }

            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    static bool Located(JinjaException error, Scope scope, int line)
    {
        error.Locate(scope.Source, line);
        return false;
    }

    Flow Run(Statement statement, Scope scope, Output output)
    {
        switch (statement)
        {
            case TemplateText text:
                output.Write(text.Value);
                return Flow.Next;
            case Print print:
                output.Write(Text.Of(Evaluate(print.Value, scope)));
                return Flow.Next;
            case If branching:
                foreach (var (test, body) in branching.Branches)
                {
                    if (Truth.Of(Evaluate(test, scope)))
                    {
                        return Run(body, scope, output);
                    }
                }

                return Run(branching.Otherwise, scope, output);
            case For loop:
                RunLoop(loop, scope, output, Evaluate(loop.Iterable, scope), 1);
                return Flow.Next;
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            case Assign assign:
                Store(assign.Target, Evaluate(assign.Value, scope), scope);
                return Flow.Next;
            case AssignBlock block:
                var captured = Capture(block.Body, new Scope(scope));
                Store(block.Target, block.Filter is null ? captured : Filtered(block.Filter, captured, scope), scope);
                return Flow.Next;
            case With with:
                var inner = new Scope(scope);
                foreach (var (target, value) in with.Values)
                {
                    Store(target, Evaluate(value, scope), inner);
                }

                return Run(with.Body, inner, output);
            case FilterBlock filter:
                output.Write(Text.Of(Filtered(filter.Filter, Capture(filter.Body, new Scope(scope)), scope)));
                return Flow.Next;
            case Do action:
                Evaluate(action.Value, scope);
                return Flow.Next;
            case MacroDefinition macro:
                scope.Set(macro.Name, new JinjaMacro(macro.Name, macro.Macro, scope));
                return Flow.Next;
            case DocsBlock:
                return Flow.Next;
            case CallBlock call:
                var caller = new JinjaMacro("caller", call.Caller, scope);
                output.Write(Text.Of(Evaluate(call.Call, scope, caller)));
                return Flow.Next;
            case Block block:
                Run(block.Body, new Scope(scope), output);
                return Flow.Next;
            case Extends extends:
                throw new JinjaException(
                    JinjaErrorKind.Value, environment.Loader is null ? "no loader for this environment specified" : $"template inheritance is not supported: {Text.Of(Evaluate(extends.Template, scope))}");
            case Include include:
                RunInclude(include, scope, output);
                return Flow.Next;
            case Import import:
                RunImport(import, scope);
                return Flow.Next;
            default:
                throw new InvalidOperationException($"unknown statement {statement.GetType().Name}");
        }
    }

    void Store(Expression target, object? value, Scope scope)
    {
        switch (target)
        {
            case Name name:
                scope.Set(name.Id, value);
                break;
            case GetAttribute attribute:
                var ns = Evaluate(attribute.Target, scope) as JinjaNamespace
                    ?? throw new JinjaException(JinjaErrorKind.Type, "cannot assign attribute on non-namespace object");
                ns.Attributes[attribute.Name] = value;
                break;
            case TupleLiteral tuple:
                var values = Iteration.Of(value).Take(tuple.Items.Count + 1).ToList();
                if (values.Count != tuple.Items.Count)
                {
                    throw JinjaException.Value(values.Count > tuple.Items.Count
                        ? $"too many values to unpack (expected {tuple.Items.Count})"
                        : $"not enough values to unpack (expected {tuple.Items.Count}, got {values.Count})");
                }

                for (var i = 0; i < values.Count; i++)
                {
                    Store(tuple.Items[i], values[i], scope);
                }

                break;
            default:
                throw new InvalidOperationException($"cannot assign to {target.GetType().Name}");
        }
    }

    void RunLoop(For loop, Scope scope, Output output, object? iterable, int depth)
    {
        var items = Iteration.Of(iterable);
        if (loop.Filter is not null)
        {
            items = Filtered(loop, items, scope);
        }

        using var state = new JinjaLoop(
            items,
            loop.Filter is null ? iterable : null,
            depth,
            loop.Recursive ? (nested, call) => RunRecursion(loop, scope, nested, call) : null);
        var any = false;
        while (state.MoveNext())
        {
            any = true;
            budget.Charge(1);
            var inner = new Scope(scope);
            inner.Set("loop", state);
            Store(loop.Target, state.Current, inner);
            if (Run(loop.Body, inner, output) == Flow.Break)
            {
                break;
            }
        }

        if (!any)
        {
            Run(loop.Otherwise, new Scope(scope), output);
        }
    }

    string RunRecursion(For loop, Scope scope, int depth, object? iterable)
    {
        budget.Enter();
        try
        {
            var output = new Output(budget);
            RunLoop(loop, scope, output, iterable, depth);
            return output.ToString();
        }
        finally
        {
            budget.Leave();
        }
    }

    IEnumerable<object?> Filtered(For loop, IEnumerable<object?> items, Scope scope)
    {
        foreach (var item in items)
        {
            var inner = new Scope(scope);
            Store(loop.Target, item, inner);
            if (Truth.Of(Evaluate(loop.Filter!, inner)))
            {
                yield return item;
            }
        }
    }
}
