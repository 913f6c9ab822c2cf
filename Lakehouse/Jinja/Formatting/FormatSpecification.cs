using System.Text.RegularExpressions;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Formatting;

/// <summary>Python's format specification: <c>[[fill]align][sign][#][0][width][,|_][.precision][type]</c>.</summary>
internal static partial class FormatSpecification
{
    public static string Apply(object? value, string specification, JinjaCall call)
    {
        if (specification.Length == 0)
        {
            return Text.Of(value);
        }

        if (value is JinjaObject host && host.Format(specification) is { } formatted)
        {
            return formatted;
        }

        var match = Form().Match(specification);
        if (!match.Success)
        {
            throw JinjaException.Value($"Invalid format specifier {Repr.Of(specification)} for object of type {Repr.Of(TypeNames.Of(value))}");
        }

        var width = Number(match.Groups["width"].Value, 0);
        var precision = match.Groups["precision"].Success ? Number(match.Groups["precision"].Value, 0) : -1;
        call.Interpreter.Budget.CheckText(Math.Max(width, precision));
        var type = match.Groups["type"].Success ? match.Groups["type"].Value[0] : '\0';
        var zero = match.Groups["zero"].Success;
        var fill = match.Groups["fill"].Success ? match.Groups["fill"].Value : zero ? "0" : " ";
        var (sign, body) = Body(value, match, type, precision);
        var align = match.Groups["align"].Success ? match.Groups["align"].Value[0] : Numbers.IsNumber(value) && value is not bool ? zero ? '=' : '>' : '<';
        var missing = Math.Max(0, width - Text.Length(sign + body));
        var (left, right) = align switch { '<' => (0, missing), '^' => (missing / 2, missing - (missing / 2)), _ => (missing, 0) };
        return align == '=' ? sign + Fill(missing) + body : Fill(left) + sign + body + Fill(right);

        string Fill(int count) => string.Concat(Enumerable.Repeat(fill, count));
    }

    static (string Sign, string Body) Body(object? value, Match match, char type, int precision)
    {
        if (value is string text)
        {
            return type is '\0' or 's' ? ("", precision >= 0 && precision < text.Length ? text[..precision] : text) : throw Unknown(value, type);
        }

        if (!Numbers.IsNumber(value))
        {
            throw JinjaException.Type($"unsupported format string passed to {TypeNames.Of(value)}.__format__");
        }

        var flag = match.Groups["sign"].Value;
        var sign = NumberFormat.Sign(NumberFormat.IsNegative(value!), flag == "+", flag == " ");
        if (Numbers.IsInteger(value) && type is '\0' or 'd' or 'b' or 'o' or 'x' or 'X' && value is not double)
        {
            var prefix = match.Groups["alternate"].Success && type is 'b' or 'o' or 'x' or 'X' ? $"0{type}" : "";
            return (sign + prefix, Grouped(NumberFormat.Integer(Numbers.Big(value!), type == '\0' ? 'd' : type), match));
        }

        if (value is JinjaDecimal exact && (type is 'f' or 'F' || (type == '\0' && precision < 0)))
        {
            return (sign, Grouped((precision < 0 ? exact : exact.Round(Math.Min(precision, 1000))).Magnitude.ToString(), match));
        }

        var real = Numbers.Real(value!);
        var body = type switch
        {
            '\0' when precision < 0 => Repr.Of(Math.Abs(real)),
            '\0' => NumberFormat.Real(real, 'g', precision),
            'f' or 'F' or 'e' or 'E' or 'g' or 'G' or '%' => NumberFormat.Real(real, type, precision < 0 ? 6 : Math.Min(precision, 1000)),
            _ => throw Unknown(value, type),
        };
        return (sign, Grouped(body, match));
    }

    static JinjaException Unknown(object? value, char type) => JinjaException.Value($"Unknown format code '{type}' for object of type '{TypeNames.Of(value)}'");

    static string Grouped(string digits, Match match)
    {
        if (!match.Groups["group"].Success)
        {
            return digits;
        }

        var end = digits.AsSpan().IndexOfAny('.', 'e');
        var whole = end < 0 ? digits : digits[..end];
        var groups = new List<string>();
        for (var i = whole.Length; i > 0; i -= 3)
        {
            groups.Insert(0, whole[Math.Max(0, i - 3)..i]);
        }

        return string.Join(match.Groups["group"].Value, groups) + (end < 0 ? "" : digits[end..]);
    }

    static int Number(string digits, int otherwise) => digits.Length == 0 ? otherwise : int.TryParse(digits, out var number) ? number : throw JinjaException.Value("Too many decimal digits in format string");

    [GeneratedRegex(@"^(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>\#)?(?<zero>0)?(?<width>\d+)?(?<group>[,_])?(?:\.(?<precision>\d+))?(?<type>[bcdeEfFgGnosxX%])?$", RegexOptions.Singleline, 5000)]
    private static partial Regex Form();
}
