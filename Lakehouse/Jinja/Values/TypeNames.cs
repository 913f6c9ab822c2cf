using System.Numerics;

namespace Lakehouse.Jinja.Values;

/// <summary>Python's names of the types.</summary>
internal static class TypeNames
{
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        string => "str",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        JinjaDecimal => "decimal.Decimal",
        JinjaList => "list",
        JinjaTuple => "tuple",
        JinjaDict => "dict",
        JinjaSet => "set",
        JinjaRange => "range",
        JinjaSlice => "slice",
        JinjaIterator iterator => iterator.Type,
        JinjaView view => view.Type,
        JinjaNamespace => "Namespace",
        Undefined => "Undefined",
        JinjaObject host => host.TypeName,
        _ => value.GetType().Name,
    };
}
