using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Methods;

internal static class ListMethods
{
    public static readonly Dictionary<string, Func<object, JinjaCall, object?>> OfTuple = new(StringComparer.Ordinal)
    {
        ["index"] = Index,
        ["count"] = Count,
    };

    public static readonly Dictionary<string, Func<object, JinjaCall, object?>> All = new(OfTuple, StringComparer.Ordinal)
    {
        ["append"] = (self, call) => Done(call, 1, () => Of(self).Add(call.Require(0, "object"))),
        ["extend"] = (self, call) => Done(call, 1, () =>
        {
            var items = Iteration.Of(call.Require(0, "iterable")).Take(int.MaxValue).ToList();
            call.Charge(items.Count);
            Of(self).AddRange(items);
        }),
        ["insert"] = (self, call) => Done(call, 2, () => Of(self).Insert(Place(Of(self).Count, call.Require(0, "index")), call.Require(1, "object"))),
        ["pop"] = Pop,
        ["remove"] = (self, call) => Done(call, 1, () => Of(self).RemoveAt(Find(Of(self), call.Require(0, "value"), "list.remove(x): x not in list"))),
        ["clear"] = (self, call) => Done(call, 0, Of(self).Clear),
        ["reverse"] = (self, call) => Done(call, 0, Of(self).Reverse),
        ["copy"] = (self, _) => new JinjaList([.. Of(self)]),
        ["sort"] = Sort,
    };

    static List<object?> Of(object self) => ((JinjaList)self).Items;

    static IReadOnlyList<object?> Items(object self) => self is JinjaTuple tuple ? tuple.Items : Of(self);

    static object? Done(JinjaCall call, int arguments, Action act)
    {
        call.AtMost(arguments);
        call.Charge(1);
        act();
        return null;
    }

    static object? Index(object self, JinjaCall call) => (long)Find(Items(self), call.Require(0, "value"), $"{Repr.Of(call.Require(0, "value"))} is not in list");

    static object? Count(object self, JinjaCall call) => (long)Items(self).Count(i => Comparison.AreEqual(i, call.Require(0, "value")));

    static int Find(IReadOnlyList<object?> items, object? value, string message)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (Comparison.AreEqual(items[i], value))
            {
                return i;
            }
        }

        throw JinjaException.Value(message);
    }

    static int Place(int count, object? value)
    {
        var index = Numbers.Index(value, "an index");
        return (int)Math.Clamp(index < 0 ? index + count : index, 0, count);
    }

    static object? Pop(object self, JinjaCall call)
    {
        call.AtMost(1);
        var items = Of(self);
        var index = Numbers.Index(call.Get(0, "index", -1L), "an index");
        index = index < 0 ? index + items.Count : index;
        if (index < 0 || index >= items.Count)
        {
            throw JinjaException.Value(items.Count == 0 ? "pop from empty list" : "pop index out of range");
        }

        var item = items[(int)index];
        items.RemoveAt((int)index);
        return item;
    }

    static object? Sort(object self, JinjaCall call)
    {
        var items = Of(self);
        call.Charge(items.Count);
        var key = call.Get(int.MaxValue, "key");
        var sorted = Filters.Sorting.Sort(items.Select(i => (key is null ? i : call.Call(key, i), i)), Truth.Of(call.Get(int.MaxValue, "reverse")));
        items.Clear();
        items.AddRange(sorted);
        return null;
    }
}
