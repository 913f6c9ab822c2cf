using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>dbt's functions that make sequences.</summary>
internal static class Sequences
{
    public static JinjaSet Set(object? value)
    {
        var set = new JinjaSet();
        foreach (var item in Iteration.Of(value))
        {
            set.Add(item);
        }

        return set;
    }

    public static JinjaIterator Zip(IReadOnlyList<object?> sequences)
    {
        var lists = sequences.Select(s => Iteration.Of(s).ToArray()).ToArray();
        var length = lists.Length == 0 ? 0 : lists.Min(l => l.Length);
        return new JinjaIterator(Enumerable.Range(0, length).Select(i => (object?)new JinjaTuple([.. lists.Select(l => l[i])])), "zip");
    }
}
