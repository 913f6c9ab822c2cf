using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary><c>context</c>: the variables of the template as a mapping.</summary>
internal sealed class ContextView(IReadOnlyDictionary<string, object?> variables) : JinjaObject
{
    public override string TypeName => "dict";

    public override bool IsMapping => true;

    public override long? Length => variables.Count;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && variables.TryGetValue(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "get" => new JinjaFunction("get", call => call.Require(0, "key") is string key && variables.TryGetValue(key, out var found) ? found : call.Get(1, "default")),
            "keys" => new JinjaFunction("keys", _ => new JinjaList(variables.Keys)),
            "values" => new JinjaFunction("values", _ => new JinjaList(variables.Values)),
            "items" => new JinjaFunction("items", _ => new JinjaList(variables.Select(v => (object?)new JinjaTuple([v.Key, v.Value])))),
            _ => null,
        };
        return value is not null;
    }

    public override IEnumerable<object?> Iterate() => variables.Keys;

    public override string ToString() => "<context>";
}
