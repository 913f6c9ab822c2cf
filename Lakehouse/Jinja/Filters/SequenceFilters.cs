using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Filters;

/// <summary>Filters on sequences.</summary>
internal static class SequenceFilters
{
    public static readonly Dictionary<string, Func<object?, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["list"] = (value, call) => new JinjaList(Counted(value, call)),
        ["length"] = (value, _) => Length(value),
        ["count"] = (value, _) => Length(value),
        ["first"] = (value, _) => Iteration.Of(value).Take(1).ToArray() is [var first] ? first : new Undefined("first", "No first item, sequence was empty."),
        ["last"] = Last,
        ["join"] = Join,
        ["reverse"] = Reverse,
        ["sort"] = Sort,
        ["dictsort"] = DictSort,
        ["items"] = Items,
        ["unique"] = Unique,
        ["min"] = (value, call) => Extreme(value, call, wanted: -1),
        ["max"] = (value, call) => Extreme(value, call, wanted: 1),
        ["sum"] = Sum,
        ["groupby"] = GroupBy,
        ["batch"] = (value, call) => new JinjaIterator(Batches(Counted(value, call).ToList(), call)),
        ["slice"] = (value, call) => new JinjaIterator(Slices(Counted(value, call).ToList(), call)),
    };

    static IEnumerable<object?> Counted(object? value, JinjaCall call)
    {
        foreach (var item in Iteration.Of(value))
        {
            call.Charge(1);
            yield return item;
        }
    }

    static object Length(object? value) => Iteration.Length(value) ?? throw JinjaException.Type($"object of type '{TypeNames.Of(value)}' has no len()");

    static object? Last(object? value, JinjaCall call)
    {
        var items = value is JinjaIterator ? throw JinjaException.Type($"'{TypeNames.Of(value)}' object is not reversible") : Counted(value, call).ToList();
        return items.Count > 0 ? items[^1] : new Undefined("last", "No last item, sequence was empty.");
    }

    static string Join(object? value, JinjaCall call)
    {
        var separator = Text.Of(call.Get(0, "d", ""));
        var getter = Sorting.Getter(call.Get(1, "attribute"));
        var parts = Counted(value, call).Select(i => Text.Of(getter(i))).ToList();
        call.Interpreter.Budget.CheckText(parts.Sum(p => (double)p.Length + separator.Length));
        return string.Join(separator, parts);
    }

    static object? Reverse(object? value, JinjaCall call) => value is string text
        ? string.Concat(Text.Characters(text).Reverse())
        : new JinjaIterator(Counted(value, call).Reverse().ToList(), "list_reverseiterator");

    static object? Sort(object? value, JinjaCall call)
    {
        var caseSensitive = Truth.Of(call.Get(1, "case_sensitive", false));
        var getter = Sorting.Getters(call.Get(2, "attribute"));
        var items = Counted(value, call).Select(i => (Sorting.IgnoringCase(getter(i), caseSensitive), i));
        return new JinjaList(Sorting.Sort(items, Truth.Of(call.Get(0, "reverse", false))));
    }

    static object? DictSort(object? value, JinjaCall call)
    {
        var dict = value as JinjaDict ?? throw (value is Undefined undefined ? undefined.Error() : JinjaException.Type($"dictsort needs a mapping, not {TypeNames.Of(value)}"));
        var caseSensitive = Truth.Of(call.Get(0, "case_sensitive", false));
        var by = Text.Of(call.Get(1, "by", "key"));
        var byValue = by == "value" || (by == "key" ? false : throw JinjaException.Value("You can only sort by either \"key\" or \"value\""));
        var items = dict.Entries.Select(e => (Sorting.IgnoringCase(byValue ? e.Value : e.Key, caseSensitive), (object?)new JinjaTuple([e.Key, e.Value])));
        return new JinjaList(Sorting.Sort(items, Truth.Of(call.Get(2, "reverse", false))));
    }

    static object? Items(object? value, JinjaCall call) => value switch
    {
        Undefined => new JinjaIterator([]),
        JinjaDict dict => new JinjaIterator([.. dict.Entries.Select(e => (object?)new JinjaTuple([e.Key, e.Value]))]),
        _ => throw JinjaException.Type("Can only get item pairs from a mapping."),
    };

    static object? Unique(object? value, JinjaCall call)
    {
        var caseSensitive = Truth.Of(call.Get(0, "case_sensitive", false));
        var getter = Sorting.Getter(call.Get(1, "attribute"));
        return new JinjaIterator(Distinct());

        IEnumerable<object?> Distinct()
        {
            var seen = new JinjaSet();
            foreach (var item in Counted(value, call))
            {
                if (seen.Add(Sorting.IgnoringCase(getter(item), caseSensitive)))
                {
                    yield return item;
                }
            }
        }
    }

    static object? Extreme(object? value, JinjaCall call, int wanted)
    {
        var caseSensitive = Truth.Of(call.Get(0, "case_sensitive", false));
        var getter = Sorting.Getter(call.Get(1, "attribute"));
        object? best = null;
        object? bestKey = null;
        var any = false;
        foreach (var item in Counted(value, call))
        {
            var key = Sorting.IgnoringCase(getter(item), caseSensitive);
            if (!any || Comparison.Compare(wanted < 0 ? "<" : ">", key, bestKey) * wanted > 0)
            {
                (best, bestKey, any) = (item, key, true);
            }
        }

        return any ? best : new Undefined("item", "No aggregated item, sequence was empty.");
    }

    static object? Sum(object? value, JinjaCall call)
    {
        var getter = Sorting.Getter(call.Get(0, "attribute"));
        return Counted(value, call).Aggregate(call.Get(1, "start", 0L), (sum, item) => Operators.Apply(call.Interpreter.Budget, "+", sum, getter(item)));
    }

    static object? GroupBy(object? value, JinjaCall call)
    {
        var getter = Sorting.Getter(call.Require(0, "attribute"), call.Get(1, "default"));
        var caseSensitive = Truth.Of(call.Get(2, "case_sensitive", false));
        var sorted = Sorting.Sort(Counted(value, call).Select(i => (Sorting.IgnoringCase(getter(i), caseSensitive), i)), reverse: false);
        var groups = new List<object?>();
        object? key = null;
        List<object?>? current = null;
        foreach (var item in sorted)
        {
            var itemKey = Sorting.IgnoringCase(getter(item), caseSensitive);
            if (current is null || !Comparison.AreEqual(key, itemKey))
            {
                (key, current) = (itemKey, []);
                groups.Add(new JinjaGroup(getter(item), new JinjaList(current)));
            }

            current.Add(item);
        }

        return new JinjaList(groups);
    }

    static IEnumerable<object?> Batches(List<object?> items, JinjaCall call)
    {
        var size = (int)Math.Clamp(Numbers.Index(call.Require(0, "linecount"), "linecount"), 1, int.MaxValue);
        for (var at = 0; at < items.Count; at += size)
        {
            var batch = items.GetRange(at, Math.Min(size, items.Count - at));
            if (call.Get(1, "fill_with") is { } fill && batch.Count < size)
            {
                call.Charge(size);
                batch.AddRange(Enumerable.Repeat((object?)fill, size - batch.Count));
            }

            yield return new JinjaList(batch);
        }
    }

    static IEnumerable<object?> Slices(List<object?> items, JinjaCall call)
    {
        var slices = (int)Math.Clamp(Numbers.Index(call.Require(0, "slices"), "slices"), 1, 1_000_000);
        var (size, longer) = Math.DivRem(items.Count, slices);
        var at = 0;
        for (var i = 0; i < slices; i++)
        {
            var count = size + (i < longer ? 1 : 0);
            var slice = items.GetRange(at, count);
            at += count;
            if (call.Get(1, "fill_with") is { } fill && i >= longer && longer > 0)
            {
                slice.Add(fill);
            }

            yield return new JinjaList(slice);
        }
    }
}

/// <summary>A group of <c>groupby</c>: a pair of the value that the items share, and the items.</summary>
internal sealed class JinjaGroup(object? grouper, JinjaList items) : JinjaObject
{
    public override string TypeName => "_GroupTuple";

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch { "grouper" => grouper, "list" => items, _ => null };
        return name is "grouper" or "list";
    }

    public override bool TryGetItem(object? key, out object? value)
    {
        value = key switch { 0L or -2L => grouper, 1L or -1L => items, _ => null };
        return key is 0L or 1L or -1L or -2L;
    }

    public override IEnumerable<object?> Iterate() => [grouper, items];

    public override string ToString() => Repr.Of(new JinjaTuple([grouper, items]));
}
