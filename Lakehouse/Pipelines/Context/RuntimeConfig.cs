using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary><c>config</c> when SQL is made: it is complete, so calls change nothing but for what <c>config.set</c> hands to the materialization.</summary>
internal sealed class RuntimeConfig(JinjaDict values, string uniqueId) : JinjaCallable
{
    readonly JinjaDict set = new();

    public override object? Invoke(JinjaCall call) => "";

    public override bool TryGetAttribute(string name, out object? value)
    {
        Func<JinjaCall, object?>? method = name switch
        {
            "get" => call => Find(call.Require(0, "name")) ?? call.Get(1, "default"),
            "require" => call => Find(call.Require(0, "name")) ?? throw Missing(call),
            "meta_get" => call => Meta(call.Require(0, "name")) ?? call.Get(1, "default"),
            "meta_require" => call => Meta(call.Require(0, "name")) ?? throw Missing(call),
            "set" => Set,
            "persist_relation_docs" => _ => PersistDocs("relation"),
            "persist_column_docs" => _ => PersistDocs("columns"),
            _ => null,
        };
        value = method is null ? null : new JinjaFunction(name, method);
        return method is not null;
    }

    object? Find(object? name) => set.TryGet(name, out var value) || values.TryGet(name, out value) ? value ?? Meta(name) : Meta(name);

    // Own keys belong under meta now; dbt still finds them by their plain name.
    object? Meta(object? name) => values.TryGet("meta", out var meta) && meta is JinjaDict dict && dict.TryGet(name, out var value) ? value : null;

    JinjaException Missing(JinjaCall call) => JinjaException.Value($"Model '{uniqueId}' does not define a required config parameter '{Text.Of(call.Require(0, "name"))}'.");

    object? Set(JinjaCall call)
    {
        if (call.Positional.Count >= 2)
        {
            set.Set(call.Positional[0], call.Positional[1]);
        }

        foreach (var (key, value) in call.Named)
        {
            set.Set(key, value);
        }

        return "";
    }

    bool PersistDocs(string part) => values.TryGet("persist_docs", out var docs) && docs is JinjaDict dict && dict.TryGet(part, out var wanted) && Truth.Of(wanted);

    public override string ToString() => "<config>";
}
