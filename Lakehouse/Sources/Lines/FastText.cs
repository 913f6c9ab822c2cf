using System.Buffers.Text;

namespace Lakehouse.Sources.Lines;

/// <summary>
/// Converts the plain forms of values, which are nearly all there are. What it does not convert, the contract's SQL judges; what it converts, the SQL converts to the same value.
/// </summary>
internal static class FastText
{
    const int MaxExactDigits = 15;
    static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>An integer of at most 18 digits.</summary>
    public static bool TryLong(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var isNegative = text.Length > 0 && text[0] == (byte)'-';
        var digits = isNegative ? text[1..] : text;
        if (digits.Length is 0 or > 18)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var number = (uint)(digit - '0');
            if (number > 9)
            {
                return false;
            }

            value = (value * 10) + number;
        }

        value = isNegative ? -value : value;
        return true;
    }

    /// <summary>A number that no rounding turns into another: few digits, no overflow.</summary>
    public static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        return text.Length <= 24 && DigitsOf(text) <= MaxExactDigits && Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && double.IsFinite(value);
    }

    /// <summary>A decimal without exponent, of few digits, as its unscaled integer.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, int precision, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (DigitsOf(text) > MaxExactDigits || fraction.Length > scale || !TryLong(whole, out var value))
        {
            return false;
        }

        Int128 result = Math.Abs(value);
        for (var i = 0; i < scale; i++)
        {
            var digit = i < fraction.Length ? fraction[i] - '0' : 0;
            if (digit is < 0 or > 9)
            {
                return false;
            }

            result = (result * 10) + digit;
        }

        var limit = Int128.One;
        for (var i = 0; i < precision; i++)
        {
            limit *= 10;
        }

        unscaled = text[0] == (byte)'-' ? -result : result;
        return result < limit;
    }

    /// <summary>yyyy-MM-dd, as days since 1970-01-01.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != (byte)'-' || text[7] != (byte)'-'
            || !Number(text[..4], out var year) || !Number(text.Slice(5, 2), out var month) || !Number(text.Slice(8, 2), out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - Epoch;
        return true;
    }

    /// <summary>yyyy-MM-ddTHH:mm:ss with up to six digits of a fraction, then Z if <paramref name="inUtc"/>; as microseconds since 1970-01-01.</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, bool inUtc, out long micros)
    {
        micros = 0;
        if (inUtc)
        {
            if (text.IsEmpty || text[^1] != (byte)'Z')
            {
                return false;
            }

            text = text[..^1];
        }

        if (text.Length < 19 || !TryDate(text[..10], out var days) || text[10] is not ((byte)'T' or (byte)' ') || text[13] != (byte)':' || text[16] != (byte)':'
            || !Number(text.Slice(11, 2), out var hour) || !Number(text.Slice(14, 2), out var minute) || !Number(text.Slice(17, 2), out var second)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var fraction = 0;
        if (text.Length > 19)
        {
            var digits = text[20..];
            if (text[19] != (byte)'.' || digits.Length is 0 or > 6 || !Number(digits, out fraction))
            {
                return false;
            }

            for (var i = digits.Length; i < 6; i++)
            {
                fraction *= 10;
            }
        }

        micros = ((((((long)days * 24) + hour) * 60 + minute) * 60) + second) * 1_000_000 + fraction;
        return true;
    }

    static bool Number(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if ((uint)(digit - '0') > 9)
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return true;
    }

    /// <summary>Digits before an exponent, leading zeros included.</summary>
    static int DigitsOf(ReadOnlySpan<byte> number)
    {
        var count = 0;
        foreach (var character in number)
        {
            if ((character | 0x20) == (byte)'e')
            {
                break;
            }

            count += (uint)(character - '0') <= 9 ? 1 : 0;
        }

        return count;
    }
}
