using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>Python's <c>itertools</c>.</summary>
internal static class ItertoolsModule
{
    public static PythonModule Module { get; } = PythonModule.Of(
        "itertools",
        Function("chain", call => call.Positional.SelectMany(Iteration.Of)),
        Function("product", call => Product([.. Repeated(call).Select(s => Iteration.Of(s).ToArray())])),
        Function("combinations", call => Combinations([.. Iteration.Of(call.Require(0, "iterable"))], Size(call, 1, "r"), repeated: false)),
        Function("combinations_with_replacement", call => Combinations([.. Iteration.Of(call.Require(0, "iterable"))], Size(call, 1, "r"), repeated: true)),
        Function("permutations", call => Permutations([.. Iteration.Of(call.Require(0, "iterable"))], call)),
        Function("accumulate", Accumulate),
        Function("repeat", call => call.TryGet(1, "times", out var times) ? Enumerable.Repeat(call.Require(0, "object"), (int)Math.Clamp(Numbers.Index(times, "times"), 0, int.MaxValue)) : Forever(call.Require(0, "object"))),
        Function("cycle", call => Cycle([.. Iteration.Of(call.Require(0, "iterable"))])),
        Function("count", call => Count(call.Get(0, "start", 0L), call.Get(1, "step", 1L), call)),
        Function("islice", Slice),
        Function("zip_longest", call => ZipLongest([.. call.Positional.Select(s => Iteration.Of(s).ToArray())], call.Get(int.MaxValue, "fillvalue"))),
        Function("starmap", call => Iteration.Of(call.Require(1, "iterable")).Select(i => call.Call(call.Positional[0], [.. Iteration.Of(i)]))),
        Function("takewhile", call => Iteration.Of(call.Require(1, "iterable")).TakeWhile(i => Truth.Of(call.Call(call.Positional[0], i)))),
        Function("dropwhile", call => Iteration.Of(call.Require(1, "iterable")).SkipWhile(i => Truth.Of(call.Call(call.Positional[0], i)))),
        Function("filterfalse", call => Iteration.Of(call.Require(1, "iterable")).Where(i => !Truth.Of(call.Positional[0] is null ? i : call.Call(call.Positional[0], i)))),
        Function("compress", call => Iteration.Of(call.Require(0, "data")).Zip(Iteration.Of(call.Require(1, "selectors"))).Where(p => Truth.Of(p.Second)).Select(p => p.First)),
        Function("pairwise", call => Iteration.Of(call.Require(0, "iterable")).ToArray() is var items ? items.Zip(items.Skip(1)).Select(p => (object?)new JinjaTuple([p.First, p.Second])) : []),
        Function("groupby", Groups),
        ("tee", new JinjaFunction("tee", call => Iteration.Of(call.Require(0, "iterable")).ToArray() is var items
            ? new JinjaTuple([.. Enumerable.Range(0, (int)Math.Clamp(Numbers.Index(call.Get(1, "n", 2L), "n"), 0, 1000)).Select(_ => (object?)new JinjaIterator(items))])
            : null)));

    static (string Name, object? Member) Function(string name, Func<JinjaCall, IEnumerable<object?>> body) => (name, new JinjaFunction(name, call => new JinjaIterator(Charged(call, body(call)), $"itertools.{name}")));

    static IEnumerable<object?> Charged(JinjaCall call, IEnumerable<object?> items)
    {
        foreach (var item in items)
        {
            call.Charge(1);
            yield return item;
        }
    }

    static int Size(JinjaCall call, int position, string name) => Numbers.Index(call.Require(position, name), name) is var size and >= 0 ? (int)Math.Min(size, int.MaxValue) : throw JinjaException.Value($"{name} must be non-negative");

    static IEnumerable<object?> Repeated(JinjaCall call) =>
        Enumerable.Repeat(call.Positional, (int)Math.Clamp(Numbers.Index(call.Get(int.MaxValue, "repeat", 1L), "repeat"), 0, 1000)).SelectMany(p => p);

    static IEnumerable<object?> Product(object?[][] sequences)
    {
        if (sequences.Any(s => s.Length == 0))
        {
            yield break;
        }

        var at = new int[sequences.Length];
        while (true)
        {
            yield return new JinjaTuple([.. sequences.Select((s, i) => s[at[i]])]);
            var place = sequences.Length - 1;
            while (place >= 0 && ++at[place] == sequences[place].Length)
            {
                at[place--] = 0;
            }

            if (place < 0)
            {
                yield break;
            }
        }
    }

    static IEnumerable<object?> Combinations(object?[] items, int size, bool repeated)
    {
        if ((size > items.Length && !repeated) || (items.Length == 0 && size > 0) || size > 10_000)
        {
            yield break;
        }

        var at = Enumerable.Range(0, size).Select(i => repeated ? 0 : i).ToArray();
        while (true)
        {
            yield return new JinjaTuple([.. at.Select(i => items[i])]);
            var place = size - 1;
            while (place >= 0 && at[place] == (repeated ? items.Length - 1 : items.Length - size + place))
            {
                place--;
            }

            if (place < 0)
            {
                yield break;
            }

            at[place]++;
            for (var i = place + 1; i < size; i++)
            {
                at[i] = repeated ? at[place] : at[i - 1] + 1;
            }
        }
    }

    static IEnumerable<object?> Permutations(object?[] items, JinjaCall call)
    {
        var size = call.Get(1, "r") is null ? items.Length : Size(call, 1, "r");
        return size > items.Length ? [] : Extend([], size);

        IEnumerable<object?> Extend(int[] chosen, int left) => left == 0
            ? [new JinjaTuple([.. chosen.Select(i => items[i])])]
            : Enumerable.Range(0, items.Length).Where(i => !chosen.Contains(i)).SelectMany(i => Extend([.. chosen, i], left - 1));
    }

    static IEnumerable<object?> Accumulate(JinjaCall call)
    {
        var function = call.Get(1, "func");
        var started = call.TryGet(int.MaxValue, "initial", out var total) && total is not null;
        if (started)
        {
            yield return total;
        }

        foreach (var item in Iteration.Of(call.Require(0, "iterable")))
        {
            total = !started ? item : function is null ? Operators.Apply(call.Interpreter.Budget, "+", total, item) : call.Call(function, total, item);
            started = true;
            yield return total;
        }
    }

    static IEnumerable<object?> Forever(object? item)
    {
        while (true)
        {
            yield return item;
        }
    }

    static IEnumerable<object?> Cycle(object?[] items)
    {
        while (items.Length > 0)
        {
            foreach (var item in items)
            {
                yield return item;
            }
        }
    }

    static IEnumerable<object?> Count(object? start, object? step, JinjaCall call)
    {
        while (true)
        {
            yield return start;
            start = Operators.Apply(call.Interpreter.Budget, "+", start, step);
        }
    }

    static IEnumerable<object?> Slice(JinjaCall call)
    {
        var bounds = call.Positional.Skip(1).Select(b => b is null ? (long?)null : Numbers.Index(b, "a slice index")).ToArray();
        var (start, stop, step) = bounds switch
        {
            [var only] => (0, only, 1),
            [var first, var second] => (first ?? 0, second, 1),
            [var first, var second, var third] => (first ?? 0, second, third ?? 1),
            _ => throw JinjaException.Type("islice expected 2 to 4 arguments"),
        };
        var index = 0L;
        var next = start;
        foreach (var item in Iteration.Of(call.Positional[0]))
        {
            if (index >= stop)
            {
                yield break;
            }

            if (index++ == next)
            {
                yield return item;
                next += Math.Max(1, step);
                if (next >= stop)
                {
                    yield break;
                }
            }
        }
    }

    static IEnumerable<object?> ZipLongest(object?[][] sequences, object? fill) => Enumerable.Range(0, sequences.Length == 0 ? 0 : sequences.Max(s => s.Length))
        .Select(i => (object?)new JinjaTuple([.. sequences.Select(s => i < s.Length ? s[i] : fill)]));

    static IEnumerable<object?> Groups(JinjaCall call)
    {
        var function = call.Get(1, "key");
        List<object?>? group = null;
        object? current = null;
        foreach (var item in Iteration.Of(call.Require(0, "iterable")))
        {
            var key = function is null ? item : call.Call(function, item);
            if (group is not null && !Comparison.AreEqual(key, current))
            {
                yield return new JinjaTuple([current, new JinjaIterator(group)]);
                group = null;
            }

            (group ??= []).Add(item);
            current = key;
        }

        if (group is not null)
        {
            yield return new JinjaTuple([current, new JinjaIterator(group)]);
        }
    }
}
