using System.Globalization;
using System.Numerics;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Formatting;

/// <summary>Numbers in the presentation types that <c>%</c> and <c>str.format</c> share.</summary>
internal static class NumberFormat
{
    /// <summary>An integer in base 2, 8, 10 or 16, without sign.</summary>
    public static string Integer(BigInteger value, char type)
    {
        var magnitude = BigInteger.Abs(value);
        if (type is 'd' or 'i' or 'u')
        {
            return magnitude.ToString(CultureInfo.InvariantCulture);
        }

        var radix = type switch { 'b' => 2, 'o' => 8, _ => 16 };
        var digits = new Stack<char>();
        do
        {
            digits.Push("0123456789abcdef"[(int)(magnitude % radix)]);
            magnitude /= radix;
        }
        while (!magnitude.IsZero);
        var text = new string([.. digits]);
        return type == 'X' ? text.ToUpperInvariant() : text;
    }

    /// <summary>A float as <c>f</c>, <c>e</c>, <c>g</c> or <c>%</c>, without sign.</summary>
    public static string Real(double value, char type, int precision)
    {
        var magnitude = Math.Abs(value);
        var text = char.ToLowerInvariant(type) switch
        {
            _ when double.IsNaN(value) => "nan",
            _ when double.IsInfinity(value) => "inf",
            'e' => Exponential(magnitude, precision),
            'g' => General(magnitude, precision),
            '%' => (magnitude * 100).ToString($"F{precision}", CultureInfo.InvariantCulture) + "%",
            _ => magnitude.ToString($"F{precision}", CultureInfo.InvariantCulture),
        };
        return char.IsUpper(type) ? text.ToUpperInvariant() : text;
    }

    static string Exponential(double value, int precision)
    {
        var text = value.ToString($"e{precision}", CultureInfo.InvariantCulture);
        var at = text.IndexOf('e', StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(at + 1), CultureInfo.InvariantCulture);
        return $"{text[..at]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    static string General(double value, int precision)
    {
        precision = Math.Max(precision, 1);
        if (value == 0)
        {
            return "0";
        }

        var scientific = Exponential(value, precision - 1);
        var at = scientific.IndexOf('e', StringComparison.Ordinal);
        var exponent = int.Parse(scientific.AsSpan(at + 1), CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= precision)
        {
            return Trimmed(scientific[..at]) + scientific[at..];
        }

        return Trimmed(value.ToString($"F{precision - 1 - exponent}", CultureInfo.InvariantCulture));
    }

    static string Trimmed(string digits) => digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits;

    /// <summary>A number's sign as the flags want it.</summary>
    public static string Sign(bool negative, bool plus, bool space) => negative ? "-" : plus ? "+" : space ? " " : "";

    public static bool IsNegative(object value) => value switch
    {
        double d => double.IsNegative(d) && !double.IsNaN(d),
        JinjaDecimal d => d.Coefficient.Sign < 0,
        _ => Numbers.Big(value).Sign < 0,
    };
}
