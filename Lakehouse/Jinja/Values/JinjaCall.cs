using Lakehouse.Jinja.Evaluation;

namespace Lakehouse.Jinja.Values;

/// <summary>The arguments of one call of a function, filter, test or method.</summary>
public sealed class JinjaCall
{
    internal JinjaCall(Interpreter interpreter, string name, IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> named)
    {
        Interpreter = interpreter;
        Name = name;
        Positional = positional;
        Named = named;
    }

    /// <summary>Name of what is called, for messages.</summary>
    public string Name { get; }

    /// <summary>Name of the template that makes the call; null when the host makes it.</summary>
    public string? Template { get; internal init; }

    /// <summary>Line in it, from 1; 0 when the host makes the call.</summary>
    public int Line { get; internal init; }

    /// <summary>Arguments by position.</summary>
    public IReadOnlyList<object?> Positional { get; }

    /// <summary>Arguments by name, in the order given.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Named { get; }

    /// <summary>What the call happens in: limits, and the way to call others.</summary>
    internal Interpreter Interpreter { get; }

    /// <summary>The argument at a position or of a name; the default when it was not given.</summary>
    public object? Get(int position, string name, object? otherwise = null) => TryGet(position, name, out var value) ? value : otherwise;

    /// <summary>The argument at a position or of a name, if it was given.</summary>
    public bool TryGet(int position, string name, out object? value)
    {
        if (position < Positional.Count)
        {
            value = Positional[position];
            return true;
        }

        foreach (var argument in Named)
        {
            if (argument.Key == name)
            {
                value = argument.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>The argument at a position or of a name.</summary>
    /// <exception cref="JinjaException">It was not given.</exception>
    public object? Require(int position, string name) =>
        TryGet(position, name, out var value) ? value : throw JinjaException.Type($"{Name}() missing 1 required positional argument: '{name}'");

    /// <summary>A text argument.</summary>
    /// <exception cref="JinjaException">It is missing or no text.</exception>
    public string RequireText(int position, string name) => Require(position, name) switch
    {
        string text => text,
        Undefined undefined => throw undefined.Error(),
        var other => throw JinjaException.Type($"{Name}() argument '{name}' must be str, not {TypeNames.Of(other)}"),
    };

    /// <summary>Calls a callable value, as part of the same rendering.</summary>
    public object? Call(object? callable, params object?[] arguments) => Interpreter.Invoke(callable, new JinjaCall(Interpreter, Text.Of(callable), arguments, []));

    /// <summary>Counts work against the limits of the rendering: elements or characters that are made.</summary>
    public void Charge(long amount) => Interpreter.Budget.Charge(amount);

    /// <summary>Refuses more arguments than there are parameters.</summary>
    internal void AtMost(int count)
    {
        if (Positional.Count + Named.Count > count)
        {
            throw JinjaException.Type($"{Name}() takes at most {count} argument{(count == 1 ? "" : "s")} ({Positional.Count + Named.Count} given)");
        }
    }
}
