using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>A class of Python: called it makes an object, its attributes are class methods and constants.</summary>
internal sealed class PythonClass(string name, Func<JinjaCall, object?> make, IReadOnlyDictionary<string, object?> attributes) : JinjaCallable
{
    public override string TypeName => "type";

    public override object? Invoke(JinjaCall call) => make(call);

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        var found = attributes.TryGetValue(attribute, out value);
        if (value is LazyConstant constant)
        {
            value = constant.Make();
        }

        return found;
    }

    public override string ToString() => $"<class '{name}'>";
}

/// <summary>A class attribute that is made when it is read.</summary>
internal sealed record LazyConstant(Func<object?> Make);

/// <summary>A module of Python: its functions, classes and constants.</summary>
internal sealed class PythonModule(string name, IReadOnlyDictionary<string, object?> members) : JinjaObject
{
    public override string TypeName => "module";

    public override bool TryGetAttribute(string attribute, out object? value) => members.TryGetValue(attribute, out value);

    public override string ToString() => $"<module '{name}'>";

    /// <summary>A module of functions and other members.</summary>
    public static PythonModule Of(string name, params (string Name, object? Member)[] members) =>
        new(name, members.ToDictionary(m => m.Name, m => m.Member is Func<JinjaCall, object?> body ? new JinjaFunction(m.Name, body) : m.Member, StringComparer.Ordinal));
}
