using System.Globalization;

namespace Lakehouse.Formats.Delta;

/// <summary>Dates and timestamps as text, over all the years that 64 bits of microseconds hold.</summary>
static class DeltaTime
{
    const long MicrosPerSecond = 1_000_000;
    const long SecondsPerDay = 86_400;

    /// <summary>Days since 1970-01-01 of <c>[±]y-m-d</c>; null when it is no date.</summary>
    public static int? Date(ReadOnlySpan<char> text)
    {
        var sign = 1;
        if (text.Length > 0 && text[0] is '-' or '+')
        {
            sign = text[0] == '-' ? -1 : 1;
            text = text[1..];
        }

        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, '-') != 3 || !Number(text[parts[0]], 6, out var year) || !Number(text[parts[1]], 2, out var month) || !Number(text[parts[2]], 2, out var day)
            || month is < 1 or > 12 || day < 1)
        {
            return null;
        }

        year *= sign;
        var isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        var longest = month switch { 2 => isLeap ? 29 : 28, 4 or 6 or 9 or 11 => 30, _ => 31 };
        return day <= longest ? DaysOf(year, month, day) : null;
    }

    /// <summary>Microseconds since 1970-01-01 of a date, or of date and time with <c>T</c> or a space between them and perhaps a zone; null when it is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hasZone">Whether a zone counts; without, what the text shows is taken as it stands.</param>
    public static long? Timestamp(ReadOnlySpan<char> text, bool hasZone)
    {
        var split = text.IndexOfAny('T', ' ');
        if (Date(split < 0 ? text : text[..split]) is not { } days)
        {
            return null;
        }

        var (seconds, micros, offset) = (0L, 0L, 0L);
        if (split >= 0 && !Time(text[(split + 1)..].Trim(), out seconds, out micros, out offset))
        {
            return null;
        }

        var total = ((Int128)((days * SecondsPerDay) + seconds - (hasZone ? offset : 0)) * MicrosPerSecond) + micros;
        return total >= long.MinValue && total <= long.MaxValue ? (long)total : null;
    }

    static bool Time(ReadOnlySpan<char> text, out long seconds, out long micros, out long offset)
    {
        (seconds, micros, offset) = (0, 0, 0);
        var zone = text.IndexOfAny('Z', '+', '-');
        if (zone >= 0 && !Zone(text[zone..], out offset))
        {
            return false;
        }

        text = zone >= 0 ? text[..zone].Trim() : text;
        var point = text.IndexOf('.');
        if (point >= 0)
        {
            var fraction = text[(point + 1)..];
            if (fraction.Length is 0 or > 9 || fraction.IndexOfAnyExceptInRange('0', '9') >= 0)
            {
                return false;
            }

            // Nanoseconds are more than a Delta timestamp holds.
            micros = long.Parse($"{fraction}000000".AsSpan(0, 6), NumberStyles.None, CultureInfo.InvariantCulture);
            text = text[..point];
        }

        Span<Range> parts = stackalloc Range[4];
        var count = text.Split(parts, ':');
        var second = 0;
        if (count is not (2 or 3) || !Number(text[parts[0]], 2, out var hour) || !Number(text[parts[1]], 2, out var minute) || (count == 3 && !Number(text[parts[2]], 2, out second)))
        {
            return false;
        }

        seconds = (hour * 3600L) + (minute * 60) + second;
        return hour <= 23 && minute <= 59 && second <= 59;
    }

    static bool Zone(ReadOnlySpan<char> text, out long offset)
    {
        offset = 0;
        if (text is "Z")
        {
            return true;
        }

        var digits = text[1..].ToString().Replace(":", "", StringComparison.Ordinal);
        if (digits.Length is not (2 or 4 or 6) || !int.TryParse(digits.PadRight(6, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        offset = ((number / 10000 * 3600L) + (number / 100 % 100 * 60) + (number % 100)) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    static bool Number(ReadOnlySpan<char> text, int mostDigits, out int number)
    {
        number = 0;
        return text.Length >= 1 && text.Length <= mostDigits && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Days of the proleptic Gregorian calendar.</summary>
    static int DaysOf(int year, int month, int day)
    {
        var shifted = month <= 2 ? year - 1L : year;
        var era = (shifted >= 0 ? shifted : shifted - 399) / 400;
        var yearOfEra = shifted - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (int)((era * 146097) + dayOfEra - 719468);
    }
}
