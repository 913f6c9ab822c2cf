using System.Numerics;

namespace Lakehouse.Jinja.Values;

/// <summary>Equality and order as in Python.</summary>
internal static class Comparison
{
    /// <summary>Compares by the rules of <c>sort</c>.</summary>
    public static readonly Comparer<object?> Order = Comparer<object?>.Create((a, b) => Compare("<", a, b));

    public static bool AreEqual(object? a, object? b)
    {
        if (Numbers.IsNumber(a) && Numbers.IsNumber(b))
        {
            return Numbers.Compare(a!, b!) == 0;
        }

        return (a, b) switch
        {
            (null, null) => true,
            (string x, string y) => x == y,
            (JinjaList x, JinjaList y) => SameItems(x.Items, y.Items),
            (JinjaTuple x, JinjaTuple y) => SameItems(x.Items, y.Items),
            (JinjaSet x, JinjaSet y) => x.Items.Count == y.Items.Count && x.Items.All(y.Contains),
            (JinjaDict x, JinjaDict y) => x.Count == y.Count && x.Entries.All(e => y.TryGet(e.Key, out var other) && AreEqual(e.Value, other)),
            (JinjaRange x, JinjaRange y) => x.Count == y.Count && (x.Count == 0 || (x.Start == y.Start && (x.Count == 1 || x.Step == y.Step))),
            (Undefined, Undefined) => true,
            (JinjaObject x, JinjaObject y) => x.Equals(y) || (x is not Modules.PythonDateTime && x.CompareTo(y) == 0),
            _ => ReferenceEquals(a, b),
        };
    }

    static bool SameItems(IReadOnlyList<object?> a, IReadOnlyList<object?> b) => a.Count == b.Count && !a.Where((item, i) => !AreEqual(item, b[i])).Any();

    /// <summary>The result of <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>; NaN is in no order with anything.</summary>
    public static bool Ordered(string op, object? a, object? b)
    {
        if ((a is double x && double.IsNaN(x)) || (b is double y && double.IsNaN(y)))
        {
            return false;
        }

        var order = Compare(op, a, b);
        return op switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    /// <summary>Negative, zero or positive. <paramref name="op"/> is for the message when the types have no order.</summary>
    public static int Compare(string op, object? a, object? b)
    {
        if (a is Undefined left)
        {
            throw left.Error();
        }

        if (b is Undefined right)
        {
            throw right.Error();
        }

        if (Numbers.IsNumber(a) && Numbers.IsNumber(b))
        {
            return Numbers.Compare(a!, b!);
        }

        return (a, b) switch
        {
            (string x, string y) => CompareText(x, y),
            (JinjaList x, JinjaList y) => CompareItems(op, x.Items, y.Items),
            (JinjaTuple x, JinjaTuple y) => CompareItems(op, x.Items, y.Items),
            (JinjaObject x, JinjaObject) when x.CompareTo(b) is { } order => order,
            _ => throw JinjaException.Type($"'{op}' not supported between instances of '{TypeNames.Of(a)}' and '{TypeNames.Of(b)}'"),
        };
    }

    static int CompareItems(string op, IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            if (!AreEqual(a[i], b[i]))
            {
                return Compare(op, a[i], b[i]);
            }
        }

        return a.Count.CompareTo(b.Count);
    }

    /// <summary>By code points: UTF-16 order is wrong where only one of two characters is a surrogate pair.</summary>
    static int CompareText(string a, string b)
    {
        var at = a.AsSpan().CommonPrefixLength(b);
        if (at == a.Length || at == b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        var (x, y) = (a[at], b[at]);
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }

    public static bool Contains(object? container, object? item)
    {
        switch (container)
        {
            case string text:
                return item switch
                {
                    string part => text.Contains(part, StringComparison.Ordinal),
                    Undefined => throw JinjaException.Type("'in <string>' requires string as left operand, not Undefined"),
                    _ => throw JinjaException.Type($"'in <string>' requires string as left operand, not {TypeNames.Of(item)}"),
                };
            case JinjaDict dict:
                return dict.TryGet(item, out _);
            case JinjaSet set:
                return set.Contains(item);
            case JinjaRange range:
                return item is long number && range.Count > 0 && (number - range.Start) % range.Step == 0
                    && (number - range.Start) / range.Step is var at && at >= 0 && at < range.Count;
            default:
                return Iteration.TryGet(container, out var items)
                    ? items.Any(i => AreEqual(i, item))
                    : throw JinjaException.Type($"argument of type '{TypeNames.Of(container)}' is not iterable");
        }
    }
}
