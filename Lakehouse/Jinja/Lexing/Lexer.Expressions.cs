using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Lakehouse.Jinja.Lexing;

/// <summary>The tokens within <c>{{ }}</c> and <c>{% %}</c>.</summary>
internal sealed partial class Lexer
{
    static readonly string[] Operators = ["**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    void Expression(int begin, bool isBlock)
    {
        var open = new Stack<char>();
        while (true)
        {
            SkipSpace(skip: true);
            if (position >= text.Length)
            {
                // The parser reports what it was waiting for.
                return;
            }

            if (open.Count == 0 && TryEnd(isBlock))
            {
                return;
            }

            if (TryNumber() || TryName() || TryString())
            {
                continue;
            }

            var op = Array.Find(Operators, o => text.AsSpan(position).StartsWith(o, StringComparison.Ordinal))
                ?? throw Error($"unexpected char {Values.Repr.Of(text[position].ToString())} at {position}", position);
            Balance(open, op);
            Add(TokenKind.Operator, op, null, position);
            position += op.Length;
        }
    }

    bool TryEnd(bool isBlock)
    {
        var end = isBlock ? "%}" : "}}";
        var sign = text[position];
        var signed = sign == '-' || (isBlock && sign == '+') ? 1 : 0;
        if (!text.AsSpan(position + signed).StartsWith(end, StringComparison.Ordinal))
        {
            return false;
        }

        Add(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, end, null, position);
        position += signed + 2;
        SkipSpace(skip: signed == 1 && sign == '-');
        return true;
    }

    void Balance(Stack<char> open, string op)
    {
        switch (op)
        {
            case "(" or "[" or "{":
                open.Push(op == "(" ? ')' : op == "[" ? ']' : '}');
                break;
            case ")" or "]" or "}":
                if (!open.TryPop(out var expected))
                {
                    throw Error($"unexpected '{op}'", position);
                }

                if (expected != op[0])
                {
                    throw Error($"unexpected '{op}', expected '{expected}'", position);
                }

                break;
        }
    }

    bool TryNumber()
    {
        if (!char.IsAsciiDigit(text[position]))
        {
            return false;
        }

        var afterDot = position > 0 && text[position - 1] == '.';
        if (!afterDot && FloatLiteral().Match(text, position) is { Success: true } real)
        {
            var value = double.Parse(real.ValueSpan.ToString().Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
            Add(TokenKind.Float, real.Value, value, position);
            position += real.Length;
            return true;
        }

        var whole = IntegerLiteral().Match(text, position);
        if (!whole.Success)
        {
            return false;
        }

        if (whole.Length > 4300)
        {
            throw Error("Exceeds the limit (4300 digits) for integer string conversion", position);
        }

        Add(TokenKind.Integer, whole.Value, ParseInteger(whole.Value.Replace("_", "", StringComparison.Ordinal)), position);
        position += whole.Length;
        return true;
    }

    static object ParseInteger(string digits)
    {
        var radix = digits.Length > 2 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        if (radix == 10)
        {
            return Values.Numbers.Normal(BigInteger.Parse(digits, CultureInfo.InvariantCulture));
        }

        var value = BigInteger.Zero;
        foreach (var digit in digits.AsSpan(2))
        {
            value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        }

        return Values.Numbers.Normal(value);
    }

    bool TryName()
    {
        if (!IsNameStart(text[position]))
        {
            return false;
        }

        var end = position + 1;
        while (end < text.Length && (IsNameStart(text[end]) || char.IsDigit(text[end]) || char.GetUnicodeCategory(text[end]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
        {
            end++;
        }

        Add(TokenKind.Name, string.Intern(text[position..end]), null, position);
        position = end;
        return true;
    }

    static bool IsNameStart(char c) => c == '_' || char.IsLetter(c);

    bool TryString()
    {
        var quote = text[position];
        if (quote is not ('\'' or '"'))
        {
            return false;
        }

        var end = position + 1;
        while (end < text.Length && text[end] != quote)
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        if (end >= text.Length)
        {
            throw Error($"unexpected char {Values.Repr.Of(quote.ToString())} at {position}", position);
        }

        string value;
        try
        {
            value = StringEscapes.Decode(text.AsSpan(position + 1, end - position - 1));
        }
        catch (FormatException error)
        {
            throw Error(error.Message, position);
        }

        Add(TokenKind.String, value, value, position);
        position = end + 1;
        return true;
    }

    [GeneratedRegex(@"\G(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+\-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)", RegexOptions.IgnoreCase | RegexOptions.ECMAScript, 5000)]
    private static partial Regex FloatLiteral();

    [GeneratedRegex(@"\G(?:0b(?:_?[0-1])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*)", RegexOptions.IgnoreCase | RegexOptions.ECMAScript, 5000)]
    private static partial Regex IntegerLiteral();
}
