using System.Text;
using System.Text.RegularExpressions;
using Lakehouse.Jinja.Evaluation;
using Lakehouse.Jinja.Values;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Jinja.Formatting;

/// <summary>Python's <c>format % values</c>.</summary>
internal static partial class PercentFormat
{
    public static string Apply(Budget budget, string format, object? values)
    {
        var result = new StringBuilder();
        var arguments = values is JinjaTuple tuple ? tuple.Items : [values];
        var used = 0;
        var at = 0;
        foreach (Match part in Conversion().Matches(format))
        {
            result.Append(format, at, part.Index - at);
            at = part.Index + part.Length;
            if (!part.Groups["type"].Success)
            {
                throw JinjaException.Value("incomplete or unsupported format");
            }

            var type = part.Groups["type"].ValueSpan[0];
            if (type == '%')
            {
                result.Append('%');
                continue;
            }

            var width = Number(part.Groups["width"], -1);
            var precision = part.Groups["dot"].Success ? Number(part.Groups["precision"], 0) : -1;
            object? value;
            if (part.Groups["key"] is { Success: true } key)
            {
                var dict = values as JinjaDict ?? throw JinjaException.Type("format requires a mapping");
                value = dict.TryGet(key.Value, out var found) ? found : throw JinjaException.Value(Repr.Of(key.Value));
                used = arguments.Count;
            }
            else
            {
                value = used < arguments.Count ? arguments[used++] : throw JinjaException.Type("not enough arguments for format string");
            }

            budget.CheckText(result.Length + (double)Math.Max(width, precision));
            result.Append(Convert(value, type, part.Groups["flags"].Value, width, precision));
        }

        result.Append(format, at, format.Length - at);
        if (used < arguments.Count && values is not JinjaDict)
        {
            throw JinjaException.Type("not all arguments converted during string formatting");
        }

        return result.ToString();

        int Number(Group group, int otherwise)
        {
            if (group.ValueSpan is "*")
            {
                return (int)Math.Clamp(Numbers.Index(used < arguments.Count ? arguments[used++] : null, "a width"), 0, int.MaxValue);
            }

            return group.Length == 0 ? otherwise : int.TryParse(group.ValueSpan, out var number) ? number : throw JinjaException.Value("width too big");
        }
    }

    static string Convert(object? value, char type, string flags, int width, int precision)
    {
        var left = flags.Contains('-', StringComparison.Ordinal);
        var zero = flags.Contains('0', StringComparison.Ordinal);
        var (sign, body, numeric) = type switch
        {
            's' => ("", Cut(Text.Of(value)), false),
            'r' or 'a' => ("", Cut(Repr.Of(value)), false),
            'c' => ("", value is string text ? text : char.ConvertFromUtf32((int)Numbers.Index(value, "%c")), false),
            _ => NumberOf(value, type, flags, precision),
        };
        if (numeric && zero && !left)
        {
            return sign + body.PadLeft(width - sign.Length, '0');
        }

        return left ? (sign + body).PadRight(Math.Max(0, width)) : (sign + body).PadLeft(Math.Max(0, width));

        string Cut(string text) => precision >= 0 && precision < text.Length ? text[..precision] : text;
    }

    static (string Sign, string Body, bool Numeric) NumberOf(object? value, char type, string flags, int precision)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }

        if (!Numbers.IsNumber(value))
        {
            throw JinjaException.Type(type is 'd' or 'i' or 'u'
                ? $"%{type} format: a real number is required, not {TypeNames.Of(value)}"
                : type is 'x' or 'X' or 'o' ? $"%{type} format: an integer is required, not {TypeNames.Of(value)}" : $"must be real number, not {TypeNames.Of(value)}");
        }

        var sign = NumberFormat.Sign(NumberFormat.IsNegative(value!), flags.Contains('+', StringComparison.Ordinal), flags.Contains(' ', StringComparison.Ordinal));
        if (type is 'd' or 'i' or 'u' or 'x' or 'X' or 'o')
        {
            var whole = value switch
            {
                double real => new System.Numerics.BigInteger(Math.Truncate(real)),
                JinjaDecimal exact => exact.Truncated,
                _ => Numbers.Big(value!),
            };
            var prefix = flags.Contains('#', StringComparison.Ordinal) && type is not ('d' or 'i' or 'u') ? $"0{type}" : "";
            return (sign + prefix, NumberFormat.Integer(whole, type).PadLeft(Math.Max(0, precision), '0'), true);
        }

        return (sign, NumberFormat.Real(Numbers.Real(value!), type, precision < 0 ? 6 : Math.Min(precision, 1000)), true);
    }

    [GeneratedRegex(@"%(?:\((?<key>[^)]*)\))?(?<flags>[-+ #0]*)(?<width>\d*|\*)(?<dot>\.(?<precision>\d*|\*))?[hlL]?(?<type>[sradiuxXofFeEgGc%])?", RegexOptions.None, 5000)]
    private static partial Regex Conversion();
}
