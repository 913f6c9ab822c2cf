using Lakehouse.Jinja.Filters;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja;

/// <summary>What templates have in common: globals, filters, tests and limits. Fill it first; rendering does not change it, so threads may share it then.</summary>
public sealed class JinjaEnvironment
{
    readonly Dictionary<string, Func<object?, JinjaCall, object?>> filters = new(FilterTable.All, StringComparer.Ordinal);
    readonly Dictionary<string, Func<object?, JinjaCall, bool>> tests = new(TestTable.All, StringComparer.Ordinal);

    /// <summary>Variables that every template sees; Jinja's own functions to begin with.</summary>
    public IDictionary<string, object?> Globals { get; } = new Dictionary<string, object?>(GlobalTable.All, StringComparer.Ordinal);

    /// <summary>What one rendering may use.</summary>
    public JinjaLimits Limits { get; init; } = new();

    /// <summary>Whether attributes, items and calls of what is undefined are undefined again instead of errors, as dbt has it in models while it parses a project. Macros bound by <see cref="JinjaTemplate.BindMacro"/> are strict always.</summary>
    public bool ChainUndefined { get; init; }

    /// <summary>Whether dbt's tags <c>docs</c>, <c>test</c>, <c>data_test</c> and <c>materialization</c> are known.</summary>
    public bool DbtTags { get; init; }

    /// <summary>What is put before the names of macros: dbt uses <c>dbt_macro__</c>, so that a macro is reached through dbt alone.</summary>
    public string MacroPrefix { get; init; } = "";

    /// <summary>Gives the text of another template, or null when there is none; without a loader, include and import fail.</summary>
    public Func<string, string?>? Loader { get; init; }

    /// <summary>dbt's <c>return</c>: ends the macro that calls it and gives its call a value of any type.</summary>
    public static JinjaCallable Return { get; } = new JinjaFunction("return", call => throw new Evaluation.ReturnSignal(call.Get(0, "data")));

    /// <summary>Adds a filter: <c>{{ value | name(arguments) }}</c>.</summary>
    public void AddFilter(string name, Func<object?, JinjaCall, object?> filter) => filters[name] = filter;

    /// <summary>Adds a test: <c>{{ value is name(arguments) }}</c>.</summary>
    public void AddTest(string name, Func<object?, JinjaCall, bool> test) => tests[name] = test;

    /// <summary>Parses a template.</summary>
    /// <param name="name">Its name: a file's path, as messages are to show it.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="JinjaException">It is not valid (<see cref="JinjaErrorKind.Syntax"/>).</exception>
    public JinjaTemplate Parse(string name, string text) => new(this, new TemplateSource(name, text));

    /// <summary>Calls something that templates can call from outside of a template.</summary>
    /// <param name="callable">The macro or function.</param>
    /// <param name="positional">Arguments by position.</param>
    /// <param name="named">Arguments by name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="JinjaException">It fails.</exception>
    public object? Call(
        JinjaCallable callable, IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> named, CancellationToken cancellationToken = default)
    {
        var interpreter = new Evaluation.Interpreter(this, new Evaluation.Budget(Limits, cancellationToken));
        return interpreter.Invoke(callable, new JinjaCall(interpreter, callable.ToString(), positional, named));
    }

    internal bool HasFilter(string name) => filters.ContainsKey(name);

    internal bool HasTest(string name) => tests.ContainsKey(name);

    internal Func<object?, JinjaCall, object?> FindFilter(string name) =>
        filters.TryGetValue(name, out var filter) ? filter : throw new JinjaException(JinjaErrorKind.Undefined, $"No filter named '{name}'.");

    internal Func<object?, JinjaCall, bool> FindTest(string name) =>
        tests.TryGetValue(name, out var test) ? test : throw new JinjaException(JinjaErrorKind.Undefined, $"No test named '{name}'.");
}
