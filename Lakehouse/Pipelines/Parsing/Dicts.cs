using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Reading mappings that came from YAML or templates.</summary>
internal static class Dicts
{
    public static object? Get(this JinjaDict dict, string key) => dict.TryGet(key, out var value) ? value : null;

    public static bool Has(this JinjaDict dict, string key) => dict.TryGet(key, out _);

    public static string? Text(this JinjaDict dict, string key) => dict.Get(key) switch
    {
        null => null,
        string text => text,
        var other => Jinja.Values.Text.Of(other),
    };

    public static bool? Flag(this JinjaDict dict, string key) => dict.Get(key) as bool?;

    public static JinjaDict Dict(this JinjaDict dict, string key) => dict.Get(key) as JinjaDict ?? new JinjaDict();

    public static IReadOnlyList<object?> List(this JinjaDict dict, string key) => Items(dict.Get(key));

    public static IReadOnlyList<JinjaDict> Mappings(this JinjaDict dict, string key) => [.. dict.List(key).OfType<JinjaDict>()];

    /// <summary>The texts of a list, or of the one text.</summary>
    public static IReadOnlyList<string> Texts(this JinjaDict dict, string key) => [.. dict.List(key).Select(Jinja.Values.Text.Of)];

    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        null => [],
        JinjaList list => list.Items,
        JinjaTuple tuple => tuple.Items,
        JinjaSet set => set.Items,
        _ => [value],
    };

    public static JinjaDict Clone(this JinjaDict dict) => new JinjaDict().With(dict);

    /// <summary>Sets the entries of another on top.</summary>
    public static JinjaDict With(this JinjaDict dict, JinjaDict other)
    {
        foreach (var (key, value) in other.Entries)
        {
            dict.Set(key, value);
        }

        return dict;
    }

    public static JinjaDict With(this JinjaDict dict, string key, object? value)
    {
        dict.Set(key, value);
        return dict;
    }

    public static JinjaDict Without(this JinjaDict dict, params ReadOnlySpan<string> keys)
    {
        var rest = new JinjaDict();
        foreach (var (key, value) in dict.Entries)
        {
            if (key is not string name || !keys.Contains(name))
            {
                rest.Set(key, value);
            }
        }

        return rest;
    }

    /// <summary>A union in which mappings are merged all the way down.</summary>
    public static JinjaDict DeepMerge(JinjaDict below, JinjaDict above)
    {
        var merged = below.Clone();
        foreach (var (key, value) in above.Entries)
        {
            merged.Set(key, value is JinjaDict inner && merged.TryGet(key, out var known) && known is JinjaDict outer ? DeepMerge(outer, inner) : value);
        }

        return merged;
    }

    public static JinjaDict Of(params ReadOnlySpan<(string Key, object? Value)> entries)
    {
        var dict = new JinjaDict();
        foreach (var (key, value) in entries)
        {
            dict.Set(key, value);
        }

        return dict;
    }

    public static JinjaList ListOf(IEnumerable<string> items) => new(items.Select(i => (object?)i));

    /// <summary>A copy of lists and mappings all the way down, so that a template that changes one changes no other's.</summary>
    public static object? DeepCopy(object? value) => value switch
    {
        JinjaDict dict => new JinjaDict().With(Copied(dict)),
        JinjaList list => new JinjaList([.. list.Items.Select(DeepCopy)]),
        _ => value,
    };

    static JinjaDict Copied(JinjaDict dict)
    {
        var copy = new JinjaDict();
        foreach (var (key, value) in dict.Entries)
        {
            copy.Set(key, DeepCopy(value));
        }

        return copy;
    }
}
