using System.Buffers.Text;
using System.Globalization;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Worker.Encoding;

/// <summary>Values of fixed width as UTF-8 text, without strings; dates and times in ISO form as <see cref="ValueText"/> has them.</summary>
internal static class Utf8Values
{
    /// <summary>Every text below fits.</summary>
    public const int MaxLength = 64;

    const long MicrosPerDay = 86_400_000_000;
    static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static int Date(int days, Span<byte> to)
    {
        var day = EpochDay + (long)days;
        if (day < 0 || day > DateOnly.MaxValue.DayNumber)
        {
            return days is int.MaxValue or -int.MaxValue ? Infinite(days > 0, to) : Copy(ValueText.Of(IcebergType.Date, days), to);
        }

        var date = DateOnly.FromDayNumber((int)day);
        Four(date.Year, to);
        to[4] = (byte)'-';
        Two(date.Month, to[5..]);
        to[7] = (byte)'-';
        Two(date.Day, to[8..]);
        return 10;
    }

    public static int Time(long micros, Span<byte> to)
    {
        var seconds = (int)(micros / 1_000_000);
        Two(seconds / 3600, to);
        to[2] = (byte)':';
        Two(seconds / 60 % 60, to[3..]);
        to[5] = (byte)':';
        Two(seconds % 60, to[6..]);
        var fraction = (int)(micros % 1_000_000);
        if (fraction == 0)
        {
            return 8;
        }

        to[8] = (byte)'.';
        Two(fraction / 10_000, to[9..]);
        Two(fraction / 100 % 100, to[11..]);
        Two(fraction % 100, to[13..]);
        return 15;
    }

    public static int Timestamp(long micros, bool utc, Span<byte> to)
    {
        if (micros is long.MaxValue or -long.MaxValue)
        {
            return Infinite(micros > 0, to);
        }

        var days = Math.DivRem(micros, MicrosPerDay, out var time);
        if (time < 0)
        {
            (days, time) = (days - 1, time + MicrosPerDay);
        }

        var length = Date((int)days, to);
        to[length++] = (byte)'T';
        length += Time(time, to[length..]);
        if (utc)
        {
            length += Copy("+00:00", to[length..]);
        }

        return length;
    }

    public static int Decimal(Int128 unscaled, int scale, Span<byte> to)
    {
        Span<byte> digits = stackalloc byte[40];
        var magnitude = unscaled < 0 ? (UInt128)(-(unscaled + 1)) + 1 : (UInt128)unscaled;
        magnitude.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        var length = 0;
        if (unscaled < 0)
        {
            to[length++] = (byte)'-';
        }

        var whole = Math.Max(count - scale, 0);
        if (whole == 0)
        {
            to[length++] = (byte)'0';
        }

        digits[..whole].CopyTo(to[length..]);
        length += whole;
        if (scale > 0)
        {
            to[length++] = (byte)'.';
            var zeros = scale - (count - whole);
            to.Slice(length, zeros).Fill((byte)'0');
            digits[whole..count].CopyTo(to[(length + zeros)..]);
            length += scale;
        }

        return length;
    }

    public static int Uuid(Guid value, Span<byte> to)
    {
        Utf8Formatter.TryFormat(value, to, out var written);
        return written;
    }

    /// <summary>The shortest text that reads back as the same number; NaN, Infinity and -Infinity by name.</summary>
    public static int Double(double value, Span<byte> to)
    {
        value.TryFormat(to, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }

    public static int Float(float value, Span<byte> to)
    {
        value.TryFormat(to, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }

    public static int Integer(long value, Span<byte> to)
    {
        Utf8Formatter.TryFormat(value, to, out var written);
        return written;
    }

    static int Infinite(bool positive, Span<byte> to) => Copy(positive ? "infinity" : "-infinity", to);

    static int Copy(string text, Span<byte> to) => System.Text.Encoding.UTF8.GetBytes(text, to);

    static void Two(int value, Span<byte> to)
    {
        to[0] = (byte)('0' + (value / 10));
        to[1] = (byte)('0' + (value % 10));
    }

    static void Four(int value, Span<byte> to)
    {
        Two(value / 100, to);
        Two(value % 100, to[2..]);
    }
}
