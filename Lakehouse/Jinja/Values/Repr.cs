using System.Globalization;
using System.Numerics;
using System.Text;

namespace Lakehouse.Jinja.Values;

/// <summary>Values as Python's <c>repr</c> writes them.</summary>
internal static class Repr
{
    const int MaxDepth = 100;

    public static string Of(object? value)
    {
        var result = new StringBuilder();
        Append(result, value, 0);
        return result.ToString();
    }

    static void Append(StringBuilder result, object? value, int depth)
    {
        if (depth > MaxDepth)
        {
            // Deep or cyclic: Python prints a cycle as [...].
            result.Append("...");
            return;
        }

        switch (value)
        {
            case null: result.Append("None"); break;
            case bool flag: result.Append(flag ? "True" : "False"); break;
            case long number: result.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case BigInteger number: result.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: result.Append(Of(number)); break;
            case JinjaDecimal number: result.Append("Decimal('").Append(number.ToString()).Append("')"); break;
            case string text: AppendText(result, text); break;
            case JinjaList list: AppendItems(result, '[', list.Items, ']', depth); break;
            case JinjaTuple { Items: [var only] }: result.Append('('); Append(result, only, depth + 1); result.Append(",)"); break;
            case JinjaTuple tuple: AppendItems(result, '(', tuple.Items, ')', depth); break;
            case JinjaSet { Items.Count: 0 }: result.Append("set()"); break;
            case JinjaSet set: AppendItems(result, '{', set.Items, '}', depth); break;
            case JinjaDict dict: AppendDict(result, dict, depth); break;
            case JinjaRange range: result.Append(Of(range)); break;
            case JinjaView view: result.Append(view.Type).Append('('); AppendItems(result, '[', [.. view.Items], ']', depth); result.Append(')'); break;
            case JinjaNamespace ns: result.Append("<Namespace "); AppendDict(result, new JinjaDict(ns.Attributes), depth); result.Append('>'); break;
            case JinjaIterator iterator: result.Append('<').Append(iterator.Type).Append(" object>"); break;
            case JinjaSlice slice: result.Append($"slice({Of(slice.Start)}, {Of(slice.Stop)}, {Of(slice.Step)})"); break;
            case Undefined: result.Append("Undefined"); break;
            case JinjaObject host: result.Append(host.ToRepr()); break;
            default: result.Append(value); break;
        }
    }

    static void AppendItems(StringBuilder result, char open, IReadOnlyList<object?> items, char close, int depth)
    {
        result.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            result.Append(i == 0 ? "" : ", ");
            Append(result, items[i], depth + 1);
        }

        result.Append(close);
    }

    static void AppendDict(StringBuilder result, JinjaDict dict, int depth)
    {
        result.Append('{');
        var first = true;
        foreach (var (key, value) in dict.Entries)
        {
            result.Append(first ? "" : ", ");
            first = false;
            Append(result, key, depth + 1);
            result.Append(": ");
            Append(result, value, depth + 1);
        }

        result.Append('}');
    }

    static string Of(JinjaRange range) => range.Step == 1 ? $"range({range.Start}, {range.Stop})" : $"range({range.Start}, {range.Stop}, {range.Step})";

    /// <summary>The shortest digits that give the number again; with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Of(double number)
    {
        if (double.IsNaN(number))
        {
            return "nan";
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? "inf" : "-inf";
        }

        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var sign = shortest.StartsWith('-') ? "-" : "";
        var (digits, exponent) = Digits(shortest.AsSpan(sign.Length));
        if (digits == "0")
        {
            return sign + "0.0";
        }

        if (exponent is < -4 or >= 16)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return sign + (exponent < 0
            ? "0." + new string('0', -exponent - 1) + digits
            : digits.Length <= exponent + 1 ? digits.PadRight(exponent + 1, '0') + ".0" : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..]);
    }

    /// <summary>Significant digits of a number's text, and the exponent of the first of them.</summary>
    static (string Digits, int Exponent) Digits(ReadOnlySpan<char> text)
    {
        var e = text.IndexOf('E');
        var exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa.ToString() : mantissa[..point].ToString();
        var all = point < 0 ? whole : whole + mantissa[(point + 1)..].ToString();
        var first = 0;
        while (first < all.Length - 1 && all[first] == '0')
        {
            first++;
        }

        var digits = all[first..].TrimEnd('0');
        return digits.Length == 0 ? ("0", 0) : (digits, exponent + whole.Length - 1 - first);
    }

    static void AppendText(StringBuilder result, string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        result.Append(quote);
        foreach (var character in Text.Characters(text))
        {
            var code = character.Length == 2 ? char.ConvertToUtf32(character[0], character[1]) : character[0];
            _ = character switch
            {
                "\\" => result.Append("\\\\"),
                "\n" => result.Append("\\n"),
                "\r" => result.Append("\\r"),
                "\t" => result.Append("\\t"),
                _ when code == quote => result.Append('\\').Append(quote),
                _ when IsPrintable(character, code) => result.Append(character),
                _ when code < 0x100 => result.Append($"\\x{code:x2}"),
                _ when code < 0x10000 => result.Append($"\\u{code:x4}"),
                _ => result.Append($"\\U{code:x8}"),
            };
        }

        result.Append(quote);
    }

    static bool IsPrintable(string character, int code) => code == ' '
        || CharUnicodeInfo.GetUnicodeCategory(character, 0) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
