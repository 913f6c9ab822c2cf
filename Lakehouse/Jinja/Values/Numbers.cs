using System.Globalization;
using System.Numerics;

namespace Lakehouse.Jinja.Values;

/// <summary>Python's arithmetic: integers without bound (<see cref="long"/> while they fit), floats, and booleans as 0 and 1.</summary>
internal static class Numbers
{
    /// <summary>More bits than any sensible template needs; keeps <c>2 ** 10 ** 9</c> from taking the machine.</summary>
    const long MaxBits = 200_000;

    public static bool IsNumber(object? value) => value is long or double or bool or BigInteger or JinjaDecimal;

    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static object Normal(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    public static BigInteger Big(object value) => value switch { long n => n, bool b => b ? 1 : 0, BigInteger n => n, _ => throw new InvalidOperationException("not an integer") };

    public static double Real(object value) => value switch
    {
        long n => n,
        bool b => b ? 1 : 0,
        double d => d,
        JinjaDecimal d => d.ToDouble(),
        BigInteger n => (double)n is var d && double.IsInfinity(d) ? throw JinjaException.Value("int too large to convert to float") : d,
        _ => throw new InvalidOperationException("not a number"),
    };

    /// <summary>An argument that must be a 64-bit integer.</summary>
    public static long Index(object? value, string what) => value switch
    {
        long n => n,
        bool b => b ? 1 : 0,
        BigInteger => throw JinjaException.Value($"{what} is too large"),
        Undefined undefined => throw undefined.Error(),
        _ => throw JinjaException.Type($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer"),
    };

    public static int Compare(object a, object b)
    {
        if (a is JinjaDecimal || b is JinjaDecimal)
        {
            return a is double || b is double ? Real(a).CompareTo(Real(b)) : JinjaDecimal.Compare(JinjaDecimal.From(a), JinjaDecimal.From(b));
        }

        if (a is double || b is double)
        {
            // An integer is compared exactly: 2**53 + 1 is not equal to 2.0**53.
            if (a is double x && b is double y)
            {
                return x == y ? 0 : x < y ? -1 : x > y ? 1 : double.IsNaN(x) && double.IsNaN(y) ? 2 : -2;
            }

            var (real, whole, sign) = a is double d ? (d, b, 1) : ((double)b, a, -1);
            if (double.IsNaN(real))
            {
                return 2;
            }

            if (double.IsInfinity(real))
            {
                return sign * Math.Sign(real);
            }

            var floor = new BigInteger(Math.Floor(real)).CompareTo(Big(whole));
            return sign * (floor != 0 ? floor : Math.Floor(real) < real ? 1 : 0);
        }

        return Big(a).CompareTo(Big(b));
    }

    public static object Negate(object value) => value switch { double d => -d, JinjaDecimal d => d.Negated, _ => Normal(-Big(value)) };

    public static object? Operate(string op, object a, object b)
    {
        if (a is JinjaDecimal || b is JinjaDecimal)
        {
            return a is double || b is double
                ? throw JinjaException.Type($"unsupported operand type(s) for {op}: '{TypeNames.Of(a)}' and '{TypeNames.Of(b)}'")
                : JinjaDecimal.Operate(op, JinjaDecimal.From(a), JinjaDecimal.From(b));
        }

        if (op == "/")
        {
            return Divide(a, b);
        }

        if (a is double || b is double)
        {
            var (x, y) = (Real(a), Real(b));
            return op switch
            {
                "+" => x + y,
                "-" => x - y,
                "*" => x * y,
                "//" => y == 0 ? throw JinjaException.Value("float floor division by zero") : Math.Floor(x / y),
                "%" => y == 0 ? throw JinjaException.Value("float modulo by zero") : Modulo(x, y),
                _ => Power(x, y),
            };
        }

        if (op == "**")
        {
            return Power(Big(a), Big(b));
        }

        if (a is long m && b is long n && TrySmall(op, m, n, out var small))
        {
            return small;
        }

        var (p, q) = (Big(a), Big(b));
        return op switch
        {
            "+" => Normal(p + q),
            "-" => Normal(p - q),
            "*" => Normal(p * q),
            "//" => q.IsZero ? throw JinjaException.Value("integer division or modulo by zero") : Normal(FloorDivide(p, q)),
            _ => q.IsZero ? throw JinjaException.Value("integer modulo by zero") : Normal(p - (FloorDivide(p, q) * q)),
        };
    }

    static bool TrySmall(string op, long a, long b, out object? result)
    {
        var (value, fits) = op switch
        {
            "+" => (a + b, ((a ^ (a + b)) & (b ^ (a + b))) >= 0),
            "-" => (a - b, ((a ^ b) & (a ^ (a - b))) >= 0),
            _ => (0L, false),
        };
        result = fits ? value : null;
        return fits;
    }

    static BigInteger FloorDivide(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        return !remainder.IsZero && remainder.Sign != b.Sign ? quotient - 1 : quotient;
    }

    static double Divide(object a, object b)
    {
        if (b is double ? (double)b == 0 : Big(b).IsZero)
        {
            throw JinjaException.Value(a is double || b is double ? "float division by zero" : "division by zero");
        }

        return Real(a) / Real(b);
    }

    static double Modulo(double a, double b)
    {
        var rest = a % b;
        return rest != 0 && Math.Sign(rest) != Math.Sign(b) ? rest + b : rest == 0 ? Math.CopySign(0, b) : rest;
    }

    static object Power(double a, double b) => a == 0 && b < 0
        ? throw JinjaException.Value("0.0 cannot be raised to a negative power")
        : Math.Pow(a, b);

    static object Power(BigInteger a, BigInteger b)
    {
        if (b.Sign < 0)
        {
            return Power(Real(Normal(a)), Real(Normal(b)));
        }

        if (!a.IsZero && !a.IsOne && a != BigInteger.MinusOne && (b > MaxBits || a.GetBitLength() * (double)b > MaxBits))
        {
            throw JinjaException.Limit("the result of ** is too large");
        }

        return Normal(a.IsZero || a.IsOne ? (b.IsZero ? BigInteger.One : a) : a == BigInteger.MinusOne ? (b.IsEven ? 1 : -1) : BigInteger.Pow(a, (int)b));
    }

    /// <summary>Rounds half to even on the decimal value, as Python's <c>round</c> does.</summary>
    public static double Round(double value, int digits)
    {
        if (double.IsNaN(value) || double.IsInfinity(value) || digits > 300)
        {
            return value;
        }

        if (digits < 0)
        {
            var scale = Math.Pow(10, -digits);
            return Math.Round(value / scale, MidpointRounding.ToEven) * scale;
        }

        // Exact: every double is a decimal fraction of at most 1074 digits.
        return double.Parse(value.ToString($"F{Math.Min(digits, 300)}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
