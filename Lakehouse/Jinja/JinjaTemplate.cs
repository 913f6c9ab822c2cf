using Lakehouse.Jinja.Evaluation;
using Lakehouse.Jinja.Syntax;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja;

/// <summary>A parsed template. Immutable: may be rendered by several threads at once.</summary>
public sealed class JinjaTemplate
{
    readonly JinjaEnvironment environment;

    internal JinjaTemplate(JinjaEnvironment environment, TemplateSource source)
    {
        this.environment = environment;
        Source = source;
        (Body, Calls) = Parser.Parse(source, environment);
    }

    JinjaTemplate(JinjaEnvironment environment, JinjaTemplate other)
    {
        this.environment = environment;
        (Source, Body, Calls) = (other.Source, other.Body, other.Calls);
    }

    internal TemplateSource Source { get; }

    internal IReadOnlyList<Statement> Body { get; }

    /// <summary>Its name: a file's path, as messages show it.</summary>
    public string Name => Source.Name;

    /// <summary>The macros that the template defines at its top level, in order; names are without the environment's prefix.</summary>
    public IReadOnlyList<JinjaMacroSignature> Macros =>
        [.. Body.OfType<MacroDefinition>().Select(m => new JinjaMacroSignature(
            m.Name[environment.MacroPrefix.Length..], m.Line, [.. m.Macro.Parameters.Select(p => p.Name)], m.SupportedLanguages, m.Macro.Calls, Source.Text[m.Start..m.End]))];

    /// <summary>Calls that are written in the template, in order.</summary>
    public IReadOnlyList<JinjaCallSite> Calls { get; }

    /// <summary>The same template in another environment, which must know the same tags, filters and tests.</summary>
    public JinjaTemplate In(JinjaEnvironment other) => new(other, this);

    /// <summary>Renders the template.</summary>
    /// <param name="variables">What the template sees beside the environment's globals.</param>
    /// <param name="cancellationToken">Cancels the rendering.</param>
    /// <exception cref="JinjaException">The template fails.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables, CancellationToken cancellationToken = default)
    {
        var interpreter = new Interpreter(environment, new Budget(environment.Limits, cancellationToken));
        try
        {
            return interpreter.Capture(Body, new Scope(Source, variables, environment.ChainUndefined));
        }
        catch (ReturnSignal signal)
        {
            throw new JinjaException(JinjaErrorKind.Value, signal.Message);
        }
    }

    /// <summary>Renders the template natively: one that is a single expression gives its value as it is, any other its text.</summary>
    /// <param name="variables">What the template sees beside the environment's globals.</param>
    /// <param name="cancellationToken">Cancels the rendering.</param>
    /// <exception cref="JinjaException">The template fails.</exception>
    public object? RenderValue(IReadOnlyDictionary<string, object?> variables, CancellationToken cancellationToken = default)
    {
        if (Body is not [Print { Value: var expression, Line: var line }])
        {
            return Render(variables, cancellationToken);
        }

        try
        {
            return new Interpreter(environment, new Budget(environment.Limits, cancellationToken)).Evaluate(expression, new Scope(Source, variables, environment.ChainUndefined));
        }
        catch (JinjaException error)
        {
            error.Locate(Source, line);
            throw;
        }
        catch (ReturnSignal signal)
        {
            throw new JinjaException(JinjaErrorKind.Value, signal.Message);
        }
    }

    /// <summary>
    /// A macro of the template's top level as something that other templates can call; it sees the given variables, and runs within the limits of the rendering that calls it.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such macro.</exception>
    public JinjaCallable BindMacro(string name, IReadOnlyDictionary<string, object?> variables)
    {
        var definition = Body.OfType<MacroDefinition>().LastOrDefault(m => m.Name == environment.MacroPrefix + name)
            ?? throw new ArgumentException($"'{Name}' defines no macro '{name}'", nameof(name));
        return new JinjaMacro(definition.Name, definition.Macro, new Scope(Source, variables));
    }

    /// <summary>The texts of the template's <c>docs</c> blocks by name.</summary>
    public IReadOnlyDictionary<string, string> Docs()
    {
        var interpreter = new Interpreter(environment, new Budget(environment.Limits, CancellationToken.None));
        return Body.OfType<DocsBlock>().ToDictionary(
            d => d.Name, d => interpreter.Capture(d.Body, new Scope(Source, new Dictionary<string, object?>(StringComparer.Ordinal))).Trim(), StringComparer.Ordinal);
    }
}
