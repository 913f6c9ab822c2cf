using System.Numerics;

namespace Lakehouse.Jinja.Values;

/// <summary>Truth as Python has it: none, false, zero and what is empty are false.</summary>
public static class Truth
{
    /// <summary>Whether a value counts as true.</summary>
    public static bool Of(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        JinjaDecimal number => !number.Coefficient.IsZero,
        string text => text.Length > 0,
        JinjaList list => list.Items.Count > 0,
        JinjaTuple tuple => tuple.Items.Count > 0,
        JinjaDict dict => dict.Count > 0,
        JinjaSet set => set.Items.Count > 0,
        JinjaRange range => range.Count > 0,
        JinjaView view => view.Count > 0,
        JinjaObject host => host.IsTrue,
        Undefined => false,
        _ => true,
    };
}
