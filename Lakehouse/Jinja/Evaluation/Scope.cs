namespace Lakehouse.Jinja.Evaluation;

/// <summary>Variables of a template, a macro, or a block with variables of its own; what is not here is looked up in the scope around it.</summary>
internal sealed class Scope
{
    readonly Dictionary<string, object?> variables = new(StringComparer.Ordinal);
    readonly Scope? parent;
    readonly IReadOnlyDictionary<string, object?>? context;

    /// <summary>The outermost scope of a template.</summary>
    public Scope(TemplateSource source, IReadOnlyDictionary<string, object?> context, bool chains = false)
    {
        Source = source;
        Chains = chains;
        this.context = context;
    }

    /// <summary>A scope within another.</summary>
    public Scope(Scope parent)
    {
        Source = parent.Source;
        Chains = parent.Chains;
        this.parent = parent;
    }

    /// <summary>The template that the code of this scope is in.</summary>
    public TemplateSource Source { get; }

    /// <summary>Whether what is undefined here may be used on, as in a model while a project is parsed; within macros of files it may not.</summary>
    public bool Chains { get; }

    /// <summary>Variables set here.</summary>
    public IReadOnlyDictionary<string, object?> Own => variables;

    public void Set(string name, object? value) => variables[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.parent)
        {
            if (scope.variables.TryGetValue(name, out value) || (scope.context is { } context && context.TryGetValue(name, out value)))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>All that is visible from here, for a template that is included.</summary>
    public Dictionary<string, object?> Flatten()
    {
        var all = parent?.Flatten() ?? (context is null ? new Dictionary<string, object?>(StringComparer.Ordinal) : new Dictionary<string, object?>(context, StringComparer.Ordinal));
        foreach (var (name, value) in variables)
        {
            all[name] = value;
        }

        return all;
    }
}
