using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Filters;

/// <summary>map, select, reject, selectattr, rejectattr.</summary>
internal static class SelectFilters
{
    public static readonly Dictionary<string, Func<object?, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["map"] = Map,
        ["select"] = (value, call) => Select(value, call, byAttribute: false, keep: true),
        ["reject"] = (value, call) => Select(value, call, byAttribute: false, keep: false),
        ["selectattr"] = (value, call) => Select(value, call, byAttribute: true, keep: true),
        ["rejectattr"] = (value, call) => Select(value, call, byAttribute: true, keep: false),
    };

    static object? Map(object? value, JinjaCall call)
    {
        Func<object?, object?> function;
        if (call.Positional.Count == 0)
        {
            if (!call.TryGet(0, "attribute", out var attribute))
            {
                throw JinjaException.Type("map requires a filter argument");
            }

            call.TryGet(int.MaxValue, "default", out var otherwise);
            function = Sorting.Getter(attribute, otherwise);
        }
        else
        {
            var name = call.RequireText(0, "filter");
            var filter = call.Interpreter.Environment.FindFilter(name);
            var inner = new JinjaCall(call.Interpreter, name, [.. call.Positional.Skip(1)], call.Named);
            function = item => filter(item, inner);
        }

        return new JinjaIterator(Iteration.Of(value).Select(item =>
        {
            call.Charge(1);
            return function(item);
        }));
    }

    static object? Select(object? value, JinjaCall call, bool byAttribute, bool keep)
    {
        var first = byAttribute ? 1 : 0;
        var getter = byAttribute ? Sorting.Getter(call.Require(0, "attribute")) : item => item;
        Func<object?, bool> test = Truth.Of;
        if (call.Positional.Count > first)
        {
            var name = call.RequireText(first, "test");
            var found = call.Interpreter.Environment.FindTest(name);
            var inner = new JinjaCall(call.Interpreter, name, [.. call.Positional.Skip(first + 1)], call.Named);
            test = item => found(item, inner);
        }

        return new JinjaIterator(Iteration.Of(value).Where(item =>
        {
            call.Charge(1);
            return test(getter(item)) == keep;
        }));
    }
}
