using System.Globalization;
using System.Numerics;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Filters;

internal static class NumberFilters
{
    public static readonly Dictionary<string, Func<object?, JinjaCall, object?>> All = new(StringComparer.Ordinal)
    {
        ["abs"] = (value, _) => Number(value, "abs()") switch
        {
            double d => Math.Abs(d),
            JinjaDecimal d => d.Magnitude,
            _ => Numbers.Normal(BigInteger.Abs(Numbers.Big(value!))),
        },
        ["int"] = Int,
        ["float"] = (value, call) => TryFloat(value, out var number) ? number : call.Get(0, "default", 0.0),
        ["round"] = Round,
        ["filesizeformat"] = FileSize,
    };

    static object Number(object? value, string what) => value is Undefined undefined ? throw undefined.Error()
        : Numbers.IsNumber(value) ? value!
        : throw JinjaException.Type($"bad operand type for {what}: '{TypeNames.Of(value)}'");

    static object? Int(object? value, JinjaCall call)
    {
        var otherwise = call.Get(0, "default", 0L);
        var radix = Numbers.Index(call.Get(1, "base", 10L), "base");
        switch (value)
        {
            case string text:
                return TryParse(text.Trim().Replace("_", "", StringComparison.Ordinal), (int)radix, out var parsed) ? parsed
                    : TryFloat(text, out var real) && double.IsFinite(real) ? Numbers.Normal(new BigInteger(Math.Truncate(real)))
                    : otherwise;
            case double number:
                return double.IsFinite(number) ? Numbers.Normal(new BigInteger(Math.Truncate(number))) : otherwise;
            case JinjaDecimal number:
                return Numbers.Normal(number.Truncated);
            case bool or long or BigInteger:
                return Numbers.Normal(Numbers.Big(value));
            default:
                return otherwise;
        }
    }

    static bool TryParse(string text, int radix, out object? value)
    {
        value = null;
        if (radix is < 2 or > 36 || text.Length > 4300)
        {
            return false;
        }

        var negative = text is ['-', ..];
        var digits = text is ['-' or '+', ..] ? text[1..] : text;
        var prefix = radix switch { 16 => "0x", 8 => "0o", 2 => "0b", _ => null };
        if (prefix is not null && digits.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            digits = digits[2..];
        }

        if (digits.Length == 0)
        {
            return false;
        }

        var number = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : 99;
            if (digit >= radix)
            {
                return false;
            }

            number = (number * radix) + digit;
        }

        value = Numbers.Normal(negative ? -number : number);
        return true;
    }

    static bool TryFloat(object? value, out double number)
    {
        number = 0;
        switch (value)
        {
            case string text:
                return text.Trim().Replace("_", "", StringComparison.Ordinal) is var trimmed && (TryWord(trimmed, out number)
                    || double.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number));
            case null or Undefined:
                return false;
            default:
                if (!Numbers.IsNumber(value))
                {
                    return false;
                }

                number = Numbers.Real(value);
                return true;
        }
    }

    static bool TryWord(string text, out double number)
    {
        var (found, value) = text.ToLowerInvariant() switch
        {
            "inf" or "+inf" or "infinity" or "+infinity" => (true, double.PositiveInfinity),
            "-inf" or "-infinity" => (true, double.NegativeInfinity),
            "nan" or "+nan" or "-nan" => (true, double.NaN),
            _ => (false, 0),
        };
        number = value;
        return found;
    }

    static object Round(object? value, JinjaCall call)
    {
        var precision = (int)Math.Clamp(Numbers.Index(call.Get(0, "precision", 0L), "precision"), -400, 400);
        var method = Text.Of(call.Get(1, "method", "common"));
        var number = Number(value, "round()");
        if (method == "common")
        {
            return number switch
            {
                double real => Numbers.Round(real, precision),
                JinjaDecimal exact => exact.Round(precision),
                _ => RoundInteger(Numbers.Big(number), precision),
            };
        }

        var scale = Math.Pow(10, precision);
        return method switch
        {
            "ceil" => Math.Ceiling(Numbers.Real(number) * scale) / scale,
            "floor" => Math.Floor(Numbers.Real(number) * scale) / scale,
            _ => throw JinjaException.Value("method must be common, ceil or floor"),
        };
    }

    static object RoundInteger(BigInteger value, int precision)
    {
        if (precision >= 0)
        {
            return Numbers.Normal(value);
        }

        var scale = BigInteger.Pow(10, -precision);
        var rest = BigInteger.Remainder(value, scale);
        rest = rest.Sign < 0 ? rest + scale : rest;
        var low = value - rest;
        var twice = (rest * 2).CompareTo(scale);
        return Numbers.Normal(twice > 0 || (twice == 0 && !(low / scale).IsEven) ? low + scale : low);
    }

    static string FileSize(object? value, JinjaCall call)
    {
        var binary = Truth.Of(call.Get(0, "binary", false));
        var bytes = TryFloat(value, out var number) ? number : throw JinjaException.Value($"could not convert string to float: {Repr.Of(value)}");
        double unit = binary ? 1024 : 1000;
        if (bytes < unit)
        {
            return bytes == 1 ? "1 Byte" : $"{(long)bytes} Bytes";
        }

        var names = binary ? new[] { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB" } : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        var power = 0;
        while (power < names.Length - 1 && bytes >= Math.Pow(unit, power + 2))
        {
            power++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes / Math.Pow(unit, power + 1):F1} {names[power]}");
    }
}
