using System.Globalization;
using System.Text;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Modules;

/// <summary>Python's <c>strftime</c> and <c>strptime</c> in the C locale.</summary>
internal static class DateTimeFormat
{
    static readonly DateTimeFormatInfo Names = DateTimeFormatInfo.InvariantInfo;

    /// <summary>Writes a time; <paramref name="offset"/> is null for one without a zone.</summary>
    public static string Write(string format, DateTime time, TimeSpan? offset, string? zone)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }

            var code = format[++i];
            var plain = code == '-' && i + 1 < format.Length;
            if (plain)
            {
                code = format[++i];
            }

            var part = Part(code, time, offset, zone);
            result.Append(plain && part.Length > 1 ? part.TrimStart('0') is { Length: > 0 } digits ? digits : "0" : part);
        }

        return result.ToString();
    }

    static string Part(char code, DateTime t, TimeSpan? offset, string? zone) => code switch
    {
        'Y' => t.Year.ToString("0000", CultureInfo.InvariantCulture),
        'y' => Two(t.Year % 100),
        'C' => Two(t.Year / 100),
        'm' => Two(t.Month),
        'd' => Two(t.Day),
        'e' => t.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'H' => Two(t.Hour),
        'I' => Two(((t.Hour + 11) % 12) + 1),
        'M' => Two(t.Minute),
        'S' => Two(t.Second),
        'f' => Microseconds(t).ToString("000000", CultureInfo.InvariantCulture),
        'j' => t.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'a' => Names.GetAbbreviatedDayName(t.DayOfWeek),
        'A' => Names.GetDayName(t.DayOfWeek),
        'b' or 'h' => Names.GetAbbreviatedMonthName(t.Month),
        'B' => Names.GetMonthName(t.Month),
        'p' => t.Hour < 12 ? "AM" : "PM",
        'P' => t.Hour < 12 ? "am" : "pm",
        'u' => (((int)t.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
        'w' => ((int)t.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'U' => Two((t.DayOfYear + 6 - (int)t.DayOfWeek) / 7),
        'W' => Two((t.DayOfYear + 6 - (((int)t.DayOfWeek + 6) % 7)) / 7),
        'V' => Two(ISOWeek.GetWeekOfYear(t)),
        'G' => ISOWeek.GetYear(t).ToString("0000", CultureInfo.InvariantCulture),
        'z' => offset is { } o ? Offset(o, "") : "",
        'Z' => zone ?? "",
        's' => ((long)Math.Floor((t - (offset ?? TimeSpan.Zero) - DateTime.UnixEpoch).TotalSeconds)).ToString(CultureInfo.InvariantCulture),
        'c' => Write("%a %b %e %H:%M:%S %Y", t, offset, zone),
        'x' or 'D' => Write("%m/%d/%y", t, offset, zone),
        'X' or 'T' => Write("%H:%M:%S", t, offset, zone),
        'F' => Write("%Y-%m-%d", t, offset, zone),
        'R' => Write("%H:%M", t, offset, zone),
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => $"%{code}",
    };

    static string Two(int value) => value.ToString("00", CultureInfo.InvariantCulture);

    public static int Microseconds(DateTime time) => (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);

    /// <summary>An offset as <c>+02:00</c>, with seconds only where there are some.</summary>
    public static string Offset(TimeSpan offset, string colon)
    {
        var magnitude = offset.Duration();
        var text = $"{(offset < TimeSpan.Zero ? '-' : '+')}{Two(magnitude.Hours)}{colon}{Two(magnitude.Minutes)}";
        return magnitude.Seconds == 0 ? text : $"{text}{colon}{Two(magnitude.Seconds)}";
    }

    /// <summary>Reads a time by its format.</summary>
    /// <exception cref="JinjaException">The text has another form.</exception>
    public static (DateTime Time, TimeSpan? Offset) Read(string text, string format)
    {
        var reader = new Reader(text, format);
        return reader.Read();
    }

    sealed class Reader(string text, string format)
    {
        int at;
        int year = 1900;
        int month = 1;
        int day = 1;
        int hour;
        int minute;
        int second;
        int microsecond;
        int dayOfYear;
        bool? afternoon;
        bool twelve;
        TimeSpan? offset;

        JinjaException Mismatch() => JinjaException.Value($"time data {Repr.Of(text)} does not match format {Repr.Of(format)}");

        public (DateTime Time, TimeSpan? Offset) Read()
        {
            Parts(format);
            if (at < text.Length)
            {
                throw JinjaException.Value($"unconverted data remains: {text[at..]}");
            }

            if (twelve)
            {
                hour = (hour % 12) + (afternoon == true ? 12 : 0);
            }

            try
            {
                var date = dayOfYear > 0 ? new DateTime(year, 1, 1).AddDays(dayOfYear - 1) : new DateTime(year, month, day);
                return (date.AddHours(hour).AddMinutes(minute).AddSeconds(second).AddTicks(microsecond * TimeSpan.TicksPerMicrosecond), offset);
            }
            catch (ArgumentOutOfRangeException)
            {
                throw JinjaException.Value("day is out of range for month");
            }
        }

        void Parts(string form)
        {
            for (var i = 0; i < form.Length; i++)
            {
                if (char.IsWhiteSpace(form[i]))
                {
                    while (at < text.Length && char.IsWhiteSpace(text[at]))
                    {
                        at++;
                    }
                }
                else if (form[i] != '%' || i + 1 == form.Length)
                {
                    at = at < text.Length && text[at] == form[i] ? at + 1 : throw Mismatch();
                }
                else
                {
                    Part(form[++i]);
                }
            }
        }

        void Part(char code)
        {
            switch (code)
            {
                case 'Y': year = Number(4, 4, 1, 9999); break;
                case 'y': year = Number(1, 2, 0, 99) is var two && two < 69 ? 2000 + two : 1900 + two; break;
                case 'm': month = Number(1, 2, 1, 12); break;
                case 'd' or 'e': day = Number(1, 2, 1, 31); break;
                case 'H': hour = Number(1, 2, 0, 23); break;
                case 'I': hour = Number(1, 2, 1, 12); twelve = true; break;
                case 'M': minute = Number(1, 2, 0, 59); break;
                case 'S': second = Number(1, 2, 0, 59); break;
                case 'j': dayOfYear = Number(1, 3, 1, 366); break;
                case 'f':
                    var start = at;
                    var digits = Number(1, 6, 0, 999_999);
                    microsecond = digits * (int)Math.Pow(10, 6 - (at - start));
                    break;
                case 'p': afternoon = Name(["AM", "PM"]) == 1; twelve = true; break;
                case 'b' or 'h': month = Name(Names.AbbreviatedMonthNames[..12]) + 1; break;
                case 'B': month = Name(Names.MonthNames[..12]) + 1; break;
                case 'a': Name(Names.AbbreviatedDayNames); break;
                case 'A': Name(Names.DayNames); break;
                case 'w': Number(1, 1, 0, 6); break;
                case 'u': Number(1, 1, 1, 7); break;
                case 'z': offset = ReadOffset(); break;
                case 'Z': offset = Name(["UTC", "GMT"]) >= 0 ? TimeSpan.Zero : offset; break;
                case 'F': Parts("%Y-%m-%d"); break;
                case 'T' or 'X': Parts("%H:%M:%S"); break;
                case 'D' or 'x': Parts("%m/%d/%y"); break;
                case 'R': Parts("%H:%M"); break;
                case 'c': Parts("%a %b %d %H:%M:%S %Y"); break;
                case '%': at = at < text.Length && text[at] == '%' ? at + 1 : throw Mismatch(); break;
                default: throw JinjaException.Value($"'{code}' is a bad directive in format {Repr.Of(format)}");
            }
        }

        int Number(int least, int most, int low, int high)
        {
            // Fewer digits where more would leave the range: %H%M of "2405" is no valid hour 24, so one digit is taken.
            for (var length = Math.Min(most, DigitsAhead()); length >= least; length--)
            {
                var value = int.Parse(text.AsSpan(at, length), CultureInfo.InvariantCulture);
                if (value >= low && value <= high)
                {
                    at += length;
                    return value;
                }
            }

            throw Mismatch();
        }

        int DigitsAhead()
        {
            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            return end - at;
        }

        int Name(string[] names)
        {
            var found = names.Select((n, i) => (Name: n, Index: i)).Where(n => text.AsSpan(at).StartsWith(n.Name, StringComparison.OrdinalIgnoreCase)).OrderByDescending(n => n.Name.Length).FirstOrDefault();
            at += found.Name is null ? throw Mismatch() : found.Name.Length;
            return found.Index;
        }

        TimeSpan ReadOffset()
        {
            if (at < text.Length && text[at] == 'Z')
            {
                at++;
                return TimeSpan.Zero;
            }

            var sign = at < text.Length && text[at] is '+' or '-' ? text[at++] == '-' ? -1 : 1 : throw Mismatch();
            var hours = Number(2, 2, 0, 23);
            at += at < text.Length && text[at] == ':' ? 1 : 0;
            return sign * new TimeSpan(hours, Number(2, 2, 0, 59), 0);
        }
    }
}
