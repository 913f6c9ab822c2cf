using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Evaluation;

/// <summary>The variable <c>loop</c>. Looks one item ahead; knows its length from the value it walks through, or by reading all that is left.</summary>
internal sealed class JinjaLoop(IEnumerable<object?> items, object? sized, int depth, Func<int, object?, string>? recurse) : JinjaCallable, IDisposable
{
    readonly IEnumerator<object?> source = items.GetEnumerator();
    readonly Queue<object?> ahead = new();
    long index = -1;
    object? previous;
    object? changedValue;

    public override string TypeName => "LoopContext";

    public object? Current { get; private set; }

    public bool MoveNext()
    {
        if (!Peek())
        {
            return false;
        }

        previous = Current;
        Current = ahead.Dequeue();
        index++;
        return true;
    }

    bool Peek()
    {
        if (ahead.Count == 0 && source.MoveNext())
        {
            ahead.Enqueue(source.Current);
        }

        return ahead.Count > 0;
    }

    long CountItems()
    {
        if (sized is not null && Iteration.Length(sized) is { } known)
        {
            return known;
        }

        while (source.MoveNext())
        {
            ahead.Enqueue(source.Current);
        }

        return index + 1 + ahead.Count;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        (var known, value) = name switch
        {
            "index" => (true, index + 1),
            "index0" => (true, index),
            "revindex" => (true, CountItems() - index),
            "revindex0" => (true, CountItems() - index - 1),
            "first" => (true, index == 0),
            "last" => (true, !Peek()),
            "length" => (true, CountItems()),
            "previtem" => (true, index == 0 ? new Undefined("previtem", "there is no previous item") : previous),
            "nextitem" => (true, Peek() ? ahead.Peek() : new Undefined("nextitem", "there is no next item")),
            "depth" => (true, (long)depth),
            "depth0" => (true, depth - 1L),
            "cycle" => (true, new JinjaFunction("cycle", Cycle)),
            "changed" => (true, (object?)new JinjaFunction("changed", Changed)),
            _ => (false, null),
        };
        return known;
    }

    object? Cycle(JinjaCall call) => call.Positional.Count == 0 ? throw JinjaException.Type("no items for cycling given") : call.Positional[(int)(index % call.Positional.Count)];

    object? Changed(JinjaCall call)
    {
        var now = new JinjaTuple([.. call.Positional]);
        var changed = changedValue is null || !Comparison.AreEqual(changedValue, now);
        changedValue = now;
        return changed;
    }

    public override object? Invoke(JinjaCall call) => recurse is null
        ? throw JinjaException.Type("The loop must have the 'recursive' marker to be called recursively.")
        : recurse(depth + 1, call.Require(0, "iterable"));

    public override string ToString() => "<LoopContext>";

    public void Dispose() => source.Dispose();
}
