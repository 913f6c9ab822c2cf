namespace Lakehouse.Jinja.Values;

/// <summary>Walking through values.</summary>
public static class Iteration
{
    /// <summary>The items of a value: elements, keys of a dictionary, characters of a text.</summary>
    /// <exception cref="JinjaException">It can't be walked through.</exception>
    public static IEnumerable<object?> Of(object? value) =>
        TryGet(value, out var items) ? items : throw JinjaException.Type($"'{TypeNames.Of(value)}' object is not iterable");

    internal static bool TryGet(object? value, out IEnumerable<object?> items)
    {
        var found = value switch
        {
            JinjaList list => Live(list.Items),
            JinjaTuple tuple => tuple.Items,
            JinjaDict dict => Guarded(dict),
            JinjaSet set => set.Items,
            string text => Text.Characters(text),
            JinjaRange range => Counting(range),
            JinjaIterator iterator => iterator.Rest(),
            JinjaView view => view.Items,
            Undefined => [],
            JinjaObject host => host.Iterate(),
            _ => null,
        };
        items = found ?? [];
        return found is not null;
    }

    /// <summary>Number of items; null when the value has no length.</summary>
    internal static long? Length(object? value) => value switch
    {
        string text => Text.Length(text),
        JinjaList list => list.Items.Count,
        JinjaTuple tuple => tuple.Items.Count,
        JinjaDict dict => dict.Count,
        JinjaSet set => set.Items.Count,
        JinjaRange range => range.Count,
        JinjaView view => view.Count,
        Undefined => 0,
        JinjaObject host => host.Length,
        _ => null,
    };

    // By index: a list may grow while it is walked through.
    static IEnumerable<object?> Live(List<object?> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            yield return items[i];
        }
    }

    static IEnumerable<object?> Guarded(JinjaDict dict)
    {
        var count = dict.Count;
        foreach (var key in dict.Keys.ToArray())
        {
            yield return dict.Count == count ? key : throw new JinjaException(JinjaErrorKind.Value, "dictionary changed size during iteration");
        }
    }

    static IEnumerable<object?> Counting(JinjaRange range)
    {
        for (var i = 0L; i < range.Count; i++)
        {
            yield return range.At(i);
        }
    }
}
