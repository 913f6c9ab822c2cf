using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary><c>config</c> while a project is parsed: a call is written down, reading gives nothing.</summary>
internal sealed class ParseConfig(ParseState state) : JinjaCallable
{
    public override object? Invoke(JinjaCall call)
    {
        JinjaDict given;
        if (call.Positional.Count == 0 && call.Named.Count > 0)
        {
            given = new JinjaDict(call.Named);
        }
        else if (call.Positional.Count == 1 && call.Named.Count == 0)
        {
            given = call.Positional[0] switch
            {
                JinjaDict dict => dict,
                string { Length: > 0 } => throw JinjaException.Value("dictionary update sequence element #0 has length 1; 2 is required"),
                Undefined => new JinjaDict(),
                var other => throw JinjaException.Type($"'{Text.Of(other)}' is no mapping of configs"),
            };
        }
        else
        {
            throw JinjaException.Value("Invalid inline model config");
        }

        foreach (var (key, value) in given.Entries)
        {
            ConfigMerge.Merge(state.ConfigCall, Text.Of(key).Trim() switch { "pre_hook" => "pre-hook", "post_hook" => "post-hook", var name => name }, Plain(value));
        }

        return "";
    }

    // What is undefined while parsing has no place in a config.
    static object? Plain(object? value) => value is Undefined ? null : Dicts.DeepCopy(value);

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "get" or "require" or "meta_get" or "meta_require" => new JinjaFunction(name, _ => ""),
            "set" => new JinjaFunction(name, call => Invoke(call)),
            "persist_relation_docs" or "persist_column_docs" => new JinjaFunction(name, _ => false),
            _ => null,
        };
        return value is not null;
    }

    public override string ToString() => "<config>";
}
