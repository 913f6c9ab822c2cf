namespace Lakehouse.Jinja.Values;

/// <summary>Items and slices of sequences.</summary>
internal static class Subscripts
{
    /// <summary>The item; false when there is none.</summary>
    public static bool TryGet(object? target, object? key, out object? value)
    {
        value = null;
        if (key is JinjaSlice slice)
        {
            value = Slice(target, slice);
            return value is not null;
        }

        switch (target)
        {
            case JinjaDict dict:
                return key is not (JinjaList or JinjaDict or JinjaSet) && dict.TryGet(key, out value);
            case JinjaObject host:
                return host.TryGetItem(key, out value);
            case JinjaNamespace ns:
                return key is string name && ns.Attributes.TryGetValue(name, out value);
        }

        if (!Numbers.IsInteger(key) || SequenceLength(target) is not { } length)
        {
            return false;
        }

        var big = Numbers.Big(key!);
        if (big < -length || big >= length)
        {
            return false;
        }

        value = At(target, (long)(big < 0 ? big + length : big));
        return true;
    }

    /// <summary>Part of a text, from one place to another, in characters.</summary>
    public static string SliceText(string text, long start, long stop) => (string)Slice(text, new JinjaSlice(start, stop, null))!;

    static long? SequenceLength(object? target) => target is string or JinjaList or JinjaTuple or JinjaRange ? Iteration.Length(target) : null;

    static object? At(object? target, long index) => target switch
    {
        string text when Text.Length(text) == text.Length => text[(int)index].ToString(),
        string text => Text.Characters(text).ElementAt((int)index),
        JinjaList list => list.Items[(int)index],
        JinjaTuple tuple => tuple.Items[(int)index],
        _ => ((JinjaRange)target!).At(index),
    };

    static object? Slice(object? target, JinjaSlice slice)
    {
        if (SequenceLength(target) is not { } length)
        {
            return null;
        }

        var step = slice.Step is null ? 1 : Numbers.Index(slice.Step, "the slice step");
        if (step == 0)
        {
            throw JinjaException.Value("slice step cannot be zero");
        }

        var start = Bound(slice.Start, step > 0 ? 0 : length - 1);
        var stop = Bound(slice.Stop, step > 0 ? length : -1);
        var range = new JinjaRange(start, stop, step);
        var indexes = Enumerable.Range(0, (int)range.Count).Select(i => range.At(i));
        return target switch
        {
            string text => string.Concat(Text.Characters(text).ToArray() is var all ? indexes.Select(i => all[i]) : []),
            JinjaList list => new JinjaList(indexes.Select(i => list.Items[(int)i])),
            JinjaTuple tuple => new JinjaTuple([.. indexes.Select(i => tuple.Items[(int)i])]),
            _ => new JinjaRange(((JinjaRange)target!).At(start), ((JinjaRange)target).At(stop), ((JinjaRange)target).Step * step),
        };

        long Bound(object? value, long otherwise)
        {
            if (value is null)
            {
                return otherwise;
            }

            var index = Numbers.Index(value, "a slice index");
            index = index < 0 ? index + length : index;
            return step > 0 ? Math.Clamp(index, 0, length) : Math.Clamp(index, -1, length - 1);
        }
    }
}
