namespace Lakehouse.Jinja.Values;

/// <summary>A list: mutable, compared by content, the same one only by identity.</summary>
public sealed class JinjaList(List<object?> items)
{
    /// <summary>A list of the given items.</summary>
    public JinjaList(IEnumerable<object?> items)
        : this([.. items])
    {
    }

    /// <summary>The items.</summary>
    public List<object?> Items => items;
}

/// <summary>A tuple: a fixed sequence.</summary>
public sealed class JinjaTuple(IReadOnlyList<object?> items)
{
    /// <summary>The items.</summary>
    public IReadOnlyList<object?> Items => items;
}

/// <summary>A set of hashable values, in the order in which they came.</summary>
public sealed class JinjaSet
{
    readonly HashSet<Key> known = [];
    readonly List<object?> items = [];

    /// <summary>The items.</summary>
    public IReadOnlyList<object?> Items => items;

    /// <summary>Adds an item unless it is there.</summary>
    public bool Add(object? item)
    {
        var added = known.Add(Key.Of(item));
        if (added)
        {
            items.Add(item);
        }

        return added;
    }

    /// <summary>Whether it is there.</summary>
    public bool Contains(object? item) => known.Contains(Key.Of(item));

    internal bool Remove(object? item)
    {
        var removed = known.Remove(Key.Of(item));
        if (removed)
        {
            items.RemoveAt(items.FindIndex(i => Comparison.AreEqual(i, item)));
        }

        return removed;
    }
}

/// <summary>A dictionary that keeps the order in which keys came. Keys compare as in Python: 1, 1.0 and true are the same.</summary>
public sealed class JinjaDict
{
    readonly OrderedDictionary<Key, object?> items = [];

    /// <summary>An empty dictionary.</summary>
    public JinjaDict()
    {
    }

    /// <summary>A dictionary of named values.</summary>
    public JinjaDict(IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (key, value) in values)
        {
            Set(key, value);
        }
    }

    /// <summary>Number of entries.</summary>
    public int Count => items.Count;

    /// <summary>The keys in order.</summary>
    public IEnumerable<object?> Keys => items.Keys.Select(k => k.Value);

    /// <summary>The values in order.</summary>
    public IEnumerable<object?> Values => items.Values;

    /// <summary>The entries in order.</summary>
    public IEnumerable<KeyValuePair<object?, object?>> Entries => items.Select(i => KeyValuePair.Create(i.Key.Value, i.Value));

    /// <summary>The value of a key.</summary>
    public bool TryGet(object? key, out object? value) => items.TryGetValue(Key.Of(key), out value);

    /// <summary>Sets an entry; an existing one keeps its place and its key.</summary>
    public void Set(object? key, object? value) => items[Key.Of(key)] = value;

    internal bool Remove(object? key, out object? value) => items.Remove(Key.Of(key), out value);

    internal void Clear() => items.Clear();

    internal JinjaDict Copy()
    {
        var copy = new JinjaDict();
        foreach (var (key, value) in items)
        {
            copy.items[key] = value;
        }

        return copy;
    }
}

/// <summary>A range of integers.</summary>
public sealed class JinjaRange(long start, long stop, long step)
{
    /// <summary>First value.</summary>
    public long Start => start;

    /// <summary>Where it ends; not in it.</summary>
    public long Stop => stop;

    /// <summary>Distance of the values.</summary>
    public long Step => step;

    /// <summary>Number of values.</summary>
    public long Count => step > 0 ? Math.Max(0, (stop - start + step - 1) / step) : Math.Max(0, (start - stop - step - 1) / -step);

    /// <summary>The value at a place.</summary>
    public long At(long index) => start + (index * step);
}

/// <summary>A slice, as between the brackets of <c>x[1:3]</c>.</summary>
internal sealed record JinjaSlice(object? Start, object? Stop, object? Step);

/// <summary>A value that is walked through once, as Python's generators are; filters like <c>map</c> and <c>select</c> give it.</summary>
public sealed class JinjaIterator(IEnumerable<object?> items, string type = "generator")
{
    readonly IEnumerator<object?> source = items.GetEnumerator();

    /// <summary>Python's name of the type.</summary>
    public string Type => type;

    /// <summary>The items that are left.</summary>
    public IEnumerable<object?> Rest()
    {
        while (source.MoveNext())
        {
            yield return source.Current;
        }
    }
}

/// <summary>A view of a dictionary, as <c>d.items()</c> gives: shows the dictionary as it is when it is looked at.</summary>
internal sealed class JinjaView(string type, Func<int> count, Func<IEnumerable<object?>> items)
{
    public string Type => type;

    public int Count => count();

    public IEnumerable<object?> Items => items();
}

/// <summary>An object with attributes that templates may set: <c>{% set ns.x = 1 %}</c>.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);
}
