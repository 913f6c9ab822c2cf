using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Dates and times from text, over the whole range of the specification.</summary>
internal static class TimeParser
{
    /// <summary>Days since 1970-01-01, or null.</summary>
    public static long? Date(ReadOnlySpan<char> text)
    {
        var beforeChrist = text.EndsWith(" (BC)", StringComparison.Ordinal);
        text = beforeChrist ? text[..^5] : text;
        var negative = text.StartsWith("-");
        text = negative || text.StartsWith("+") ? text[1..] : text;
        if (text.Length < 8 || text[^3] != '-' || text[^6] != '-'
            || !long.TryParse(text[..^6], NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year > 10_000_000
            || !int.TryParse(text[^5..^3], NumberStyles.None, CultureInfo.InvariantCulture, out var month) || month is < 1 or > 12
            || !int.TryParse(text[^2..], NumberStyles.None, CultureInfo.InvariantCulture, out var day) || day < 1)
        {
            return null;
        }

        // There is no year 0 in "BC"; ISO has one.
        year = beforeChrist ? 1 - year : negative ? -year : year;
        return day <= CivilDate.DaysInMonth(year, month) ? CivilDate.ToDays(year, month, day) : null;
    }

    /// <summary>Micro- (6 digits) or nanoseconds (9) since midnight, or null. Further digits must be zeros.</summary>
    public static long? Time(ReadOnlySpan<char> text, int digits)
    {
        if (text.Length < 5 || text[2] != ':' || !Two(text, 0, 23, out var hour) || !Two(text, 3, 59, out var minute))
        {
            return null;
        }

        var second = 0;
        if (text.Length > 5 && (text.Length < 8 || text[5] != ':' || !Two(text, 6, 59, out second)))
        {
            return null;
        }

        var fraction = 0L;
        if (text.Length > 8)
        {
            var decimals = text[9..];
            if (text[8] != '.' || decimals.IsEmpty || decimals.ContainsAnyExceptInRange('0', '9') || (decimals.Length > digits && decimals[digits..].ContainsAnyExcept('0')))
            {
                return null;
            }

            for (var i = 0; i < digits; i++)
            {
                fraction = (fraction * 10) + (i < decimals.Length ? decimals[i] - '0' : 0);
            }
        }

        return ((((hour * 60L) + minute) * 60 + second) * (digits == 9 ? 1_000_000_000L : 1_000_000L)) + fraction;
    }

    /// <summary>Micro- or nanoseconds since 1970, or null. With a zone, an absent offset means UTC; without one, an offset is refused unless it is zero.</summary>
    public static long? Timestamp(ReadOnlySpan<char> text, int digits, bool hasZone)
    {
        var beforeChrist = text.EndsWith(" (BC)", StringComparison.Ordinal);
        text = beforeChrist ? text[..^5] : text;
        var mark = text.IndexOfAny('T', ' ');
        if (mark < 0)
        {
            return null;
        }

        var time = text[(mark + 1)..];
        var offset = 0L;
        if (time.EndsWith("Z"))
        {
            time = time[..^1];
        }
        else if (time.LastIndexOfAny('+', '-') is > 0 and var sign)
        {
            if (Offset(time[(sign + 1)..]) is not { } seconds)
            {
                return null;
            }

            offset = time[sign] == '-' ? -seconds : seconds;
            time = time[..sign];
        }

        var days = Date(beforeChrist ? string.Concat(text[..mark], " (BC)") : text[..mark]);
        if (days is null || Time(time, digits) is not { } withinDay || (!hasZone && offset != 0))
        {
            return null;
        }

        var unit = digits == 9 ? 1_000_000_000L : 1_000_000L;
        var value = ((Int128)days.Value * 86_400 * unit) + withinDay - (offset * unit);
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : null;
    }

    private static long? Offset(ReadOnlySpan<char> text)
    {
        var minute = 0;
        var second = 0;
        return text.Length is 2 or 5 or 8
            && Two(text, 0, 18, out var hour)
            && (text.Length < 5 || (text[2] == ':' && Two(text, 3, 59, out minute)))
            && (text.Length < 8 || (text[5] == ':' && Two(text, 6, 59, out second)))
            ? (hour * 3600) + (minute * 60) + second
            : null;
    }

    private static bool Two(ReadOnlySpan<char> text, int start, int max, out int number) =>
        int.TryParse(text.Slice(start, 2), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;
}
