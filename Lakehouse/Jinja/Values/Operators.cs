using System.Text;
using Lakehouse.Jinja.Evaluation;

namespace Lakehouse.Jinja.Values;

/// <summary>Binary operators on any values.</summary>
internal static class Operators
{
    public static object? Apply(Budget budget, string op, object? a, object? b)
    {
        if (a is Undefined left)
        {
            throw left.Error();
        }

        if (op == "%" && a is string format)
        {
            return Formatting.PercentFormat.Apply(budget, format, b);
        }

        if (b is Undefined right)
        {
            throw right.Error();
        }

        if (Numbers.IsNumber(a) && Numbers.IsNumber(b))
        {
            return Numbers.Operate(op, a!, b!);
        }

        return (op, a, b) switch
        {
            ("+", string x, string y) => budget.Text(x, y),
            ("+", JinjaList x, JinjaList y) => new JinjaList(Joined(budget, x.Items, y.Items)),
            ("+", JinjaTuple x, JinjaTuple y) => new JinjaTuple(Joined(budget, x.Items, y.Items)),
            ("*", string x, long n) => Repeat(budget, x, n),
            ("*", long n, string x) => Repeat(budget, x, n),
            ("*", JinjaList x, long n) => new JinjaList(Repeat(budget, x.Items, n)),
            ("*", JinjaTuple x, long n) => new JinjaTuple(Repeat(budget, x.Items, n)),
            ("-", JinjaSet x, JinjaSet y) => SetOf(x.Items.Where(i => !y.Contains(i))),
            _ => (a as JinjaObject)?.Operate(op, b) ?? (b as JinjaObject)?.OperateReversed(op, a) ?? throw Unsupported(op, a, b),
        };
    }

    static List<object?> Joined(Budget budget, IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        budget.Charge(a.Count + b.Count);
        return [.. a, .. b];
    }

    static string Repeat(Budget budget, string text, long times)
    {
        budget.CheckText(Math.Max(0, times) * (double)text.Length);
        return times <= 0 ? "" : new StringBuilder(text.Length * (int)times).Insert(0, text, (int)times).ToString();
    }

    static List<object?> Repeat(Budget budget, IReadOnlyList<object?> items, long times)
    {
        if (times > int.MaxValue)
        {
            throw JinjaException.Limit("the result of * is too large");
        }

        budget.Charge(Math.Max(0, times) * items.Count);
        var result = new List<object?>();
        for (var i = 0L; i < times && items.Count > 0; i++)
        {
            result.AddRange(items);
        }

        return result;
    }

    public static JinjaSet SetOf(IEnumerable<object?> items)
    {
        var set = new JinjaSet();
        foreach (var item in items)
        {
            set.Add(item);
        }

        return set;
    }

    static JinjaException Unsupported(string op, object? a, object? b) => (op, a) switch
    {
        ("+", string) => JinjaException.Type($"can only concatenate str (not \"{TypeNames.Of(b)}\") to str"),
        ("+", JinjaList) => JinjaException.Type($"can only concatenate list (not \"{TypeNames.Of(b)}\") to list"),
        ("+", JinjaTuple) => JinjaException.Type($"can only concatenate tuple (not \"{TypeNames.Of(b)}\") to tuple"),
        _ => JinjaException.Type($"unsupported operand type(s) for {(op == "**" ? "** or pow()" : op)}: '{TypeNames.Of(a)}' and '{TypeNames.Of(b)}'"),
    };
}
