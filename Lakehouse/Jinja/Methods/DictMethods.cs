using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Methods;

internal static class DictMethods
{
    public static readonly Dictionary<string, Func<object, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["items"] = (self, _) => new JinjaView("dict_items", () => Of(self).Count, () => Of(self).Entries.Select(e => (object?)new JinjaTuple([e.Key, e.Value]))),
        ["keys"] = (self, _) => new JinjaView("dict_keys", () => Of(self).Count, () => Of(self).Keys),
        ["values"] = (self, _) => new JinjaView("dict_values", () => Of(self).Count, () => Of(self).Values),
        ["get"] = (self, call) => Of(self).TryGet(call.Require(0, "key"), out var value) ? value : call.Get(1, "default"),
        ["pop"] = (self, call) => Of(self).Remove(call.Require(0, "key"), out var value) ? value
            : call.TryGet(1, "default", out var otherwise) ? otherwise
            : throw JinjaException.Value(Repr.Of(call.Require(0, "key"))),
        ["popitem"] = PopItem,
        ["setdefault"] = SetDefault,
        ["update"] = Update,
        ["copy"] = (self, _) => Of(self).Copy(),
        ["clear"] = (self, _) =>
        {
            Of(self).Clear();
            return null;
        },
    };

    static JinjaDict Of(object self) => (JinjaDict)self;

    static object? PopItem(object self, JinjaCall call)
    {
        if (Of(self).Count == 0)
        {
            throw JinjaException.Value("'popitem(): dictionary is empty'");
        }

        var (key, value) = Of(self).Entries.Last();
        Of(self).Remove(key, out _);
        return new JinjaTuple([key, value]);
    }

    static object? SetDefault(object self, JinjaCall call)
    {
        var key = call.Require(0, "key");
        if (!Of(self).TryGet(key, out var value))
        {
            call.Charge(1);
            value = call.Get(1, "default");
            Of(self).Set(key, value);
        }

        return value;
    }

    static object? Update(object self, JinjaCall call)
    {
        if (call.Positional.Count > 0)
        {
            Fill(Of(self), call.Positional[0]);
        }

        foreach (var (name, value) in call.Named)
        {
            Of(self).Set(name, value);
        }

        call.Charge(Of(self).Count);
        return null;
    }

    /// <summary>Puts the entries of a mapping, or of a sequence of pairs, into a dictionary.</summary>
    public static void Fill(JinjaDict dict, object? source)
    {
        if (source is JinjaDict other)
        {
            foreach (var (key, value) in other.Entries.ToArray())
            {
                dict.Set(key, value);
            }

            return;
        }

        foreach (var item in Iteration.Of(source))
        {
            var pair = Iteration.Of(item).Take(3).ToArray();
            if (pair.Length != 2)
            {
                throw JinjaException.Value($"dictionary update sequence element has length {pair.Length}; 2 is required");
            }

            dict.Set(pair[0], pair[1]);
        }
    }
}
