namespace Lakehouse.Jinja.Syntax;

/// <summary>An expression, with the line where it starts.</summary>
internal abstract class Expression(int line)
{
    public int Line => line;
}

internal sealed class Constant(int line, object? value) : Expression(line)
{
    public object? Value => value;
}

internal sealed class Name(int line, string id) : Expression(line)
{
    public string Id => id;
}

internal sealed class ListLiteral(int line, IReadOnlyList<Expression> items) : Expression(line)
{
    public IReadOnlyList<Expression> Items => items;
}

internal sealed class TupleLiteral(int line, IReadOnlyList<Expression> items) : Expression(line)
{
    public IReadOnlyList<Expression> Items => items;
}

internal sealed class DictLiteral(int line, IReadOnlyList<(Expression Key, Expression Value)> items) : Expression(line)
{
    public IReadOnlyList<(Expression Key, Expression Value)> Items => items;
}

internal sealed class Unary(int line, string op, Expression operand) : Expression(line)
{
    public string Op => op;

    public Expression Operand => operand;
}

internal sealed class Binary(int line, string op, Expression left, Expression right) : Expression(line)
{
    public string Op => op;

    public Expression Left => left;

    public Expression Right => right;
}

/// <summary><c>a ~ b ~ c</c>.</summary>
internal sealed class Concat(int line, IReadOnlyList<Expression> parts) : Expression(line)
{
    public IReadOnlyList<Expression> Parts => parts;
}

/// <summary><c>a &lt; b &lt;= c</c>: a chain, as in Python. Operators: those of Python, <c>in</c> and <c>not in</c>.</summary>
internal sealed class Compare(int line, Expression first, IReadOnlyList<(string Op, Expression Right)> rest) : Expression(line)
{
    public Expression First => first;

    public IReadOnlyList<(string Op, Expression Right)> Rest => rest;
}

/// <summary><c>a if test else b</c>; without else, undefined.</summary>
internal sealed class Conditional(int line, Expression test, Expression then, Expression? otherwise) : Expression(line)
{
    public Expression Test => test;

    public Expression Then => then;

    public Expression? Otherwise => otherwise;
}

internal sealed class GetAttribute(int line, Expression target, string name) : Expression(line)
{
    public Expression Target => target;

    public string Name => name;
}

internal sealed class GetItem(int line, Expression target, Expression key) : Expression(line)
{
    public Expression Target => target;

    public Expression Key => key;
}

internal sealed class SliceLiteral(int line, Expression? start, Expression? stop, Expression? step) : Expression(line)
{
    public Expression? Start => start;

    public Expression? Stop => stop;

    public Expression? Step => step;
}

/// <summary>Arguments of a call, a filter or a test.</summary>
internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Star, Expression? DoubleStar)
{
    public static readonly CallArguments None = new([], [], null, null);
}

internal sealed class Call(int line, Expression target, CallArguments arguments) : Expression(line)
{
    public Expression Target => target;

    public CallArguments Arguments => arguments;
}

/// <summary><c>value | name(arguments)</c>; without a value it stands for the body of a filter or set block.</summary>
internal sealed class FilterCall(int line, Expression? value, string name, CallArguments arguments) : Expression(line)
{
    public Expression? Value => value;

    public string Name => name;

    public CallArguments Arguments => arguments;
}

internal sealed class TestCall(int line, Expression value, string name, CallArguments arguments, bool negated) : Expression(line)
{
    public Expression Value => value;

    public string Name => name;

    public CallArguments Arguments => arguments;

    public bool Negated => negated;
}
