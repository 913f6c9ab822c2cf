using System.Globalization;
using System.Numerics;

namespace Lakehouse.Jinja.Values;

/// <summary>A decimal number as Python's <c>decimal.Decimal</c>: keeps its scale, results are rounded half-even to 28 digits.</summary>
/// <param name="Coefficient">Its digits with the sign.</param>
/// <param name="Exponent">The power of ten that they are multiplied by.</param>
public readonly record struct JinjaDecimal(BigInteger Coefficient, int Exponent)
{
    const int Precision = 28;

    /// <summary>A decimal of the framework, with its scale.</summary>
    public static JinjaDecimal Of(decimal value)
    {
        var bits = decimal.GetBits(value);
        var digits = new BigInteger((uint)bits[0]) + (new BigInteger((uint)bits[1]) << 32) + (new BigInteger((uint)bits[2]) << 64);
        return new JinjaDecimal(bits[3] < 0 ? -digits : digits, -((bits[3] >> 16) & 0xFF));
    }

    /// <summary>Reads digits with an optional sign, point and exponent; null when it is something else.</summary>
    public static JinjaDecimal? Parse(string text)
    {
        var e = text.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (e >= 0 && !int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return null;
        }

        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        return digits.Length > 0 && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var coefficient)
            ? new JinjaDecimal(coefficient, exponent - (point < 0 ? 0 : mantissa.Length - point - 1))
            : null;
    }

    /// <summary>The nearest float.</summary>
    public double ToDouble() => double.Parse(ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    internal static JinjaDecimal From(object number) => number is JinjaDecimal value ? value : new JinjaDecimal(Numbers.Big(number), 0);

    internal BigInteger Truncated => Exponent >= 0 ? Coefficient * BigInteger.Pow(10, Exponent) : BigInteger.Divide(Coefficient, BigInteger.Pow(10, -Exponent));

    internal bool IsWhole => Exponent >= 0 || BigInteger.Remainder(Coefficient, BigInteger.Pow(10, -Exponent)).IsZero;

    internal JinjaDecimal Negated => new(-Coefficient, Exponent);

    internal JinjaDecimal Magnitude => new(BigInteger.Abs(Coefficient), Exponent);

    internal static object Operate(string op, JinjaDecimal a, JinjaDecimal b)
    {
        if (op is "/" or "//" or "%" && b.Coefficient.IsZero)
        {
            throw JinjaException.Value("division by zero");
        }

        switch (op)
        {
            case "+" or "-":
                var (x, y, exponent) = Aligned(a, b);
                return Rounded(new JinjaDecimal(op == "+" ? x + y : x - y, exponent));
            case "*":
                return Rounded(new JinjaDecimal(a.Coefficient * b.Coefficient, a.Exponent + b.Exponent));
            case "/":
                return Quotient(a, b);
            case "//":
                var (p, q, _) = Aligned(a, b);
                return new JinjaDecimal(BigInteger.Divide(p, q), 0);
            case "%":
                var (r, s, rest) = Aligned(a, b);
                return new JinjaDecimal(BigInteger.Remainder(r, s), rest);
            case "**" when b.IsWhole && BigInteger.Abs(b.Truncated) <= 10_000:
                var power = (int)b.Truncated;
                var result = new JinjaDecimal(BigInteger.One, 0);
                for (var i = 0; i < Math.Abs(power); i++)
                {
                    result = (JinjaDecimal)Operate("*", result, a);
                }

                return power < 0 ? Operate("/", new JinjaDecimal(1, 0), result) : result;
            default:
                throw JinjaException.Type($"unsupported operand type(s) for {op}: 'decimal.Decimal' and 'decimal.Decimal'");
        }
    }

    internal static int Compare(JinjaDecimal a, JinjaDecimal b)
    {
        var (x, y, _) = Aligned(a, b);
        return x.CompareTo(y);
    }

    /// <summary>The number with so many digits after the point, half-even.</summary>
    internal JinjaDecimal Round(int digits) => -Exponent <= digits
        ? new JinjaDecimal(Coefficient * BigInteger.Pow(10, digits + Exponent), -digits)
        : new JinjaDecimal(Drop(Coefficient, -Exponent - digits), -digits);

    static (BigInteger A, BigInteger B, int Exponent) Aligned(JinjaDecimal a, JinjaDecimal b)
    {
        var exponent = Math.Min(a.Exponent, b.Exponent);
        if (Math.Max(a.Exponent, b.Exponent) - exponent > 10_000)
        {
            throw JinjaException.Limit("decimal numbers of too different sizes");
        }

        return (a.Coefficient * BigInteger.Pow(10, a.Exponent - exponent), b.Coefficient * BigInteger.Pow(10, b.Exponent - exponent), exponent);
    }

    static JinjaDecimal Quotient(JinjaDecimal a, JinjaDecimal b)
    {
        var ideal = a.Exponent - b.Exponent;
        var shift = Math.Max(0, Precision + 1 + Digits(b.Coefficient) - Digits(a.Coefficient));
        var quotient = BigInteger.DivRem(a.Coefficient * BigInteger.Pow(10, shift), b.Coefficient, out var rest);
        var exponent = ideal - shift;
        if (!rest.IsZero)
        {
            // A digit that only says that something follows keeps a tie from being taken for one.
            var sign = (a.Coefficient.Sign * b.Coefficient.Sign) < 0 ? -1 : 1;
            return Rounded(new JinjaDecimal((quotient * 10) + sign, exponent - 1));
        }

        while (exponent < ideal && !quotient.IsZero && (quotient % 10).IsZero)
        {
            quotient /= 10;
            exponent++;
        }

        return Rounded(quotient.IsZero ? new JinjaDecimal(quotient, ideal) : new JinjaDecimal(quotient, exponent));
    }

    static JinjaDecimal Rounded(JinjaDecimal value)
    {
        var drop = Digits(value.Coefficient) - Precision;
        if (drop <= 0)
        {
            return value;
        }

        var rounded = Drop(value.Coefficient, drop);
        return Digits(rounded) > Precision ? new JinjaDecimal(rounded / 10, value.Exponent + drop + 1) : new JinjaDecimal(rounded, value.Exponent + drop);
    }

    static BigInteger Drop(BigInteger coefficient, int digits)
    {
        var scale = BigInteger.Pow(10, digits);
        var quotient = BigInteger.DivRem(coefficient, scale, out var rest);
        var twice = (BigInteger.Abs(rest) * 2).CompareTo(scale);
        return twice > 0 || (twice == 0 && !quotient.IsEven) ? quotient + coefficient.Sign : quotient;
    }

    static int Digits(BigInteger value) => BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length;

    /// <summary>Plain digits, or with an exponent where Python writes one.</summary>
    public override string ToString()
    {
        var digits = BigInteger.Abs(Coefficient).ToString(CultureInfo.InvariantCulture);
        var sign = Coefficient.Sign < 0 ? "-" : "";
        var left = Exponent + digits.Length;
        if (Exponent > 0 || left <= -6)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return $"{sign}{mantissa}E{(left - 1 < 0 ? "" : "+")}{left - 1}";
        }

        return sign + (Exponent == 0 ? digits : left > 0 ? $"{digits[..left]}.{digits[left..]}" : $"0.{new string('0', -left)}{digits}");
    }
}
