using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>
/// What the templates of one node see. Macros come first (a project may replace any function by one), then what is the node's own, then what its package shares; macros of the engine come last.
/// Nothing is made before it is asked for: a project has hundreds of macros and a node uses few.
/// </summary>
internal sealed class NodeVariables(PackageScope scope, ParseState state, IReadOnlyDictionary<string, Func<object?>> own) : IReadOnlyDictionary<string, object?>
{
    readonly Dictionary<string, object?> made = new(StringComparer.Ordinal);

    public ParseState State => state;

    public PackageScope Scope => scope;

    /// <summary>Puts something before all else, as the arguments of a generic test.</summary>
    public object? this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);
        set => made[key] = value;
    }

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        if (made.TryGetValue(key, out value))
        {
            return true;
        }

        if (!Find(key, out value))
        {
            return false;
        }

        made[key] = value;
        return true;
    }

    bool Find(string key, out object? value)
    {
        var catalog = scope.Session.Catalog;
        if (catalog.FindOwn(scope.Package.Name, key) is { } macro)
        {
            value = new BoundMacro(macro, this);
            return true;
        }

        if (own.TryGetValue(key, out var make))
        {
            value = make();
            return true;
        }

        if (catalog.HasPackage(key))
        {
            value = new MacroNamespace(key, this);
            return true;
        }

        if (scope.Shared.TryGetValue(key, out value))
        {
            return true;
        }

        if (catalog.FindInternal(key) is { } builtIn)
        {
            value = new BoundMacro(builtIn, this);
            return true;
        }

        value = null;
        return false;
    }

    public object? Macro(CatalogMacro macro) => new BoundMacro(macro, this);

    public IEnumerable<string> Keys => own.Keys.Concat(scope.Shared.Keys).Concat(scope.Session.Catalog.All.Select(m => m.Definition.Name)).Distinct(StringComparer.Ordinal);

    public IEnumerable<object?> Values => Keys.Select(k => this[k]);

    public int Count => Keys.Count();

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Keys.Select(k => KeyValuePair.Create(k, this[k])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    sealed class BoundMacro(CatalogMacro macro, NodeVariables variables) : JinjaCallable
    {
        JinjaCallable? bound;

        JinjaCallable Bound => bound ??= macro.Template.BindMacro(macro.Definition.Name, variables);

        public override object? Invoke(JinjaCall call)
        {
            var state = variables.State;
            if (state.Depth == 0 && !state.Macros.Contains(macro.Definition.UniqueId))
            {
                state.Macros.Add(macro.Definition.UniqueId);
            }

            state.Depth++;
            try
            {
                return Bound.Invoke(call);
            }
            finally
            {
                state.Depth--;
            }
        }

        public override bool TryGetAttribute(string name, out object? value) => Bound.TryGetAttribute(name, out value);

        public override string ToString() => $"<macro {macro.Definition.UniqueId}>";
    }
}

/// <summary>The macros of a package: <c>dbt_utils.star</c>.</summary>
internal sealed class MacroNamespace(string package, NodeVariables variables) : JinjaObject
{
    public override string TypeName => "dict";

    public override bool TryGetAttribute(string name, out object? value)
    {
        var macro = variables.Scope.Session.Catalog.FindQualified(package, name);
        value = macro is null ? name == "get" ? new JinjaFunction("get", call => TryGetItem(call.Require(0, "key"), out var found) ? found : call.Get(1, "default")) : null : variables.Macro(macro);
        return value is not null;
    }

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override string ToString() => $"<macros of {package}>";
}
