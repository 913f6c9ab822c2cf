using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>
/// What the templates of a node see: dbt's context. Looked up name by name, since most renderings use few: what the rendering adds, macros (of the node's package, of the root project),
/// packages by name, the engine's macros, dbt's own functions. Used by one thread at a time.
/// </summary>
internal sealed class NodeContext : IReadOnlyDictionary<string, object?>
{
    readonly Dictionary<string, object?> made = new(StringComparer.Ordinal);
    readonly Dictionary<RegisteredMacro, JinjaCallable> bound = [];

    public NodeContext(Invocation invocation, RenderedNode node)
    {
        Invocation = invocation;
        Node = node;
        Results = new StatementResults();
        Adapter = new AdapterObject(this);
    }

    public Invocation Invocation { get; }

    public RenderedNode Node { get; }

    /// <summary>Results of the statements that this rendering ran.</summary>
    public StatementResults Results { get; }

    public AdapterObject Adapter { get; }

    public IEnumerable<string> Keys => Node.Extra.Keys
        .Concat(Invocation.Macros.NamesIn(Node.Package)).Concat(Invocation.Macros.NamesIn(Invocation.RootPackage)).Concat(Invocation.Macros.Packages)
        .Append("dbt").Concat(Invocation.Macros.NamesIn("dbt")).Concat(ContextFunctions.Names).Distinct(StringComparer.Ordinal);

    public IEnumerable<object?> Values => Keys.Select(k => this[k]);

    public int Count => Keys.Count();

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"'{key}' is not in the context");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        if (made.TryGetValue(key, out value))
        {
            return true;
        }

        if (!TryMake(key, out value))
        {
            return false;
        }

        made[key] = value;
        return true;
    }

    bool TryMake(string key, out object? value)
    {
        if (Node.MacroOverrides.TryGetValue(key, out value) || Node.Extra.TryGetValue(key, out value))
        {
            return true;
        }

        var macros = Invocation.Macros;
        var macro = macros.Find(Node.Package, key);
        if (macro is not null && !MacroRegistry.Internal.Contains(macro.Package))
        {
            value = Bind(macro);
            return true;
        }

        if (macros.HasPackage(key) && key != "dbt_duckdb")
        {
            value = new PackageNamespace(this, key);
            return true;
        }

        value = macro is null ? null : Bind(macro);
        return macro is not null || ContextFunctions.TryMake(this, key, out value);
    }

    /// <summary>A macro as something that templates can call; it sees this context.</summary>
    public JinjaCallable Bind(RegisteredMacro macro)
    {
        if (!bound.TryGetValue(macro, out var callable))
        {
            bound[macro] = callable = new BoundMacro(macro.Template.BindMacro(macro.Name, this), macro.Name);
        }

        return callable;
    }

    /// <summary>Calls a macro by its name.</summary>
    /// <exception cref="JinjaException">It fails, or there is none.</exception>
    public object? Call(string macro, params ReadOnlySpan<object?> arguments) => Call(
        Invocation.Macros.Find(Node.Package, macro) ?? throw new JinjaException(JinjaErrorKind.Undefined, $"there is no macro '{macro}'"), arguments);

    /// <summary>Calls a macro.</summary>
    /// <exception cref="JinjaException">It fails.</exception>
    public object? Call(RegisteredMacro macro, params ReadOnlySpan<object?> arguments) => Templates.Running.Call(Bind(macro), [.. arguments], [], Node.CancellationToken);

    /// <summary>Renders a text with this context.</summary>
    /// <exception cref="JinjaException">It fails.</exception>
    public string Render(string name, string text) => Render((Node.Execute ? Templates.Running : Templates.Parsing).Parse(name, text));

    /// <summary>Renders a template with this context.</summary>
    /// <exception cref="JinjaException">It fails.</exception>
    public string Render(JinjaTemplate template) => template.In(Node.Execute ? Templates.Running : Templates.Parsing).Render(this, Node.CancellationToken);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Keys.Select(k => KeyValuePair.Create(k, this[k])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A macro of a file: it can be called, and has no attributes.</summary>
    sealed class BoundMacro(JinjaCallable macro, string name) : JinjaCallable
    {
        public override object? Invoke(JinjaCall call) => macro.Invoke(call);

        public override string ToString() => $"<macro {name}>";
    }

    /// <summary>A package by name: its macros.</summary>
    sealed class PackageNamespace(NodeContext context, string package) : JinjaObject
    {
        public override string TypeName => "dict";

        public override bool IsMapping => true;

        public override IEnumerable<object?> Iterate() => context.Invocation.Macros.NamesIn(package);

        public override bool TryGetItem(object? key, out object? value)
        {
            if (key is string wanted && context.Node.MacroOverrides.TryGetValue($"{package}.{wanted}", out value))
            {
                return true;
            }

            value = key is string name && context.Invocation.Macros.FindQualified(package, name) is { } macro ? context.Bind(macro) : null;
            return value is not null;
        }

        public override bool TryGetAttribute(string name, out object? value)
        {
            if (TryGetItem(name, out value))
            {
                return true;
            }

            value = name switch
            {
                "keys" => new JinjaFunction(name, _ => new JinjaList(Iterate())),
                "get" => new JinjaFunction(name, call => TryGetItem(call.Require(0, "key"), out var found) ? found : call.Get(1, "default")),
                _ => null,
            };
            return value is not null;
        }

        public override string ToString() => $"<package {package}>";
    }
}
