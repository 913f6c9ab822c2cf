using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Methods;

/// <summary>The methods of Python's types that templates may call. What is not listed does not exist.</summary>
internal static class MethodTable
{
    public static Func<object, JinjaCall, object?>? Find(object? target, string name) => target switch
    {
        string => StringMethods.All.GetValueOrDefault(name),
        JinjaList => ListMethods.All.GetValueOrDefault(name),
        JinjaTuple => ListMethods.OfTuple.GetValueOrDefault(name),
        JinjaDict => DictMethods.All.GetValueOrDefault(name),
        JinjaSet => SetMethods.All.GetValueOrDefault(name),
        double => name == "is_integer" ? (value, _) => (double)value == Math.Floor((double)value) : null,
        _ => null,
    };
}
