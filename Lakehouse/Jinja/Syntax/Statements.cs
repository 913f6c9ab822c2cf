namespace Lakehouse.Jinja.Syntax;

/// <summary>A statement, with the line where it starts.</summary>
internal abstract class Statement(int line)
{
    public int Line => line;
}

internal sealed class TemplateText(int line, string value) : Statement(line)
{
    public string Value => value;
}

internal sealed class Print(int line, Expression value) : Statement(line)
{
    public Expression Value => value;
}

internal sealed class If(int line, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> branches, IReadOnlyList<Statement> otherwise) : Statement(line)
{
    public IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches => branches;

    public IReadOnlyList<Statement> Otherwise => otherwise;
}

internal sealed class For(
    int line, Expression target, Expression iterable, Expression? filter, bool recursive, IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise) : Statement(line)
{
    public Expression Target => target;

    public Expression Iterable => iterable;

    public Expression? Filter => filter;

    public bool Recursive => recursive;

    public IReadOnlyList<Statement> Body => body;

    public IReadOnlyList<Statement> Otherwise => otherwise;
}

internal sealed class Break(int line) : Statement(line);

internal sealed class Continue(int line) : Statement(line);

/// <summary><c>{% set target = value %}</c>. The target is a name, a tuple of names, or an attribute of a namespace.</summary>
internal sealed class Assign(int line, Expression target, Expression value) : Statement(line)
{
    public Expression Target => target;

    public Expression Value => value;
}

/// <summary><c>{% set target | filter %}body{% endset %}</c>.</summary>
internal sealed class AssignBlock(int line, Expression target, FilterCall? filter, IReadOnlyList<Statement> body) : Statement(line)
{
    public Expression Target => target;

    public FilterCall? Filter => filter;

    public IReadOnlyList<Statement> Body => body;
}

internal sealed class With(int line, IReadOnlyList<(Expression Target, Expression Value)> values, IReadOnlyList<Statement> body) : Statement(line)
{
    public IReadOnlyList<(Expression Target, Expression Value)> Values => values;

    public IReadOnlyList<Statement> Body => body;
}

internal sealed class FilterBlock(int line, FilterCall filter, IReadOnlyList<Statement> body) : Statement(line)
{
    public FilterCall Filter => filter;

    public IReadOnlyList<Statement> Body => body;
}

internal sealed class Do(int line, Expression value) : Statement(line)
{
    public Expression Value => value;
}

/// <summary>Parameters and body of a macro or of a call block.</summary>
internal sealed record MacroBody(IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body)
{
    /// <summary>Names that the body mentions: a macro takes further arguments, or a caller, only if it does.</summary>
    public required IReadOnlySet<string> Mentions { get; init; }

    /// <summary>Calls in the body.</summary>
    public required IReadOnlyList<JinjaCallSite> Calls { get; init; }
}

internal sealed class MacroDefinition(int line, string name, MacroBody macro) : Statement(line)
{
    public string Name => name;

    public MacroBody Macro => macro;

    /// <summary>Where the block starts in the text, and where it ends.</summary>
    public int Start { get; set; }

    public int End { get; set; }

    /// <summary>Of a materialization: the languages of models that it takes; null for other macros.</summary>
    public IReadOnlyList<string>? SupportedLanguages { get; init; }
}

/// <summary><c>{% docs name %}text{% enddocs %}</c>: a text for descriptions; it puts nothing out.</summary>
internal sealed class DocsBlock(int line, string name, IReadOnlyList<Statement> body) : Statement(line)
{
    public string Name => name;

    public IReadOnlyList<Statement> Body => body;
}

/// <summary><c>{% extends 'x' %}</c>: takes a loader, as includes do.</summary>
internal sealed class Extends(int line, Expression template) : Statement(line)
{
    public Expression Template => template;
}

/// <summary><c>{% block name %}body{% endblock %}</c>: outside of inheritance its body stands where it is.</summary>
internal sealed class Block(int line, string name, IReadOnlyList<Statement> body) : Statement(line)
{
    public string Name => name;

    public IReadOnlyList<Statement> Body => body;
}

internal sealed class CallBlock(int line, Call call, MacroBody caller) : Statement(line)
{
    public Call Call => call;

    public MacroBody Caller => caller;
}

internal sealed class Include(int line, Expression template, bool ignoreMissing, bool withContext) : Statement(line)
{
    public Expression Template => template;

    public bool IgnoreMissing => ignoreMissing;

    public bool WithContext => withContext;
}

/// <summary><c>{% import 'x' as y %}</c> (then <paramref name="names"/> is null) or <c>{% from 'x' import a, b as c %}</c>.</summary>
internal sealed class Import(int line, Expression template, string? target, IReadOnlyList<(string Name, string Alias)>? names, bool withContext) : Statement(line)
{
    public Expression Template => template;

    public string? Target => target;

    public IReadOnlyList<(string Name, string Alias)>? Names => names;

    public bool WithContext => withContext;
}
