using Lakehouse.Jinja.Methods;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Filters;

/// <summary>Stable sorting, and the attributes that filters work by.</summary>
internal static class Sorting
{
    /// <summary>Items in the order of their keys; equal keys stay in the order in which they came, also when reversed.</summary>
    public static IEnumerable<object?> Sort(IEnumerable<(object? Key, object? Item)> items, bool reverse)
    {
        try
        {
            return [.. (reverse ? items.OrderByDescending(i => i.Key, Comparison.Order) : items.OrderBy(i => i.Key, Comparison.Order)).Select(i => i.Item)];
        }
        catch (InvalidOperationException error) when (error.InnerException is JinjaException inner)
        {
            throw new JinjaException(inner.Kind, inner.Message, inner);
        }
    }

    /// <summary>Reads <c>a.b.0</c> of items; identity without an attribute.</summary>
    public static Func<object?, object?> Getter(object? attribute, object? otherwise = null)
    {
        if (attribute is null)
        {
            return item => item;
        }

        object[] path = attribute is long index ? [index] : [.. Text.Of(attribute).Split('.').Select(p => long.TryParse(p, out var number) ? (object)number : p)];
        return item =>
        {
            foreach (var step in path)
            {
                item = Attributes.GetItem(item, step);
                if (item is Undefined && otherwise is not null)
                {
                    item = otherwise;
                }
            }

            return item;
        };
    }

    /// <summary>Several attributes with commas between them: a list of values.</summary>
    public static Func<object?, object?> Getters(object? attribute)
    {
        if (attribute is not string text || !text.Contains(',', StringComparison.Ordinal))
        {
            return Getter(attribute);
        }

        var getters = text.Split(',').Select(part => Getter(part)).ToArray();
        return item => new JinjaList([.. getters.Select(g => g(item))]);
    }

    /// <summary>A key that ignores the case of text.</summary>
    public static object? IgnoringCase(object? value, bool caseSensitive) => caseSensitive ? value : value switch
    {
        string text => Casing.Lower(text),
        JinjaList list => new JinjaList([.. list.Items.Select(i => IgnoringCase(i, caseSensitive: false))]),
        _ => value,
    };
}
