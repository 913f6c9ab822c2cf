using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>How a config above meets one below: some keys add up, some merge, the others replace.</summary>
internal static class ConfigMerge
{
    public static void Merge(JinjaDict config, string key, object? value)
    {
        config.TryGet(key, out var known);
        config.Set(key, key switch
        {
            "tags" or "pre-hook" or "post-hook" or "packages" when known is not null => new JinjaList([.. Dicts.Items(known), .. Dicts.Items(value)]),
            "tags" or "pre-hook" or "post-hook" when value is not (null or JinjaDict { Count: > 0 }) || key != "tags" => new JinjaList([.. Dicts.Items(value)]),
            "meta" or "quoting" or "column_types" or "docs" or "contract" when known is JinjaDict below && value is JinjaDict above => below.Clone().With(above),
            "grants" when known is JinjaDict below && value is JinjaDict above => Grants(below, above),
            "grants" when value is JinjaDict above => Grants(new JinjaDict(), above),
            _ => value,
        });
    }

    /// <summary>A grant with a plus adds to the grantees below, one without replaces them.</summary>
    static JinjaDict Grants(JinjaDict below, JinjaDict above)
    {
        var merged = below.Clone();
        foreach (var (key, value) in above.Entries)
        {
            var name = Text.Of(key);
            var adds = name.StartsWith('+');
            name = name.TrimStart('+');
            merged.Set(name, new JinjaList(adds && merged.TryGet(name, out var known) ? [.. Dicts.Items(known), .. Dicts.Items(value)] : [.. Dicts.Items(value)]));
        }

        return merged;
    }
}
