using Lakehouse.Jinja.Methods;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Filters;

/// <summary>Jinja's global functions.</summary>
internal static class GlobalTable
{
    /// <summary>The longest range; the same as in Jinja's sandbox.</summary>
    const long MaxRange = 100_000;

    public static readonly IReadOnlyDictionary<string, object?> All = new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["range"] = new JinjaFunction("range", Range),
        ["dict"] = new JinjaFunction("dict", Dict),
        ["namespace"] = new JinjaFunction("namespace", Namespace),
        ["cycler"] = new JinjaFunction("cycler", call => new Cycler(call.Positional.Count > 0 ? call.Positional : throw JinjaException.Type("at least one item has to be provided"))),
        ["joiner"] = new JinjaFunction("joiner", Joiner),
    };

    static object? Range(JinjaCall call)
    {
        if (call.Positional.Count is 0 or > 3)
        {
            throw JinjaException.Type($"range expected 1 to 3 arguments, got {call.Positional.Count}");
        }

        var values = call.Positional.Select(p => Numbers.Index(p, "a range's bound")).ToArray();
        var range = values switch
        {
            [var stop] => new JinjaRange(0, stop, 1),
            [var start, var stop] => new JinjaRange(start, stop, 1),
            [_, _, 0] => throw JinjaException.Value("range() arg 3 must not be zero"),
            _ => new JinjaRange(values[0], values[1], values[2]),
        };
        return range.Count <= MaxRange ? range : throw new JinjaException(JinjaErrorKind.Limit, $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaxRange}).");
    }

    static object? Dict(JinjaCall call)
    {
        var dict = new JinjaDict();
        if (call.Positional.Count > 0)
        {
            DictMethods.Fill(dict, call.Positional[0]);
        }

        foreach (var (name, value) in call.Named)
        {
            dict.Set(name, value);
        }

        call.Charge(dict.Count);
        return dict;
    }

    static object? Namespace(JinjaCall call)
    {
        var result = new JinjaNamespace();
        foreach (var (key, value) in ((JinjaDict)Dict(call)!).Entries)
        {
            result.Attributes[key as string ?? throw JinjaException.Type("a namespace's names must be str")] = value;
        }

        return result;
    }

    static object? Joiner(JinjaCall call)
    {
        var separator = Text.Of(call.Get(0, "sep", ", "));
        var used = false;
        return new JinjaFunction("joiner", _ =>
        {
            var text = used ? separator : "";
            used = true;
            return text;
        });
    }

    sealed class Cycler(IReadOnlyList<object?> items) : JinjaObject
    {
        int at;

        public override string TypeName => "Cycler";

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name switch
            {
                "current" => items[at],
                "next" => new JinjaFunction("next", _ => Next()),
                "reset" => new JinjaFunction("reset", _ => at = 0),
                _ => null,
            };
            return name is "current" or "next" or "reset";
        }

        object? Next()
        {
            var item = items[at];
            at = (at + 1) % items.Count;
            return item;
        }

        public override string ToString() => "<Cycler>";
    }
}
